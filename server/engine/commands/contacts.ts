// Contacts: added by token, renamed, blocked, verified, removed, given addresses.
import { CommandError } from '../../contract/errors.ts';
import type { Contact } from '../../contract/model.ts';
import { ADDRESS_LENGTH } from '../../contract/limits.ts';
import { pastedAddress } from '../../contract/words/pasted.ts';
import { isBlankName } from '../../contract/words/names.ts';
import type { ContactId } from '../../contract/ids.ts';
import { equal, toHex } from '../../crypto/bytes.ts';
import { formatAddress, parseAddress } from '../../network/addresses.ts';
import { listAdapters } from '../../network/adapters.ts';
import { BYE } from '../../protocol/records.ts';
import { safetyNumber } from '../../protocol/safety-number.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import { runInBackground } from '../background.ts';
import type { Engine } from '../engine.ts';
import { ENDED_KEPT_MS, placesIn } from '../meeting/invites.ts';
import { cleanName, receivedName } from '../contacts/names.ts';
import { digestOf, toBase64 } from '../contacts/picture.ts';
import { isOnlyClaimed, judgeKey } from '../contacts/static-key.ts';
import { done, type Handlers, type Named } from './handlers.ts';
import type { IntroductionCommand } from './introductions.ts';
import { readToken, type TokenKeys } from '../contacts/read-token.ts';

export function contactCommands(engine: Engine): Handlers<Exclude<Named<'contact'>, IntroductionCommand>> {
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
      engine.marks.forget();
      engine.drafts.forget(engine.conversations.directWith(contact.id));
      options.events.emit('conversation.removed', { conversation: engine.conversations.directWith(contact.id) });
      options.events.emit('contact.removed', { contact: contact.id });
      await engine.renewPresence();
      return done;
    },
    'contact.safety': (params) => {
      const theirs = roster.get(params.contact).ik;
      return { number: safetyNumber(options.primitives, engine.us.keys.identityKey.publicKey, theirs) };
    },
    'contact.picture': ({ contact }) => {
      const digest = roster.get(contact).says?.picture;
      const picture = digest && options.store.pictures.get(contact);
      return { picture: picture && equal(digestOf(picture), digest) ? toBase64(picture) : null };
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
  const name = chosenName(params.name, token);
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
  const id = await engine.contactMaker.make({
    ...token,
    ik: token.identityKey,
    name,
    addresses,
    blocked: false,
    addedBy: invite ? 'invite' : 'token',
    inviteSecret: invite?.secret,
  });
  return engine.feed.view(id);
}

/** Of an invite the host tells the name, with the first HELLO. @throws CommandError name-…. */
function chosenName(text: string, { invite, identityKey }: TokenKeys): string {
  return invite && isBlankName(text) ? receivedName(undefined, toHex(identityKey)) : cleanName(text);
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
  if (known.blocked) throw new CommandError('contact-blocked', 'this person is blocked');
  const changes = links.activeLinkOf(id) ? null : (ofInvite(known, token) ?? ofCard(known, token));
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

async function block(engine: Engine, id: ContactId, blocked: boolean): Promise<Contact> {
  const contact = engine.roster.get(id);
  if (contact.blocked === blocked) return engine.feed.view(id);
  const view = await change(engine, id, { blocked, asked: undefined });
  if (!blocked) {
    engine.presence.update();
    engine.strangers.release(contact.ik);
    engine.peers.encourage(id);
    // Our key was renewed without them: they would not recognise us any more.
    if (engine.sessions.hasCurrent(contact)) await engine.outbox.sendPresence(id);
    return view;
  }
  engine.release(contact);
  // They held our presence key.
  runInBackground(engine.renewPresence());
  return engine.feed.now(id);
}

async function change(
  engine: Engine,
  id: ContactId,
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
