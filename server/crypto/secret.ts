// Secrets that do not print. Anything that reaches a log, an error message or JSON by accident shows `[redacted]`.
// Two forms: `Secret`, the base of opaque private keys, and `SecretBytes`, a byte array that is otherwise like any other.
// It hides secrets from careless printing only: any holder of the object can use it, and `wipe` (bytes.ts) ends it.
import { inspect, types } from 'node:util';

const REDACTED = '[redacted]';

export abstract class Secret {
  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

/** Something secret until it is wiped. */
export class Wipeable<T> {
  #secret: T | null;
  readonly #wipe: (secret: T) => void;

  /** @param wipe overwrites what can be; nothing for what cannot. */
  constructor(secret: T, wipe: (secret: T) => void = () => undefined) {
    this.#secret = secret;
    this.#wipe = wipe;
  }

  /** @throws Error once it is wiped. */
  get(): T {
    if (this.#secret === null) throw new Error('a key was wiped');
    return this.#secret;
  }

  wipe(): void {
    if (this.#secret !== null) this.#wipe(this.#secret);
    this.#secret = null;
  }
}

/**
 * A copy of secret bytes; pieces cut from it (`slice`, `subarray`) are SecretBytes as well. They lie outside V8's own heap,
 * which moves small arrays about and leaves copies that nothing wipes.
 */
export class SecretBytes extends Uint8Array {
  constructor(source: number | ArrayBuffer | ArrayLike<number>, offset?: number, length?: number) {
    if (typeof source === 'number') super(new ArrayBuffer(source));
    else if (types.isArrayBuffer(source)) super(source, offset, length);
    else {
      super(new ArrayBuffer(source.length));
      this.set(source);
    }
  }

  override toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
