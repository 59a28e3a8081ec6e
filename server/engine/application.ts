// The door between the outside (browser, command line) and the engine: commands in, events out, both of `contract`.
// `http` and `cli` know this interface alone.
import type { Readable } from 'node:stream';
import type { ApplicationCommand, Params, Result } from '../contract/commands.ts';
import type { EventLog } from './event-log.ts';

/** A file on its way out. It is closed when its bytes end, or by `close`, one of the two. */
export interface Download {
  /** `view`: as often as wanted, and only what browsers show by themselves. */
  readonly purpose: 'view' | 'save';
  readonly name: string;
  readonly size: number;
  /** Of one to be shown: by its first bytes. */
  readonly type: string;
  /** @param to behind the last. Fails with CommandError storage-failed, system-busy. */
  bytes(from: number, to: number): Readable;
  close(): Promise<void>;
}

/** Bytes of files from and to the page, by the tickets that commands give out. */
export interface FileDoor {
  /** How much of an upload is here; null: there is no such upload. */
  received(ticket: string): number | null;
  /** @returns how much is here then. @throws CommandError file-unknown, file-state, file-too-large, disk-full, system-busy, storage-failed. */
  take(ticket: string, offset: number, pieces: AsyncIterable<Uint8Array>): Promise<number>;
  /** Null: no such ticket. @throws CommandError file-unknown, file-state, system-busy, storage-failed. */
  download(ticket: string): Promise<Download | null>;
}

export interface Application {
  readonly events: EventLog;
  /** Null: no profile is open. */
  readonly files: FileDoor | null;
  /**
   * Runs one command on parameters that its schema has parsed.
   * @throws CommandError when the caller is at fault or the profile's state forbids it; any other Error is our bug.
   */
  execute<N extends ApplicationCommand>(command: N, params: Params<N>): Promise<Result<N>>;
}
