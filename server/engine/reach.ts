// Where a contact may be reached: seen nearby, typed by hand, remembered from links. Names ending in .local are asked for
// by mDNS; no other name is ever looked up.
import { formatAddress, parseAddress } from '../discovery/addresses.ts';
import type { Hello } from '../protocol/hello.ts';
import type { ContactRecord } from '../storage/contacts.ts';
import type { Channel } from './channel.ts';
import type { DialTarget } from './dialler.ts';
import type { Near } from './near.ts';

/** Best first, each once. */
export async function targetsOf(contact: ContactRecord, near: Near): Promise<readonly DialTarget[]> {
  const stored = await Promise.all(contact.addresses.map((entry) => placesOf(entry.address, near)));
  const unique = new Map<string, DialTarget>();
  for (const target of [...near.targets(contact.id), ...stored.flat()]) {
    unique.set(formatAddress(target.host, target.port), target);
  }
  return [...unique.values()];
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
