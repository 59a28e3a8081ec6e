// Contacts: added by token, renamed, blocked, verified, removed, given addresses.
import { CommandError } from '../../contract/errors.ts';
import type { AddedBy, Contact } from '../../contract/model.ts';
import { ADDRESS_LENGTH } from '../../contract/limits.ts';
import { pastedAddress } from '../../contract/pasted.ts';
import { equal } from '../../crypto/bytes.ts';
import { formatAddress, parseAddress } from '../../network/addresses.ts';
import { listAdapters } from '../../network/adapters.ts';
import { BYE } from '../../protocol/records.ts';
import { safetyNumber } from '../../protocol/safety-number.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import { runInBackground } from '../background.ts';
import type { Engine } from '../engine.ts';
import { ENDED_KEPT_MS, placesIn } from '../meeting/invites.ts';
import { cleanName } from '../contacts/names.ts';
import { randomId, trimAddresses } from '../contacts/roster.ts';
import { isOnlyClaimed, judgeKey, type ProvenKey } from '../contacts/static-key.ts';
import { done, type Handlers } from './handlers.ts';
import { readToken, type TokenKeys } from '../contacts/read-token.ts';

type ContactCommand =
  | 'contact.list'
  | 'contact.add'
  | 'contact.rename'
  | 'contact.remove'
  | 'contact.block'
  | 'contact.verify'
  | 'contact.safety'
  | 'contact.address'
  | 'contact.connect';

export function contactCommands(engine: Engine): Handlers<ContactCommand> {
  const { roster, feed, peers, options } = engine;
  const { journal } = options.store;
  return {
    'contact.list': () => roster.list().map(({ id }) => feed.view(id)),
    'contact.add': (params) => addContact(engine, params),
    'contact.rename': (params) => change(engine, params.contact, { name: cleanName(params.name) }),
    'contact.verify': ({ contact, verified }) => change(engine, contact, { verified }),
    'contact.block': (params) => block(engine, params.contact, params.blocked),
    'contact.remove': async (params) => {
      const contact = roster.get(params.contact);
      engine.release(contact);
      await engine.expiry.remove(contact.id);
      options.events.emit('contact.removed', { contact: contact.id });
      await engine.renewPresence();
      return done;
    },
    'contact.safety': (params) => {
      const theirs = roster.get(params.contact).ik;
      return { number: safetyNumber(options.primitives, engine.us.keys.identityKey.publicKey, theirs) };
    },
    'contact.address': async (params) => {
      const address = readAddress(params.address);
      roster.get(params.contact);
      await journal.write(() => roster.addAddress(params.contact, address, 'typed', options.clock.now()));
      peers.encourage(params.contact);
      return feed.now(params.contact);
    },
    'contact.connect': (params) => {
      if (roster.get(params.contact).blocked) throw new CommandError('contact-blocked', 'this contact is blocked');
      peers.encourage(params.contact);
      return feed.view(params.contact);
    },
  };
}

/** What a new contact is made from, whether a token was pasted or a request accepted. */
export interface NewContact {
  readonly ik: Uint8Array;
  readonly staticKey: Uint8Array;
  readonly device: number;
  readonly generation: number;
  /** Of the static key; left out: it is what a card says. */
  readonly certificate?: Uint8Array | undefined;
  readonly name: string;
  readonly addresses: ContactRecord['addresses'];
  readonly blocked: boolean;
  /** Of a request that is blocked. */
  readonly asked?: ContactRecord['asked'];
  readonly verified?: boolean;
  readonly addedBy: AddedBy;
  /** Of a token that is an invite. */
  readonly inviteSecret?: Uint8Array | undefined;
  /** Of an introduction. */
  readonly introducedBy?: Uint8Array | undefined;
}

/**
 * Stores a contact, drops a request of the same identity, and begins to dial unless blocked.
 * @param also done in the same transaction, before; what it throws undoes it.
 */
export async function makeContact(
  engine: Engine,
  contact: NewContact,
  also: () => void = () => undefined,
): Promise<Contact> {
  const { roster, requests, peers, feed, options } = engine;
  const id = randomId(options.random);
  const answered = await options.store.journal.write(() => {
    also();
    const { ik, staticKey, device, generation, certificate, name, addresses } = contact;
    const { blocked, asked, addedBy, inviteSecret, introducedBy } = contact;
    roster.put({
      ...{ id, ik, staticKey, device, generation, certificate, name, addresses: trimAddresses(addresses) },
      ...{ blocked, asked, addedBy, inviteSecret, introducedBy },
      verified: contact.verified ?? false,
      invite: inviteSecret && 'open',
      addedAt: options.clock.now(),
      lastSeen: null,
      presenceKey: null,
      outSeq: 0,
      inSeq: 0,
    });
    return requests.removeIdentity(contact.ik);
  });
  if (answered !== null) requests.gone(answered);
  // Who is blocked keeps the minute that strangers have: its end would tell.
  if (!contact.blocked) peers.releaseStranger(contact.ik);
  // Until their presence key is known, the two find each other by the slots of an advert.
  engine.presence.update();
  engine.people.changed();
  if (!contact.blocked) peers.encourage(id);
  return feed.now(id);
}

