// Invites: tokens that let whoever has one become a contact, once. The guest's first HELLO proves that it has the secret
// (protocol §3); the host makes a contact of it before it answers, so that one link does all.
import { CommandError } from '../../contract/errors.ts';
import type { Params } from '../../contract/commands.ts';
import type { Invite, InviteState } from '../../contract/model.ts';
import type { InviteId } from '../../contract/ids.ts';
import { cutName } from '../../contract/words/names.ts';
import { equal, wipe } from '../../crypto/bytes.ts';
import type { IdentityPublicKey } from '../../crypto/keys.ts';
import { SecretBytes } from '../../crypto/secret.ts';
import {
  formatAddress,
  isLinkLocalAddress,
  isLocalAddress,
  isSharedAddress,
  listLocalAddresses,
} from '../../network/addresses.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import type { Adapter, Interfaces } from '../../network/adapters.ts';
import type { Endpoint } from '../../protocol/endpoint.ts';
import { inviteProof, REFUSED } from '../../protocol/invite.ts';
import { INVITE_NAME_BYTES, INVITE_SECRET_BYTES, TOKEN_ENDPOINTS } from '../../protocol/limits.ts';
import { encodeToken } from '../../protocol/token.ts';
import type { InviteRecord } from '../../storage/tables/invites.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { Clock } from '../../timing/clock.ts';
import type { OurIdentity } from '../contacts/identity.ts';
import { randomId, type Roster } from '../contacts/roster.ts';
import type { EventLog } from '../event-log.ts';

const HOUR = 60 * 60_000;
const LIFETIMES = { '1h': HOUR, '24h': 24 * HOUR, '7d': 7 * 24 * HOUR, never: null } as const;

/** Open at once: a class, a ship's crew; each is a door that somebody may have forgotten. */
const OPEN_INVITES = 64;

/** Ended ones are kept this long, and so many, to tell whoever comes late what became of them. */
export const ENDED_KEPT_MS = 30 * 24 * HOUR;
const ENDED_KEPT = 64;

export interface InvitesOptions {
  readonly store: Store;
  readonly primitives: Primitives;
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
  readonly events: EventLog;
  readonly roster: Roster;
  readonly us: OurIdentity;
  readonly ourName: () => string;
  readonly peerPort: number;
  readonly interfaces: () => Interfaces;
}

export class Invites {
  readonly #options: InvitesOptions;
  /** As they are on disk: opening a hundred sealed rows for every HELLO that shows an invite would be a stranger's lever. */
  #kept: readonly InviteRecord[] | null = null;

  constructor(options: InvitesOptions) {
    this.#options = options;
  }

  /** The disk is right: it is read again when next needed. */
  forget(): void {
    this.#kept = null;
  }

  stop(): void {
    for (const { secret } of this.#kept ?? []) wipe(secret);
    this.forget();
  }

  list(): readonly Invite[] {
    return this.#records()
      .toReversed()
      .map((record) => this.#view(record));
  }

  /** @throws CommandError too-many. */
  async create({ expires }: Params<'invite.create'>): Promise<Invite> {
    const { clock, random, store } = this.#options;
    const lifetime = LIFETIMES[expires];
    // The token carries whole seconds.
    const expiresAt = lifetime === null ? null : Math.floor((clock.now() + lifetime) / 1000) * 1000;
    const secret = new SecretBytes(random(INVITE_SECRET_BYTES));
    const record: InviteRecord = {
      id: randomId(random) as InviteId,
      secret,
      token: this.#token(secret, expiresAt),
      createdAt: clock.now(),
      expiresAt,
      revokedAt: null,
      used: null,
    };
    await store.journal.write(() => {
      this.#tidy();
      const open = this.#records().filter((each) => this.#state(each) === 'open');
      if (open.length >= OPEN_INVITES) throw new CommandError('too-many', 'too many invites are open');
      this.#put(record);
    });
    return this.#tell(record);
  }

  /** @throws CommandError invite-unknown, invite-used. */
  async revoke(id: InviteId): Promise<Invite> {
    const { clock, store } = this.#options;
    const record = await store.journal.write(() => {
      const known = this.#find(id);
      if (!known) throw new CommandError('invite-unknown', 'no such invite');
      if (known.used) throw new CommandError('invite-used', 'the invite was used');
      const revoked = { ...known, revokedAt: known.revokedAt ?? clock.now() };
      this.#put(revoked);
      return revoked;
    });
    return this.#tell(record);
  }

  /** Which invite a HELLO proves; null: none of ours. */
  find(proof: Uint8Array, handshakeHash: Uint8Array): InviteRecord | null {
    const { primitives } = this.#options;
    const fits = ({ secret }: InviteRecord): boolean => equal(inviteProof(primitives, secret, handshakeHash), proof);
    return this.#records().find(fits) ?? null;
  }

  /** Uses an invite up. Inside the `journal.write` that makes the contact. @returns false: it lets nobody in any more. */
  spend(id: InviteId, ik: IdentityPublicKey): boolean {
    const { clock } = this.#options;
    const record = this.#find(id);
    if (!record || this.#state(record) !== 'open') return false;
    this.#put({ ...record, used: { at: clock.now(), ik } });
    return true;
  }

  /** After `spend` is durable. */
  spent(id: InviteId): void {
    const record = this.#find(id);
    if (record) this.#tell(record);
  }

  /** Why it lets nobody in, for HELLO; undefined: it does. */
  refusal(id: InviteId): number | undefined {
    const record = this.#find(id);
    const state = record ? this.#state(record) : 'revoked';
    return state === 'open' ? undefined : REFUSED[state];
  }

  #records(): readonly InviteRecord[] {
    this.#kept ??= this.#options.store.invites.list();
    return this.#kept;
  }

  #find(id: InviteId): InviteRecord | undefined {
    return this.#records().find((record) => record.id === id);
  }

  /** Inside a `journal.write`. */
  #put(record: InviteRecord): void {
    const kept = this.#records();
    this.#options.store.invites.put(record);
    const isNew = !kept.some(({ id }) => id === record.id);
    this.#kept = isNew ? [...kept, record] : kept.map((each) => (each.id === record.id ? record : each));
  }

