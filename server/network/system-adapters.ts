// The list of network adapters as the system gives it, or as it last did: a hardened service may not read it (it takes a
// netlink socket), nor may some phones, and a process that is out of file descriptors cannot for a while.
import { networkInterfaces } from 'node:os';
import { inOrder } from './adapter-order.ts';
import type { Interfaces } from './adapters.ts';

export class SystemAdapters {
  readonly #read: () => Interfaces;
  #last: Interfaces = {};
  #failed = false;
  #wasRead = false;

  constructor(read: () => Interfaces = () => inOrder(networkInterfaces())) {
    this.#read = read;
  }

  /** Best first. Never throws: what was read last, where nothing can be read now. */
  readonly list = (): Interfaces => {
    try {
      this.#last = this.#read();
      this.#failed = false;
      this.#wasRead = true;
    } catch (error) {
      if (!isOfSystem(error)) throw error;
      this.#failed = true;
    }
    return this.#last;
  };

  /** Whether the list could be read when it was last asked for. */
  get readable(): boolean {
    return !this.#failed;
  }

  /** Whether anything is known of the adapters, of now or of before. */
  get known(): boolean {
    return this.#wasRead;
  }
}

function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}
