// Where a contact may be reached: seen nearby, typed by hand, remembered from links. Names ending in .local are asked for
// by mDNS; no other name is ever looked up.
import type { Tried } from '../contract/diagnosis.ts';
import { formatAddress, parseAddress } from '../discovery/addresses.ts';
import type { Hello } from '../protocol/hello.ts';
import type { ContactRecord } from '../storage/contacts.ts';
import type { Channel } from './channel.ts';
import type { DialTarget } from './dialler.ts';
import type { Near } from './near.ts';

/** A place where a contact may be, and how we know of it. */
export interface KnownPlace {
  readonly target: DialTarget;
  readonly source: Tried['source'];
}

/** Those announced now, then those remembered, each once. */
export async function knownPlaces(contact: ContactRecord, near: Near): Promise<readonly KnownPlace[]> {
  const announced = near.targets(contact.id).map((target): KnownPlace => ({ target, source: 'announced' }));
  const remembered = contact.addresses.map(async ({ address, source }) =>
    (await placesOf(address, near)).map((target): KnownPlace => ({ target, source })),
  );
  const places = new Map<string, KnownPlace>();
  for (const place of [...announced, ...(await Promise.all(remembered)).flat()]) {
    const key = formatAddress(place.target.host, place.target.port);
    if (!places.has(key)) places.set(key, place);
  }
  return [...places.values()];
}

/** Best first, each once. */
export async function targetsOf(contact: ContactRecord, near: Near): Promise<readonly DialTarget[]> {
  return (await knownPlaces(contact, near)).map(({ target }) => target);
}

/** Where the other side of a channel can be dialled again; null: it does not listen. */
export function returnAddress(channel: Channel, theirs: Hello): string | null {
  if (channel.role === 'initiator') return channel.remoteAddress;
  return theirs.port === 0 ? null : formatAddress(channel.remoteHost, theirs.port);
}

/** Where an address leads. */
export async function placesOf(address: string, near: Near): Promise<readonly DialTarget[]> {
  const parsed = parseAddress(address);
  if (!parsed) return [];
  const { host, port, kind } = parsed;
  const hosts = kind === 'local' ? await near.resolve(host) : [host];
  return hosts.map((each) => ({ host: each, port }));
}
