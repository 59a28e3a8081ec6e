// People who have our token and whom we do not have: kept, bounded, until they are accepted or blocked. A request never
// becomes a contact, changes a name or takes a place in a conversation by itself (protocol §3).
import type { ContactRequest } from '../contract/model.ts';
import { CommandError } from '../contract/errors.ts';
import { equal, toHex } from '../crypto/bytes.ts';
import { parseAddress } from '../discovery/addresses.ts';
import type { Hello } from '../protocol/hello.ts';
import { CONTACT_REQUESTS } from '../protocol/limits.ts';
import type { Store } from '../storage/profile-store.ts';
import type { RequestRecord } from '../storage/requests.ts';
import type { Clock } from './clock.ts';
import type { EventLog } from './event-log.ts';
import { whoGivesWay } from './fair-share.ts';
import { lotOf } from './lot.ts';
import { receivedName } from './names.ts';
import { randomId } from './roster.ts';

/** How long a lot whose request was kept takes no place of another that has no more: nobody turns over the list for fun. */
const NEWCOMER_AGAIN_MS = 60 * 60 * 1000;

/** Lots that are remembered for it; beyond that the one whose request was kept longest ago is forgotten. */
const LOTS_REMEMBERED = 1024;

export interface RequestsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
  readonly events: EventLog;
}

export class Requests {
  readonly #options: RequestsOptions;
  /** When a request of each lot was kept, ms, monotonic. */
  readonly #kept = new Map<string, number>();

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  list(): readonly ContactRequest[] {
    return this.#options.store.requests.list().map(view);
  }

  /** @throws CommandError request-unknown. */
  get(id: string): RequestRecord {
    const request = this.#options.store.requests.get(id);
    if (!request) throw new CommandError('request-unknown', 'no such request');
    return request;
  }

  /** A stranger greeted us. */
  async note(theirs: Hello, staticKey: Uint8Array, address: string | null): Promise<void> {
    const { store, clock, random, events } = this.#options;
    const noted = await store.journal.write(() => {
      const known = store.requests.byIdentity(theirs.ik);
      if (known && !newer(known, theirs, staticKey)) return null;
      const request: RequestRecord = {
        id: known?.id ?? randomId(random),
        ik: theirs.ik,
        staticKey,
        device: theirs.device,
        generation: theirs.gen,
        name: receivedName(theirs.name, toHex(theirs.ik)),
        address: address ?? known?.address ?? null,
        at: clock.now(),
      };
      if (known && same(known, request)) return null;
      const gone = known ? [] : this.#makeRoom(address);
      if (!gone) return null;
      if (!known) this.#note(lotOf(hostOf(address)));
      store.requests.put(request);
      return { request, gone };
    });
    for (const id of noted?.gone ?? []) this.gone(id);
    if (!noted) return;
    const { request } = noted;
    const read = (): { request: ContactRequest } | null => this.#again(request.id);
    events.emit('request.changed', { request: view(request) }, { about: request.id, read });
  }

  #again(id: string): { request: ContactRequest } | null {
    const request = this.#options.store.requests.get(id);
    return request && { request: view(request) };
  }

  /** Inside a `journal.write`; tell with `gone` once it is durable. */
  remove(id: string): void {
    this.#options.store.requests.remove(id);
  }

  /** Drops the request of an identity that has become a contact by another way. Inside a `journal.write`. */
  removeIdentity(ik: Uint8Array): string | null {
    const request = this.#options.store.requests.byIdentity(ik);
    if (request) this.remove(request.id);
    return request?.id ?? null;
  }

  gone(id: string): void {
    this.#options.events.emit('request.removed', { request: id });
  }

  /**
   * Over the bound the lot that has most gives up its oldest to somebody from another. Where all have as many, the oldest of
   * all gives way to somebody who has not asked for a while. Inside a `journal.write`.
   * @returns who went; null: there is no room.
   */
  #makeRoom(address: string | null): readonly string[] | null {
    const { requests } = this.#options.store;
    if (requests.count() < CONTACT_REQUESTS) return [];
    const ours = lotOf(hostOf(address));
    const held = requests.list().map((each) => ({ id: each.id, host: hostOf(each.address) }));
    const { id, host } = whoGivesWay([...held, { id: '', host: hostOf(address) }], (each) => each.host);
    const lot = lotOf(host);
    if (lot === ours) return null;
    const of = (wanted: string): number => held.filter((each) => lotOf(each.host) === wanted).length;
    if (of(lot) === of(ours) + 1 && !this.#isNew(ours)) return null;
    this.remove(id);
    return [id];
  }

  #isNew(lot: string): boolean {
    return this.#options.clock.monotonic() - (this.#kept.get(lot) ?? -Infinity) >= NEWCOMER_AGAIN_MS;
  }

  #note(lot: string): void {
    this.#kept.delete(lot);
    this.#kept.set(lot, this.#options.clock.monotonic());
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > LOTS_REMEMBERED && oldest !== undefined) this.#kept.delete(oldest);
  }
}

/** Those who listen nowhere share the lot of one address. */
function hostOf(address: string | null): string {
  return (address && parseAddress(address)?.host) ?? '';
}

/** A static key is replaced only by one of a higher generation. */
function newer(known: RequestRecord, theirs: Hello, staticKey: Uint8Array): boolean {
  return equal(known.staticKey, staticKey) || theirs.gen > known.generation;
}

function same(a: RequestRecord, b: RequestRecord): boolean {
  return a.name === b.name && a.address === b.address && equal(a.staticKey, b.staticKey);
}

function view({ id, name, ik, address, at }: RequestRecord): ContactRequest {
  return { id, name, publicKey: toHex(ik), address, at };
}
