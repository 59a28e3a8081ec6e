// What stands for a whole file (SPEC §11): the hash of the hashes of its blocks.
import { concat, u64, utf8 } from '../../crypto/bytes.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { FILE_BLOCK_BYTES } from './limits.ts';

const LABEL = utf8('loom/2 file');

/** How many blocks a file of so many bytes has; the last may be shorter. */
export function blockCount(size: number): number {
  return Math.ceil(size / FILE_BLOCK_BYTES);
}

/** SHA-256("loom/2 file" ‖ size(u64) ‖ block(0) ‖ block(1) ‖ …). @param blocks SHA-256 of each block, one behind the other. */
export function fileRoot(primitives: Pick<Primitives, 'sha256'>, size: number, blocks: Uint8Array): Uint8Array {
  return primitives.sha256(concat(LABEL, u64(size), blocks));
}
