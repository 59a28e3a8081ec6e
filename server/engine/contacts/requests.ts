// People who have our token and whom we do not have: kept, bounded, until they are accepted or blocked. Ignored ones are
// kept as well, and shown no more: only so do they stay away when they ask again. A request never
// becomes a contact, changes a name or takes a place in a conversation by itself (protocol §3).
import type { ContactRequest } from '../../contract/model.ts';
import { CommandError } from '../../contract/errors.ts';
import type { RequestId } from '../../contract/ids.ts';
import { equal, toHex } from '../../crypto/bytes.ts';
import type { IdentityPublicKey, StaticPublicKey } from '../../crypto/keys.ts';
import { parseAddress } from '../../network/addresses.ts';
import type { Hello } from '../../protocol/hello.ts';
import { CONTACT_REQUESTS } from '../../protocol/limits.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import type { Asked, RequestRecord } from '../../storage/tables/requests.ts';
import type { Clock } from '../../timing/clock.ts';
import type { EventLog } from '../event-log.ts';
import { pickVictim } from './eviction.ts';
import { lotOf } from '../../network/lot.ts';
import { receivedName } from './names.ts';
import { randomId, type Roster } from './roster.ts';
import { provenKey } from './static-key.ts';

/** How long a lot whose request was kept takes no place of another that has no more: nobody turns over the list for fun. */
const NEWCOMER_AGAIN_MS = 60 * 60 * 1000;

/** Lots that are remembered for it; beyond that the one whose request was kept longest ago is forgotten. */
const LOTS_REMEMBERED = 1024;

export interface RequestsOptions {
  readonly store: Store;
  readonly roster: Roster;
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

  /** Those to be shown. */
  list(): readonly ContactRequest[] {
    const shown = this.#options.store.requests.list().filter(({ ignored }) => ignored !== true);
    return shown.map(view);
  }

  /** @throws CommandError request-unknown. */
  get(id: RequestId): RequestRecord {
    const request = this.#options.store.requests.get(id);
    if (!request) throw new CommandError('request-unknown', 'no such request');
    return request;
  }

  /** Somebody greeted us as a contact of theirs and is none of ours. @param address where they can be dialled; null: nowhere. */
  async greeted(theirs: Hello, staticKey: StaticPublicKey, address: string | null): Promise<void> {
    const contact = this.#options.roster.byIdentity(theirs.ik);
    if (!contact) await this.#note(theirs, staticKey, address);
    // Blocked contacts are answered like strangers, but ask for nothing.
    else if (contact.blocked) await this.#noteBlocked(contact, theirs, staticKey, address);
  }

