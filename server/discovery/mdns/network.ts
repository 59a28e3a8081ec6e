// All sockets and adapters together: keeps memberships in step with the adapters, tells what changed, sends to a link,
// and passes on what neighbours send. Everything that can fail here becomes a status line.
import type { RemoteInfo } from 'node:dgram';
import { TimerGroup } from '../../timing/timer-group.ts';
import type { TimerClock } from '../../timing/timer-group.ts';
import type { DiscoveryProblem, DiscoveryReport } from '../discovery.ts';
import { withoutScope } from '../../network/addresses.ts';
import { listAdapters, signaturesOf } from '../../network/adapters.ts';
import type { Adapter, Family, Interfaces, AdapterLink } from '../../network/adapters.ts';
import { announceBy } from './announcement.ts';
import { PacketRateLimit } from './packet-rate-limit.ts';
import { FAREWELL_TIMEOUT, MAX_PACKET_BYTES, POLL_INTERVAL, REOPEN_INTERVAL } from './limits.ts';
import type { Announce, Medium, MediumEvents } from './medium.ts';
import { parseMessage } from './dns/packet.ts';
import { FamilySocket, errorCode } from './socket.ts';

export interface NetworkOptions {
  readonly clock: TimerClock;
  readonly random: (length: number) => Uint8Array;
  /** UDP port. */
  readonly port: number;
  /** What adapters there are. */
  readonly interfaces: () => Interfaces;
  /** Whether they could be read. */
  readonly readable: () => boolean;
  readonly events: Pick<MediumEvents, 'onMessage' | 'onChange' | 'onStatus' | 'onTick'>;
}

const FAMILIES: readonly Family[] = ['ipv4', 'ipv6'];

export class Network implements Medium {
  readonly announce: Announce;
  readonly #options: NetworkOptions;
  readonly #timers: TimerGroup;
  readonly #gate: PacketRateLimit;
  readonly #sockets = new Map<Family, FamilySocket>();
  /** Why a family has no socket. */
  readonly #failures = new Map<Family, string>();
  #adapters: readonly Adapter[] = [];
  /** The reason last told, null before the first. */
  #told: string | null = null;
  #refused = false;
  readonly #traffic = new Map<string, Tally>();
  #closed = false;
  #sinceOpening = 0;

  constructor(options: NetworkOptions) {
    this.#options = options;
    const { clock, random } = options;
    this.announce = announceBy({ clock, random, send: (link, bytes) => this.send(link, bytes) });
    this.#timers = new TimerGroup(options.clock);
    this.#gate = new PacketRateLimit(() => options.clock.now());
  }

  get adapters(): readonly Adapter[] {
    return this.#adapters;
  }

  async open(): Promise<void> {
    await this.#openSockets();
    this.#look();
    this.#scheduleNextLook();
  }

