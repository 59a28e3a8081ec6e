// The parts of an engine put together, from the ground up: each gets what it needs by name, from parts that are made
// before it. What happens later is told the other way round by signals, joined at the end; nothing happens before `start`.
import { TurnScheduler } from './links/flow/turn-scheduler.ts';
import { equal } from '../crypto/bytes.ts';
import type { PresenceKey } from '../crypto/keys.ts';
import type { ContactRecord } from '../storage/tables/contacts.ts';
import type { MessageRef } from '../storage/tables/message/message-record.ts';
import { runInBackground } from './background.ts';
import { Authors } from './contacts/authors.ts';
import { Conversations } from './contacts/conversations.ts';
import { ContactMaker } from './contacts/contact-maker.ts';
import { ourIdentity } from './contacts/identity.ts';
import { InviteOutcome } from './contacts/invite-outcome.ts';
import { LastSeen } from './contacts/last-seen.ts';
import { OwnIdentity } from './contacts/own-identity.ts';
import { Requests } from './contacts/requests.ts';
import { Roster } from './contacts/roster.ts';
import type { ProvenKey } from './contacts/static-key.ts';
import { Budgets } from './delivery/budgets.ts';
import { Entries } from './delivery/entries.ts';
import { Erasing } from './delivery/erasing.ts';
import { Expiry } from './delivery/expiry.ts';
import { Fading } from './delivery/fading.ts';
import { Inbox } from './delivery/inbox.ts';
import { Outbox } from './delivery/outbox.ts';
import { Profiles } from './delivery/profiles.ts';
import { Receipts } from './delivery/receipts.ts';
import { SessionAgreement } from './delivery/session-agreement.ts';
import { Sessions } from './delivery/sessions.ts';
import { Doctor } from './doctor/doctor.ts';
import { TwoWayCheck } from './doctor/two-way-check.ts';
import type { EngineParts } from './engine.ts';
import type { EngineOptions } from './engine-options.ts';
import { Files } from './files/files.ts';
import { savedName } from './files/file-names.ts';
import { Transfers } from './files/transfers.ts';
import { ConversationFeed } from './feed/conversation-feed.ts';
import { Marks } from './contacts/marks.ts';
import { Drafts } from './feed/drafts.ts';
import { ContactFeed } from './feed/contact-feed.ts';
import { EntryViews } from './feed/entry-views.ts';
import { tellOfMessages } from './feed/message-events.ts';
import { NetworkFeed } from './feed/network-feed.ts';
import { Typing } from './feed/typing.ts';
import { Admission } from './links/admission/admission.ts';
import { BulkLinks } from './links/bulk-links.ts';
import { Dialler } from './links/dialler.ts';
import { Greetings } from './links/greetings.ts';
import { KnownHosts } from './links/admission/known-hosts.ts';
import { LinkSessions } from './links/link-sessions.ts';
import { Links } from './links/links.ts';
import { Peers } from './links/peers.ts';
import { RecordRouter } from './links/record-router.ts';
import { Strangers } from './links/strangers.ts';
import { InvitedGuests } from './meeting/invited-guests.ts';
import { Invites } from './meeting/invites.ts';
import { Pairing } from './meeting/pairing.ts';
import { targetsOf } from './presence/known-addresses.ts';
import { PresenceService } from './presence/presence-service.ts';
import { contactsWithoutPresenceKey, contactsWithPresenceKey } from './presence/rendezvous-keys.ts';
import { Visibility } from './presence/visibility.ts';
import { VisiblePeople } from './presence/visible-people.ts';
import { MessageSearch } from './search/message-search.ts';
import { StorageWatch } from './storage-watch.ts';

export function assembleParts(options: EngineOptions): EngineParts {
  const ground = assembleGround(options);
  const presence = assemblePresence(options, ground);
  const delivery = assembleDelivery(options, { ...ground, ...presence });
  const reach = assembleReach(options, { ...ground, ...presence, ...delivery });
  const meeting = assemblePairing(options, { ...ground, ...presence, ...reach });
  const doctor = assembleDoctor(options, { ...ground, ...presence, ...reach });
  const parts = { options, ...ground, ...presence, ...delivery, ...reach, ...meeting, ...doctor };
  join(parts);
  return { ...parts, storageWatch: watchStorage(options, parts) };
}

type Ground = ReturnType<typeof assembleGround>;
type WithPresence = Ground & ReturnType<typeof assemblePresence>;
type WithDelivery = WithPresence & ReturnType<typeof assembleDelivery>;
type WithReach = WithPresence & ReturnType<typeof assembleReach>;

