// Random bytes of the system, drawn in stock: a message takes 16 here and 24 there, and each draw by itself costs as much
// as two hashes. Bytes leave the stock once and are zero in it from then on. It knows nothing of what they become.
import { randomFillSync } from 'node:crypto';
import { RANDOM_MAX_LENGTH, requireAtMost } from './lengths.ts';

/** Some tens of draws. Not more: anyone who reads this process's memory knows what lies here. */
const STOCK_BYTES = 1024;
/** A seed of ML-KEM; anything longer is drawn for itself. */
const FROM_STOCK = 64;

const stock = new Uint8Array(STOCK_BYTES);
let used = STOCK_BYTES;

/** @throws Error unless 0 ≤ length ≤ 65,536. */
export function randomBytes(length: number): Uint8Array {
  requireAtMost(length, RANDOM_MAX_LENGTH, 'randomness');
  if (length > FROM_STOCK) return randomFillSync(new Uint8Array(length));
  if (length > STOCK_BYTES - used) restock();
  const drawn = stock.slice(used, used + length);
  stock.fill(0, used, used + length);
  used += length;
  return drawn;
}

function restock(): void {
  randomFillSync(stock);
  used = 0;
}
