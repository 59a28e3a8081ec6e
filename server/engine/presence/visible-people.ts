// People nearby who are visible to everyone: what their adverts say, as far as it can be true. Nothing of it is proven.
import type { Person } from '../../contract/model.ts';
import type { ContactId } from '../../contract/ids.ts';
import { equal, toHex } from '../../crypto/bytes.ts';
import type { IdentityPublicKey } from '../../crypto/keys.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { formatAddress } from '../../network/addresses.ts';
import type { VisibleCard as Advertised } from '../../discovery/discovery.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import { parseToken, type IdentityToken } from '../../protocol/token.ts';
import type { DialTarget } from '../links/dialler.ts';
import type { EventLog } from '../event-log.ts';
import { receivedName } from '../contacts/names.ts';
import type { Roster } from '../contacts/roster.ts';

interface Seen {
  readonly card: IdentityToken;
  readonly advertised: Advertised;
}

export interface VisiblePeopleOptions {
  readonly primitives: Primitives;
  readonly roster: Roster;
  readonly events: EventLog;
  readonly ourIdentity: IdentityPublicKey;
}

export class VisiblePeople {
  readonly #options: VisiblePeopleOptions;
  #seen: readonly Seen[] = [];

  constructor(options: VisiblePeopleOptions) {
    this.#options = options;
  }

  /** @returns ids of contacts among them. */
  see(people: readonly Advertised[]): readonly ContactId[] {
    const { primitives, ourIdentity, roster } = this.#options;
    this.#seen = people.flatMap((advertised) => {
      const card = readCard(primitives, advertised.token);
      return card && !equal(card.identityKey, ourIdentity) ? [{ card, advertised }] : [];
    });
    this.changed();
    return this.#seen.flatMap(({ card }) => roster.byIdentity(card.identityKey)?.id ?? []);
  }

  /** They, or who of them is a contact. */
  changed(): void {
    const read = (): { people: readonly Person[] } => ({ people: this.list() });
    this.#options.events.emit('people.changed', read(), { about: '', read });
  }

  /** Blocked contacts are left out. */
  list(): readonly Person[] {
    return this.#seen.flatMap(({ card, advertised }) => {
      const contact = this.#options.roster.byIdentity(card.identityKey);
      if (contact?.blocked) return [];
      const publicKey = toHex(card.identityKey);
      const { token, hosts, port } = advertised;
      const addresses = hosts.map((host) => formatAddress(host, port));
      return [
        { name: receivedName(advertised.name, publicKey), publicKey, token, addresses, contact: contact?.id ?? null },
      ];
    });
  }

  /** Where somebody says they are. */
  targets(identityKey: IdentityPublicKey): readonly DialTarget[] {
    return this.#seen
      .filter(({ card }) => equal(card.identityKey, identityKey))
      .flatMap(({ advertised: { hosts, port } }) => hosts.map((host) => ({ host, port })));
  }
}

/** Null for what is no card: an invite has no place in an advert. */
function readCard(primitives: Primitives, text: string): IdentityToken | null {
  try {
    const token = parseToken(primitives, text);
    return token.version === 1 ? token : null;
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}