/** Who we are, whom we know, and what everything that comes over links is told through. */
function assembleGround({ primitives, store, clock, random, events, identity }: EngineOptions) {
  const us = ourIdentity(primitives, identity);
  const own = new OwnIdentity({ store, random, record: identity });
  const roster = new Roster(store);
  const conversations = new Conversations({ store, roster, random });
  const authors = new Authors({ roster, conversations, ourIdentity: us.keys.identityKey.publicKey });
  const requests = new Requests({ store, roster, clock, random, events });
  const contactMaker = new ContactMaker({ store, roster, requests, clock, random });
  const links = new Links();
  const router = new RecordRouter();
  const budgets = new Budgets({ store, conversations, clock });
  const feed = new ContactFeed({ store, roster, conversations, links, budgets, clock, events });
  const marks = new Marks({ store, clock });
  const transfers = new Transfers({ store, clock, events });
  const bulkLinks = new BulkLinks({ clock, roster, links, router });
  const files = { progress: (message: MessageRef) => transfers.progress(message), savedName };
  const views = new EntryViews({ store, conversations, authors, links, files });
  const conversationFeed = new ConversationFeed({ store, conversations, marks, links, clock, events, views });
  const drafts = new Drafts({ store, conversations, clock, events });
  const people = { us, own, roster, authors, requests, contactMaker };
  const linked = { links, bulkLinks, router, transfers };
  return { ...people, ...linked, conversations, conversationFeed, views, drafts, marks, budgets, feed };
}

/** Who is near. */
function assemblePresence(options: EngineOptions, { us, own, roster, links }: Ground) {
  const { primitives, store, clock, events, discovery, network, peerPort, interfaces } = options;
  const people = new VisiblePeople({ primitives, roster, events, ourIdentity: us.keys.identityKey.publicKey });
  const visibility = new Visibility({ store, clock, network });
  const presence = new PresenceService({
    ...{ discovery, roster, clock, events, people },
    ownKey: () => own.presenceKey,
    unmet: () => contactsWithoutPresenceKey(primitives, us, roster),
    met: () => contactsWithPresenceKey(primitives, us, roster),
    card: () => (visibility.mode === 'everyone' ? { name: own.name, token: us.token } : null),
    hidden: () => visibility.mode === 'off',
  });
  const networkFeed = new NetworkFeed({ peerPort, interfaces, clock, events, links, presence, visibility });
  return { people, visibility, presence, networkFeed };
}

/** Messages out and in. */
function assembleDelivery({ primitives, store, clock, random, events }: EngineOptions, known: WithPresence) {
  const { us, own, roster, conversations, authors, conversationFeed, views, marks } = known;
  const { links, bulkLinks, router, budgets, feed, presence, transfers } = known;
  const ourIk = us.keys.identityKey.publicKey;
  const sessions = new Sessions({ store, primitives, clock, random, ourIdentity: ourIk });
  const told = tellOfMessages({
    ...{ store, conversations, events, feed, conversationFeed, views, marks },
    onPresence: () => presence.theirsChanged(),
  });
  const receipts = new Receipts({ store, roster, conversations, clock });
  const profiles = new Profiles({ store, roster, links, own });
  const moving = { links, bulkLinks, router, transfers };
  const files = new Files({ primitives, random, clock, store, roster, conversations, events, ...moving });
  const entries = new Entries({
    ...{ store, roster, authors, budgets, offers: files },
    takesReceipts: () => receipts.on,
    told: told.acts,
  });
  const shared = { store, roster, conversations, sessions, entries, clock, links, router };
  const presenceKey = (): PresenceKey => own.presenceKey;
  const outbox = new Outbox({ ...shared, random, receipts, profiles, presenceKey, listener: told.outbox });
  const inbox = new Inbox({ ...shared, budgets, listener: told.inbox });
  const erasing = new Erasing({ store, entries, outbox });
  const fading = new Fading({
    store,
    clock,
    erasing,
    isHeld: (message) => transfers.holds(message),
    onGone: told.onGone,
  });
  const typing = new Typing({ clock, events, conversations, links, router });
  const expiry = new Expiry({ store, clock, roster, sessions, entries });
  const search = new MessageSearch({ store, roster, conversations, events, clock, views });
  return { sessions, files, receipts, profiles, entries, outbox, inbox, erasing, fading, typing, expiry, search };
}

