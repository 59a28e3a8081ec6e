// Where a contact may be reached: seen nearby, typed by hand, remembered from links. Names ending in .local are asked for
// by mDNS; no other name is ever looked up.
import type { Tried } from '../../contract/diagnosis.ts';
import { formatAddress, parseAddress } from '../../network/addresses.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import type { DialTarget } from '../links/dialler.ts';
import type { PresenceService } from './presence-service.ts';

/** A place where a contact may be, and how we know of it. */
export interface KnownAddress {
  readonly target: DialTarget;
  readonly source: Tried['source'];
}

/** Those announced now, then those remembered, each once. */
export async function knownAddresses(
  contact: ContactRecord,
  presence: PresenceService,
): Promise<readonly KnownAddress[]> {
  const announced = presence.targets(contact.id).map((target): KnownAddress => ({ target, source: 'announced' }));
  const remembered = contact.addresses.map(async ({ address, source }) =>
    (await addressesOf(address, presence)).map((target): KnownAddress => ({ target, source })),
  );
  const places = new Map<string, KnownAddress>();
  for (const place of [...announced, ...(await Promise.all(remembered)).flat()]) {
    const key = formatAddress(place.target.host, place.target.port);
    if (!places.has(key)) places.set(key, place);
  }
  return [...places.values()];
}

/** Best first, each once. */
export async function targetsOf(contact: ContactRecord, presence: PresenceService): Promise<readonly DialTarget[]> {
  return (await knownAddresses(contact, presence)).map(({ target }) => target);
}

/** Where an address leads. */
export async function addressesOf(address: string, presence: PresenceService): Promise<readonly DialTarget[]> {
  const parsed = parseAddress(address);
  if (!parsed) return [];
  const { host, port, kind } = parsed;
  const hosts = kind === 'local' ? await presence.resolve(host) : [host];
  return hosts.map((each) => ({ host: each, port }));
}
