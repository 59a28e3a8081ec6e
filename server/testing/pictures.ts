// Pictures as far as their headers go: what a receiver looks at before a browser draws one.
import { utf8 } from '../crypto/bytes.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** A PNG that says it has these sides, filled up to `length` bytes with `fill`. */
export function png(width: number, height: number, { length = 33, fill = 0 } = {}): Uint8Array {
  const bytes = new Uint8Array(length).fill(fill);
  const view = new DataView(bytes.buffer);
  bytes.set(SIGNATURE);
  view.setUint32(8, 13);
  bytes.set(utf8('IHDR'), 12);
  view.setUint32(16, width);
  view.setUint32(20, height);
  bytes.set([8, 2, 0, 0, 0], 24);
  return bytes;
}