  /** Inside a `journal.write`. */
  #drop(id: InviteId): void {
    this.#options.store.invites.remove(id);
    this.#kept = this.#records().filter((record) => record.id !== id);
  }

  #state({ used, revokedAt, expiresAt }: InviteRecord): InviteState {
    if (used) return 'used';
    if (revokedAt !== null) return 'revoked';
    return expiresAt !== null && expiresAt <= this.#options.clock.now() ? 'expired' : 'open';
  }

  #token(secret: Uint8Array, expiresAt: number | null): string {
    const { us, ourName, primitives, interfaces, peerPort } = this.#options;
    const name = cutName(ourName(), INVITE_NAME_BYTES);
    const { keys, device, generation, certificate } = us;
    return encodeToken(primitives, {
      version: 2,
      identityKey: keys.identityKey.publicKey,
      staticKey: keys.staticKey.publicKey,
      device,
      generation,
      certificate,
      secret,
      expiry: expiresAt === null ? 0 : expiresAt / 1000,
      ...(name !== '' && { name }),
      endpoints: endpointsFor(listLocalAddresses(interfaces(), TOKEN_ENDPOINTS), peerPort),
    });
  }

  #view({ id, token, createdAt, expiresAt, ...record }: InviteRecord): Invite {
    const state = this.#state({ id, token, createdAt, expiresAt, ...record });
    const contact = record.used && this.#options.roster.byIdentity(record.used.ik);
    return { id, token, createdAt, expiresAt, state, contact: contact?.id ?? null };
  }

  #tell(record: InviteRecord): Invite {
    const invite = this.#view(record);
    this.#options.events.emit('invite.changed', { invite });
    return invite;
  }

  /** Inside a `journal.write`: drops what ended long ago. */
  #tidy(): void {
    const { clock } = this.#options;
    const ended = this.#records().filter((record) => this.#state(record) !== 'open');
    const surplus = Math.max(0, ended.length - ENDED_KEPT);
    for (const [i, record] of ended.entries()) {
      const at = record.used?.at ?? record.revokedAt ?? record.expiresAt ?? record.createdAt;
      if (i < surplus || at + ENDED_KEPT_MS < clock.now()) this.#drop(record.id);
    }
  }
}

/**
 * Where an invite of somebody else's may have us dial: what an invite names is anybody's, and dialled for weeks. Addresses
 * that are private, or on a network that we are on: nobody out on the Internet hears from us because of it.
 */
export function placesIn(endpoints: readonly Endpoint[], adapters: readonly Pick<Adapter, 'isNeighbour'>[]): string[] {
  const isNear = (host: string): boolean =>
    isLocalAddress(host) || isSharedAddress(host) || adapters.some((adapter) => adapter.isNeighbour(host));
  return endpoints.filter(({ host }) => isNear(host)).map(({ host, port }) => formatAddress(host, port));
}

/** Where whoever has the invite finds us: no scoped addresses, which mean nothing elsewhere. */
export function endpointsFor(hosts: readonly string[], port: number): Endpoint[] {
  const usable = hosts.filter((host) => !host.includes('%') && !isLinkLocalAddress(host));
  return port === 0 ? [] : usable.slice(0, TOKEN_ENDPOINTS).map((host) => ({ host, port }));
}