  async #note(theirs: Hello, staticKey: StaticPublicKey, address: string | null): Promise<void> {
    const { store, clock, random } = this.#options;
    const noted = await store.journal.write(() => {
      const known = store.requests.byIdentity(theirs.ik);
      const asked = whatIsNew(known, theirs, staticKey, address);
      const gone = known ? [] : this.#room(address);
      if (!asked || !gone) return null;
      for (const id of gone) this.remove(id);
      if (!known) this.#remember(lotOf(hostOf(address)));
      const { id = randomId(random) as RequestId, ignored } = known ?? {};
      const request = { ...asked, id, ignored, ik: theirs.ik, at: clock.now() };
      store.requests.put(request);
      return { request, gone };
    });
    for (const id of noted?.gone ?? []) this.gone(id);
    if (noted && noted.request.ignored !== true) this.#tell(noted.request);
  }

  /** @throws CommandError request-unknown. */
  async ignore(id: RequestId): Promise<void> {
    const { store } = this.#options;
    await store.journal.write(() => store.requests.put({ ...this.get(id), ignored: true }));
    this.gone(id);
  }

  /** What a blocked contact asked before it was blocked is a request again. Inside a `journal.write`; then `reopened`. */
  reopen(ik: IdentityPublicKey, asked: Asked): RequestId {
    const { store, random, clock } = this.#options;
    const id = randomId(random) as RequestId;
    store.requests.put({ ...asked, id, ik, at: clock.now() });
    return id;
  }

  /** Once `reopen` is durable. */
  reopened(id: RequestId): void {
    this.#tell(this.get(id));
  }

  #tell(request: RequestRecord): void {
    const read = (): { request: ContactRequest } | null => this.#again(request.id);
    this.#options.events.emit('request.changed', { request: view(request) }, { about: request.id, read });
  }

  #again(id: RequestId): { request: ContactRequest } | null {
    const request = this.#options.store.requests.get(id);
    return request && request.ignored !== true ? { request: view(request) } : null;
  }

  /**
   * Somebody blocked greeted us: nothing comes of it for people to see. As much is written as for a stranger, since whoever
   * sends something right behind a greeting can measure how long our disk takes.
   */
  async #noteBlocked(
    { id }: ContactRecord,
    theirs: Hello,
    staticKey: StaticPublicKey,
    address: string | null,
  ): Promise<void> {
    const { store, roster } = this.#options;
    await store.journal.write(() => {
      const contact = roster.get(id);
      const asked = whatIsNew(contact.asked, theirs, staticKey, address);
      const room = contact.asked ? [] : this.#room(address);
      if (asked && room) roster.put({ ...contact, asked });
    });
  }

  /** Inside a `journal.write`; tell with `gone` once it is durable. */
  remove(id: RequestId): void {
    this.#options.store.requests.remove(id);
  }

  /** Drops the request of an identity that has become a contact by another way. Inside a `journal.write`. */
  removeIdentity(ik: IdentityPublicKey): RequestId | null {
    const request = this.#options.store.requests.byIdentity(ik);
    if (request) this.remove(request.id);
    return request?.id ?? null;
  }

  gone(id: RequestId): void {
    this.#options.events.emit('request.removed', { request: id });
  }

  /**
   * Over the bound the lot that has most gives up its oldest to somebody from another. Where all have as many, the oldest of
   * all gives way to somebody who has not asked for a while. @returns ids of those who give way; null: there is no room.
   */
  #room(address: string | null): readonly RequestId[] | null {
    const { requests } = this.#options.store;
    if (requests.count() < CONTACT_REQUESTS) return [];
    const ours = lotOf(hostOf(address));
    const held = requests.list().map((each) => ({ id: each.id, host: hostOf(each.address) }));
    const { id, host } = pickVictim([...held, { id: null, host: hostOf(address) }], (each) => each.host);
    const lot = lotOf(host);
    if (id === null || lot === ours) return null;
    const of = (wanted: string): number => held.filter((each) => lotOf(each.host) === wanted).length;
    if (of(lot) === of(ours) + 1 && !this.#isNew(ours)) return null;
    return [id];
  }

  #isNew(lot: string): boolean {
    return this.#options.clock.monotonic() - (this.#kept.get(lot) ?? -Infinity) >= NEWCOMER_AGAIN_MS;
  }

  #remember(lot: string): void {
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

/** What there is to keep of a greeting; null: nothing that is not known. A static key is replaced only by a newer one. */
function whatIsNew(
  known: Asked | null | undefined,
  theirs: Hello,
  staticKey: StaticPublicKey,
  from: string | null,
): Asked | null {
  const key = provenKey(theirs, staticKey);
  const sameKey = known ? equal(known.staticKey, staticKey) : false;
  if (known && !sameKey && key.generation <= known.generation) return null;
  const name = receivedName(theirs.name, toHex(theirs.ik));
  const address = from ?? known?.address ?? null;
  return known && sameKey && known.name === name && known.address === address ? null : { ...key, name, address };
}

function view({ id, name, ik, address, at }: RequestRecord): ContactRequest {
  return { id, name, publicKey: toHex(ik), address, at };
}