async function addContact(
  engine: Engine,
  params: { token: string; name: string; address?: string | undefined },
): Promise<Contact> {
  const { options, roster } = engine;
  const token = readToken(options.primitives, params.token, engine.us.keys.identityKey.publicKey);
  if (engine.isUs(token.identityKey)) throw new CommandError('token-own', 'this is your own token');
  const { invite } = token;
  const at = options.clock.now();
  if (hasExpired(invite, at)) throw new CommandError('token-expired', 'this invite has expired');
  const name = cleanName(params.name);
  const typed = params.address?.trim() ? [readAddress(params.address)] : [];
  const adapters = listAdapters(options.interfaces());
  // They may have asked before: where they came from is a place to dial.
  const asked = options.store.requests.byIdentity(token.identityKey)?.address;
  const addresses: ContactRecord['addresses'] = [
    ...typed.map((address) => ({ address, source: 'typed', at }) as const),
    ...placesIn(invite?.endpoints ?? [], adapters).map((address) => ({ address, source: 'link', at }) as const),
    ...(asked ? [{ address: asked, source: 'request', at } as const] : []),
  ].filter(({ address }, i, all) => all.findIndex((other) => other.address === address) === i);
  const known = roster.byIdentity(token.identityKey);
  if (known) return addAgain(engine, known, token, addresses);
  return makeContact(engine, {
    ...token,
    ik: token.identityKey,
    name,
    addresses,
    blocked: false,
    addedBy: invite ? 'invite' : 'token',
    inviteSecret: invite?.secret,
  });
}

/** Whether an invite has expired is for its host to say, by the clock it was made with: ours may be wrong. */
function hasExpired(invite: TokenKeys['invite'], now: number): boolean {
  return invite !== null && invite.expiry !== 0 && invite.expiry * 1000 + ENDED_KEPT_MS <= now;
}

/** A token of somebody we have as a contact: an invite of theirs, or another card where only a card says what their key is. */
async function addAgain(
  engine: Engine,
  known: ContactRecord,
  token: TokenKeys,
  addresses: ContactRecord['addresses'],
): Promise<Contact> {
  const { roster, peers, links, presence, feed, options } = engine;
  const { id } = known;
  const changes = known.blocked || links.activeLinkOf(id) ? null : (ofInvite(known, token) ?? ofCard(known, token));
  if (!changes) throw new CommandError('contact-exists', 'already a contact');
  await options.store.journal.write(() => {
    roster.put({ ...roster.get(id), ...changes });
    for (const { address, source, at } of addresses.toReversed()) roster.addAddress(id, address, source, at);
  });
  // A link on which they have not answered yet knows nothing of this.
  links.close(id, BYE.goingOffline);
  presence.update();
  peers.encourage(id);
  return feed.now(id);
}

function ofInvite(known: ContactRecord, { staticKey, device, generation, certificate, invite }: TokenKeys) {
  if (!invite || !certificate) return null;
  const shown = { staticKey, device, generation, certificate };
  return {
    ...(judgeKey(known, shown) === 'taken' && shown),
    invite: 'open',
    inviteSecret: invite.secret,
  } satisfies Partial<ContactRecord>;
}

function ofCard(known: ContactRecord, { staticKey }: TokenKeys): Pick<ContactRecord, 'staticKey'> | null {
  return isOnlyClaimed(known) && !equal(known.staticKey, staticKey) ? { staticKey } : null;
}

/** Who typed the code we showed, or showed the one we typed. */
export interface Paired extends Pick<NewContact, 'ik' | 'name'> {
  readonly key: ProvenKey;
  readonly address: string | null;
}

/** A verified contact, under the name it has if it is one already. @returns its id. */
export async function adoptPaired(engine: Engine, { address, key, ...paired }: Paired): Promise<string> {
  const { roster, options, feed } = engine;
  const at = options.clock.now();
  const known = roster.byIdentity(paired.ik);
  if (!known) {
    const addresses: ContactRecord['addresses'] = address === null ? [] : [{ address, source: 'link', at }];
    const made = { ...paired, ...key, addresses, blocked: false, verified: true, addedBy: 'code' } as const;
    return (await makeContact(engine, made)).id;
  }
  await options.store.journal.write(() => {
    if (judgeKey(roster.get(known.id), key) === 'taken') roster.setKey(known.id, key);
    const { id } = roster.put({ ...roster.get(known.id), verified: true });
    if (address !== null) roster.addAddress(id, address, 'link', at);
  });
  feed.now(known.id);
  return known.id;
}

async function block(engine: Engine, id: string, blocked: boolean): Promise<Contact> {
  const contact = engine.roster.get(id);
  if (contact.blocked === blocked) return engine.feed.view(id);
  const view = await change(engine, id, { blocked, asked: undefined });
  if (!blocked) {
    engine.presence.update();
    engine.peers.releaseStranger(contact.ik);
    engine.peers.encourage(id);
    // Our key was renewed without them: they would not recognise us any more.
    if (engine.sessions.currentId(contact) !== null) await engine.outbox.sendPresence(id);
    return view;
  }
  engine.release(contact);
  // They held our presence key.
  runInBackground(engine.renewPresence());
  return engine.feed.now(id);
}

async function change(
  engine: Engine,
  id: string,
  changes: Partial<Pick<ContactRecord, 'name' | 'verified' | 'blocked' | 'asked'>>,
): Promise<Contact> {
  engine.roster.get(id);
  await engine.options.store.journal.write(() => engine.roster.put({ ...engine.roster.get(id), ...changes }));
  return engine.feed.now(id);
}

/** What a person typed or pasted, as addresses are kept. @throws CommandError address-invalid. */
export function readAddress(text: string): string {
  const parsed = text.length > ADDRESS_LENGTH ? null : parseAddress(pastedAddress(text));
  if (!parsed)
    throw new CommandError('address-invalid', 'an address is HOST:PORT, with an IP address or a .local name');
  return formatAddress(parsed.host, parsed.port);
}