/** Links with contacts and strangers, dialled and accepted. */
function assembleReach(options: EngineOptions, known: WithDelivery) {
  const { primitives, store, clock, random, events, transport, peerPort, interfaces } = options;
  const { us, own, roster, requests, contactMaker, links, bulkLinks, router, feed, sessions, presence } = known;
  const invites = new Invites({
    primitives,
    clock,
    random,
    events,
    roster,
    us,
    ourName: () => own.name,
    store,
    peerPort,
    interfaces,
  });
  const invitedGuests = new InvitedGuests({ store, clock, roster, invites, contactMaker });
  const strangers = new Strangers(clock, router);
  const agreement = new SessionAgreement({ store, sessions, random });
  const inviteOutcome = new InviteOutcome({ store, roster, onSettled: (contact) => feed.changed(contact) });
  const lastSeen = new LastSeen({ store, roster, clock });
  const linkSessions = new LinkSessions({
    ...{ identity: us, roster, requests, links, bulkLinks, strangers, router },
    ...{ sessions: agreement, inviteOutcome, lastSeen },
  });
  const scheduler = new TurnScheduler();
  const greetings = new Greetings({
    ...{ primitives, clock, scheduler, random, identity: us, roster, links, router, linkSessions },
    admission: new Admission(clock),
    knownHosts: new KnownHosts(roster, clock),
    ourName: () => own.name,
    ourPort: () => peerPort,
    offer: (peer) => agreement.offer(peer),
    admitInvited: (link, theirs, theirStatic) => invitedGuests.admit(link, theirs, theirStatic),
    onStaticKey: (contact, key) => takeStaticKey({ options, roster, presence }, contact, key),
  });
  const dialler = new Dialler({ primitives, clock, scheduler, random, transport, ourStatic: us.keys.staticKey });
  bulkLinks.reachBy({ dialler, greetings });
  const targets = (contact: ContactRecord): ReturnType<typeof targetsOf> => targetsOf(contact, presence);
  const peers = new Peers({ clock, random, roster, links, dialler, greetings, targets });
  return { invites, strangers, greetings, dialler, peers };
}

function takeStaticKey(
  { options, roster, presence }: Pick<WithPresence, 'roster' | 'presence'> & { readonly options: EngineOptions },
  { id, certificate, staticKey }: ContactRecord,
  key: ProvenKey,
): void {
  runInBackground(options.store.journal.write(() => roster.setKey(id, key)));
  // Slots are made from static keys. Once a contact: a peer that renews its key again and again moves no advert of ours.
  if (!certificate && !equal(staticKey, key.staticKey)) presence.update();
}

function assemblePairing(
  { primitives, clock, random, events }: EngineOptions,
  { us, roster, contactMaker, visibility, router, strangers, peers }: WithReach,
) {
  const pairing = new Pairing({
    ...{ primitives, clock, random, events, us, roster, visibility, router, strangers, peers },
    adopt: (paired) => contactMaker.adoptPaired(paired),
  });
  return { pairing };
}

/** Why there is no connection. */
function assembleDoctor(
  { store, clock, random, discovery, peerPort, interfaces, addresses }: EngineOptions,
  { roster, presence, visibility, links, router, dialler, feed }: WithReach,
) {
  const hosts = (): ReadonlySet<string> => new Set(addresses().map(({ host }) => host));
  const twoWayCheck = new TwoWayCheck({ clock, random, roster, hosts, presence, dialler, router });
  const doctor = new Doctor({
    ...{ store, clock, peerPort, interfaces, hosts, discovery, twoWayCheck, presence, visibility, links, dialler },
    view: (contact) => feed.view(contact),
  });
  return { twoWayCheck, doctor };
}

/** What happens in one part and matters to another that was made later. */
function join(parts: Omit<EngineParts, 'storageWatch'>): void {
  const { contactMaker, strangers, presence, people, peers, visibility } = parts;
  const { conversations, conversationFeed, feed, networkFeed } = parts;
  contactMaker.made.on((id, { ik, blocked }) => {
    // First where one talks to them, then who they are.
    conversationFeed.now(conversations.directWith(id));
    // Who is blocked keeps the minute that strangers have: its end would tell.
    if (!blocked) strangers.release(ik);
    // Until their presence key is known, the two find each other by the slots of an advert.
    presence.update();
    people.changed();
    if (!blocked) peers.encourage(id);
    feed.now(id);
  });
  contactMaker.verified.on((id) => void feed.now(id));
  presence.found.on((contact) => peers.encourage(contact));
  presence.statusChanged.on(() => networkFeed.changed());
  visibility.changed.on(() => {
    presence.update();
    networkFeed.changed();
  });
}

function watchStorage(
  { store, clock, events }: EngineOptions,
  parts: Pick<EngineParts, 'sessions' | 'invites' | 'roster' | 'links' | 'peers' | 'drafts' | 'marks'>,
): StorageWatch {
  const { sessions, invites, roster, links, peers, drafts, marks } = parts;
  return new StorageWatch({
    ...{ store, clock, events },
    forget: () => {
      sessions.forget();
      invites.forget();
      marks.forget();
    },
    reload: () => roster.reload(),
    cut: () => links.cut(),
    onWorking: () => {
      peers.encourageAll();
      drafts.write();
    },
  });
}