  /**
   * Sends on one link; what cannot be sent is dropped, as is everything for an adapter that has changed since: a name
   * made for one network must not be heard on the next.
   */
  send({ adapter, family }: AdapterLink, bytes: Uint8Array): void {
    if (!this.#adapters.some(({ signature }) => signature === adapter.signature)) return;
    const join = adapter.joins.get(family);
    if (join === undefined || !this.#sockets.has(family)) return;
    this.#sockets.get(family)?.send(join, bytes);
    this.#tally(adapter).sent += 1;
  }

  report(): DiscoveryReport {
    return { problem: this.#problem(), traffic: this.#traffic };
  }

  /** Sends what waits to be sent, goodbyes above all, but does not wait long for a network that is stuck. */
  async close(): Promise<void> {
    this.#timers.clear();
    const drained = Promise.all([...this.#sockets.values()].map((socket) => socket.drained()));
    const timeout = new Promise((resolve) => this.#timers.after(FAREWELL_TIMEOUT, () => resolve(null)));
    await Promise.race([drained, timeout]);
    this.#closed = true;
    this.#timers.clear();
    for (const socket of this.#sockets.values()) socket.close();
  }

  #scheduleNextLook(): void {
    if (this.#closed) return;
    this.#timers.after(POLL_INTERVAL, () => {
      this.#sinceOpening += POLL_INTERVAL;
      this.#scheduleNextLook();
      if (this.#sockets.size < FAMILIES.length && this.#sinceOpening >= REOPEN_INTERVAL) {
        const before = this.#sockets.size;
        void this.#openSockets().then(() => this.#look(this.#sockets.size > before));
      } else {
        this.#look();
      }
      this.#options.events.onTick();
    });
  }

  async #openSockets(): Promise<void> {
    this.#sinceOpening = 0;
    const missing = FAMILIES.filter((family) => !this.#sockets.has(family));
    await Promise.all(missing.map((family) => this.#openSocket(family)));
  }

  async #openSocket(family: Family): Promise<void> {
    try {
      const socket = await FamilySocket.open(family, this.#options.port, {
        onPacket: (bytes, remote) => this.#receive(bytes, remote),
        onSent: (code) => this.#sent(code),
        onClosed: () => this.#sockets.delete(family),
      });
      if (this.#closed) socket.close();
      else this.#sockets.set(family, socket);
      this.#failures.delete(family);
    } catch (error) {
      this.#failures.set(family, errorCode(error) ?? '');
    }
  }

  #look(reopened = false): void {
    if (this.#closed) return;
    const before = this.#adapters;
    this.#adapters = listAdapters(this.#options.interfaces());
    for (const [family, socket] of this.#sockets) {
      socket.follow(new Set(this.#adapters.flatMap((adapter) => adapter.joins.get(family) ?? [])));
    }
    this.#tellStatus();
    if (reopened || signaturesOf(this.#adapters) !== signaturesOf(before))
      this.#options.events.onChange(this.#adapters, before, reopened);
  }

  #receive(bytes: Buffer, remote: RemoteInfo): void {
    // Senders of mDNS use its port (RFC 6762 §6, §11); we do not answer simple resolvers, whose address may be forged.
    if (remote.port !== this.#options.port || bytes.length > MAX_PACKET_BYTES) return;
    // Two on one network (a cable and Wi-Fi at home) hear the same, and each has a name to answer for.
    const adapters = this.#adapters.filter((adapter) => adapter.isNeighbour(remote.address));
    const [first] = adapters;
    if (!first) return;
    const own = adapters.some(({ addresses }) => addresses.includes(withoutScope(remote.address)));
    this.#tally(first)[own ? 'own' : 'heard'] += 1;
    if (!this.#gate.admit(remote.address, bytes.length)) return;
    const message = parseMessage(bytes);
    if (!message) return;
    const family = remote.family === 'IPv4' ? 'ipv4' : 'ipv6';
    for (const adapter of adapters) this.#options.events.onMessage(message, { adapter, family }, remote.address);
  }

  #sent(code: string | null): void {
    const refused = code === 'EHOSTUNREACH' && process.platform === 'darwin';
    if (code !== null && !refused) return;
    this.#refused = refused;
    this.#tellStatus();
  }

  #tellStatus(): void {
    if (this.#closed) return;
    const problem = this.#problem();
    const reason = problem === null ? '' : this.#reason(problem);
    if (reason === this.#told) return;
    this.#told = reason;
    this.#options.events.onStatus({ status: reason === '' ? 'on' : 'unavailable', reason });
  }

  #problem(): OwnProblem | null {
    if (this.#refused) return 'macos-denied';
    if (!this.#options.readable()) return 'adapters-unreadable';
    if (this.#sockets.size === 0) {
      return [...this.#failures.values()].includes('EADDRINUSE') ? 'port-taken' : 'port-denied';
    }
    const joined = [...this.#sockets.values()].some((socket) => socket.memberships > 0);
    return joined ? null : 'no-multicast';
  }

  #reason(problem: OwnProblem): string {
    switch (problem) {
      case 'macos-denied':
        return 'macOS does not let this program reach the local network. Allow it in System Settings, Privacy & Security, Local Network.';
      case 'port-taken':
        return `Another program keeps UDP port ${this.#options.port} to itself.`;
      case 'port-denied':
        return `The system does not allow listening on UDP port ${this.#options.port}.`;
      case 'adapters-unreadable':
        return 'The system does not let Loom read the list of network adapters.';
      case 'no-multicast':
        return 'No network with multicast is connected.';
    }
  }

  #tally({ name }: Adapter): Tally {
    const known = this.#traffic.get(name) ?? { sent: 0, heard: 0, own: 0 };
    this.#traffic.set(name, known);
    return known;
  }
}

type OwnProblem = Exclude<DiscoveryProblem, 'responder-missing' | 'responder-silent'>;

interface Tally {
  sent: number;
  heard: number;
  own: number;
}
