// Reads a backup file from front to back, and trusts nothing of it: each chunk is opened before a byte of it is looked at,
// and what was read counts only once the last chunk has said that it is the last.
import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { CommandError } from '../contract/errors.ts';
import { concat, equal, readU32 } from '../crypto/bytes.ts';
import type { Primitives } from '../crypto/primitives.ts';
import { Chunks, SEALED_CHUNK_BYTES } from './chunks.ts';
import type { Files, OpenedFile } from './files.ts';
import { HEADER_BYTES, parseHeader, type FileKeys, type Header } from './header.ts';
import { RECORD_BYTES, RUN_BYTES, RUN_MESSAGES } from './limits.ts';
import { parseRecord, RECORD_LENGTH_BYTES, Tally, type BackupRecord, type EndRecord } from './records.ts';

export interface ReadOptions {
  readonly primitives: Primitives;
  readonly files: Files;
  readonly path: string;
  /** From the passphrase, or from a secret that is kept. @throws CommandError backup-passphrase */
  readonly openHeader: (header: Header) => Promise<FileKeys>;
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
  /** Takes records as they come: all but the first and the last. Never more than some at once. */
  readonly take: (records: readonly BackupRecord[]) => Promise<void>;
}

export interface ReadBackup {
  /** When it was made, ms. */
  readonly at: number;
  readonly bytes: number;
  readonly end: EndRecord;
}

/** @throws CommandError backup-…, file-…; what `take` throws; whatever `signal` is aborted with. */
export async function readBackup(options: ReadOptions): Promise<ReadBackup> {
  const { files, path } = options;
  const opened = await files.openToRead(path);
  try {
    return await readAll(options, opened);
  } finally {
    // Where that fails, it is done when the work with files ends.
    await files.close(opened.file).catch(() => undefined);
  }
}

async function readAll(options: ReadOptions, { file, size }: OpenedFile): Promise<ReadBackup> {
  const { primitives, files, openHeader, signal } = options;
  const header = parseHeader(primitives, await files.read(file, HEADER_BYTES));
  const count = (size - HEADER_BYTES) / SEALED_CHUNK_BYTES;
  if (count < 1 || !Number.isInteger(count)) throw truncated();
  const chunks = new Chunks(primitives, await openHeader(header));
  const content = new Content(options);
  for (let number = 0; number < count; number += 1) {
    await turn();
    signal.throwIfAborted();
    await content.add(openChunk(chunks, await files.read(file, SEALED_CHUNK_BYTES), number === count - 1));
    options.onProgress((number + 1) / count);
  }
  return { bytes: size, ...content.finish() };
}

function openChunk(chunks: Chunks, sealed: Uint8Array, last: boolean): Uint8Array {
  const plaintext = chunks.open(sealed, last);
  if (plaintext) return plaintext;
  // Sound, but not made to be the last: the file was cut at the border of two chunks.
  if (last && chunks.open(sealed, false)) throw truncated();
  throw damaged('a chunk is not what was written');
}

/** The records in the plaintext, whatever chunks they lie in. */
class Content {
  readonly #take: ReadOptions['take'];
  readonly #tally = new Tally();
  readonly #digest = createHash('sha256');
  #rest: Uint8Array = new Uint8Array();
  #at: number | null = null;
  #end: EndRecord | null = null;

  constructor({ take }: ReadOptions) {
    this.#take = take;
  }

  async add(plaintext: Uint8Array): Promise<void> {
    const bytes = this.#rest.length === 0 ? plaintext : concat(this.#rest, plaintext);
    let offset = 0;
    for (;;) {
      const end = await this.#takeSome(bytes, offset);
      if (end === offset) break;
      offset = end;
    }
    // Behind the last record only zeros come.
    this.#rest = this.#end ? new Uint8Array() : bytes.slice(offset);
  }

  finish(): { at: number; end: EndRecord } {
    if (this.#at === null || !this.#end) throw damaged('it has no end');
    return { at: this.#at, end: this.#end };
  }

  /** Hands on the next records, as many as are well done at once. @returns where they end. */
  async #takeSome(bytes: Uint8Array, start: number): Promise<number> {
    const records: BackupRecord[] = [];
    let offset = start;
    while (records.length < RUN_MESSAGES && offset - start < RUN_BYTES) {
      const next = this.#next(bytes, offset);
      if (!next) break;
      offset = next.end;
      if (next.value) records.push(next.value);
    }
    if (records.length > 0) await this.#take(records);
    return offset;
  }

  /** Null when it is not all there yet. Its value is null for the first and the last record. */
  #next(bytes: Uint8Array, offset: number): { value: BackupRecord | null; end: number } | null {
    if (this.#end || offset + RECORD_LENGTH_BYTES > bytes.length) return null;
    const length = readU32(bytes, offset);
    if (length === 0 || length > RECORD_BYTES) throw damaged('a record has no such length');
    const end = offset + RECORD_LENGTH_BYTES + length;
    if (end > bytes.length) return null;
    const value = parseRecord(bytes.subarray(offset + RECORD_LENGTH_BYTES, end));
    return { value: this.#note(value, bytes.subarray(offset, end)), end };
  }

  #note(record: BackupRecord, framed: Uint8Array): BackupRecord | null {
    if ((record.t === 'backup') !== (this.#at === null)) throw damaged('it does not begin as a backup does');
    if (record.t === 'backup') {
      this.#at = record.at;
      return null;
    }
    if (record.t === 'end') {
      const same = equal(record.digest, new Uint8Array(this.#digest.digest())) && this.#tally.equals(record);
      if (!same) throw damaged('it is not what its end says');
      this.#end = record;
      return null;
    }
    this.#tally.add(record);
    this.#digest.update(framed);
    return record;
  }
}

function truncated(): CommandError {
  return new CommandError('backup-truncated', 'the file ends too early');
}

function damaged(why: string): CommandError {
  return new CommandError('backup-damaged', why);
}
