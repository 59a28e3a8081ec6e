// What goes into a statement and comes out of one.
import { StorageError } from '../errors.ts';

export type Value = number | Uint8Array | null;

/** The columns of one row. Each reader checks the type: a file somebody had in hand may hold anything anywhere. */
export class Row {
  readonly #columns: Readonly<Record<string, unknown>>;

  constructor(columns: Readonly<Record<string, unknown>>) {
    this.#columns = columns;
  }

  number(name: string): number {
    const value = this.#columns[name];
    if (typeof value !== 'number') throw new StorageError('damaged', `column ${name} is no number`);
    return value;
  }

  numberOrNull(name: string): number | null {
    return this.#columns[name] === null ? null : this.number(name);
  }

  bytes(name: string): Uint8Array {
    const value = this.#columns[name];
    if (!(value instanceof Uint8Array)) throw new StorageError('damaged', `column ${name} is no blob`);
    return value;
  }

  bytesOrNull(name: string): Uint8Array | null {
    return this.#columns[name] === null ? null : this.bytes(name);
  }
}
