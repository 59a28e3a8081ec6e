// Whose a connection over loopback is, where the system says it: Linux lists the sockets of all users with their owner in
// /proc/net/tcp and tcp6 (proc_net_tcp(5)). It is asked about requests that cost the owner of this Loom something, so
// that another user of the computer cannot bring them about.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { OWNER_LOOKUP_MS } from './limits.ts';

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
/** `st` of an established connection. One that its program has closed no longer says whose it was. */
const ESTABLISHED = '01';

/** `FAMILY THEIRS OURS`, the ports in hex, of the connections that belong to this user or to root. */
type Owned = ReadonlySet<string>;

/** Of a `Socket`; some are missing once it has ended. */
interface Ends {
  readonly remoteFamily?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localPort?: number | undefined;
}

export class OwnConnections {
  readonly #user: number | undefined;
  #next: Promise<Owned | null> | null = null;

  /** @param user whose connections are meant; undefined where users have no numbers. */
  constructor(user = process.getuid?.()) {
    this.#user = user;
  }

  /**
   * Whether the other end of `socket` may be a program of this user. True also where that cannot be known. Root counts:
   * it carries connections for others, as into a virtual machine.
   */
  async mayOwn({ remoteFamily, remotePort, localPort }: Ends): Promise<boolean> {
    // One look for all who ask within a moment: the list grows with the connections of the whole computer.
    this.#next ??= sleep(OWNER_LOOKUP_MS).then(() => {
      this.#next = null;
      return this.#read();
    });
    const owned = await this.#next;
    return owned === null || owned.has(`${remoteFamily ?? ''} ${hexPort(remotePort)} ${hexPort(localPort)}`);
  }

  async #read(): Promise<Owned | null> {
    const user = this.#user;
    if (user === undefined) return null;
    const [first, second] = await Promise.all(TABLES.map((path) => readFile(path, 'latin1').catch(() => null)));
    // Without IPv6 the second is missing, and there is nothing in it.
    if (first === null || first === undefined) return null;
    return new Set([...endsOf(first, user), ...endsOf(second ?? '', user)]);
  }
}

/** Lines of `sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode …`; an address is `HEX:PORT`. */
function endsOf(table: string, user: number): string[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', remote = '', state, , , , owner, , inode] = line.trim().split(/\s+/);
    // Without an inode no program holds it, and the owner stands there as 0.
    if (state !== ESTABLISHED || inode === '0' || (Number(owner) !== user && owner !== '0')) return [];
    const family = familyOf(local);
    return family === null ? [] : [`${family} ${portOf(local)} ${portOf(remote)}`];
  });
}

/** Addresses stand there as words of 32 bits in the byte order of the machine; 127.0.0.1 may stand as ::ffff:127.0.0.1. */
function familyOf(address: string): 'IPv4' | 'IPv6' | null {
  const last = address.slice(0, address.indexOf(':')).slice(-8);
  if (last === '0100007F' || last === '7F000001') return 'IPv4';
  return last === '01000000' || last === '00000001' ? 'IPv6' : null;
}

function portOf(address: string): string {
  return address.slice(address.indexOf(':') + 1);
}

function hexPort(port = 0): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}
