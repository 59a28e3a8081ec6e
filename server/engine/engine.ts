// A profile that is open: wires contacts, sessions, links, messages and discovery together. Time, randomness, sockets and
// disk are parameters; commands come from `commands/`, events leave through the event log.
import type { Identity, NetworkFacts } from '../contract/model.ts';
import { equal, toHex } from '../crypto/bytes.ts';
import type { ContactRecord } from '../storage/tables/contacts.ts';
import type { Connection } from '../transport/transport.ts';
import { Admission } from './links/admission.ts';
import { Budgets } from './delivery/budgets.ts';
import type { TwoWayCheck } from './doctor/two-way-check.ts';
import { ContactFeed } from './feed/contact-feed.ts';
import { Dialler } from './links/dialler.ts';
import type { Doctor } from './doctor/doctor.ts';
import type { EngineOptions } from './engine-options.ts';
import { Coalescer } from '../timing/coalesce.ts';
import { ourIdentity, type OurIdentity } from './contacts/identity.ts';
import { OwnIdentity } from './contacts/own-identity.ts';
import { Expiry } from './delivery/expiry.ts';
import { Inbox } from './delivery/inbox.ts';
import type { InvitedGuests } from './meeting/invited-guests.ts';
import type { Invites } from './meeting/invites.ts';
import { Conversations } from './contacts/conversations.ts';
import type { ContactMaker, NewContact } from './contacts/contact-maker.ts';
import { assembleDoctor, assembleMeeting } from './assemble.ts';
import { KnownHosts } from './links/known-hosts.ts';
import { Links } from './links/links.ts';
import { tellOfMessages } from './feed/message-events.ts';
import { contactsWithPresenceKey, contactsWithoutPresenceKey } from './presence/rendezvous-keys.ts';
import { PresenceService, type PresenceServiceOptions } from './presence/presence-service.ts';
import { networkFacts } from './feed/network-facts.ts';
import { watchNetwork } from '../network/network-watch.ts';
import { Outbox } from './delivery/outbox.ts';
import { VisiblePeople } from './presence/visible-people.ts';
import type { Pairing } from './meeting/pairing.ts';
import { Peers, type PeersOptions } from './links/peers.ts';
import { Requests } from './contacts/requests.ts';
import { protectionOf } from './profile/resealing.ts';
import { Roster } from './contacts/roster.ts';
import { Sessions } from './delivery/sessions.ts';
import { StorageWatch } from './storage-watch.ts';
import { Switchboard } from './switchboard.ts';
import { TurnScheduler } from './links/turn-scheduler.ts';
import { Visibility } from './presence/visibility.ts';

export class Engine {
  readonly options: EngineOptions;
  readonly us: OurIdentity;
  readonly roster: Roster;
  readonly conversations: Conversations;
  readonly sessions: Sessions;
  readonly links = new Links();
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  readonly budgets: Budgets;
  readonly requests: Requests;
  readonly feed: ContactFeed;
  readonly people: VisiblePeople;
  readonly visibility: Visibility;
  readonly presence: PresenceService;
  readonly expiry: Expiry;
  readonly peers: Peers;
  readonly twoWayCheck: TwoWayCheck;
  readonly doctor: Doctor;
  readonly pairing: Pairing;
  readonly invites: Invites;
  readonly invitedGuests: InvitedGuests;
  readonly contactMaker: ContactMaker;
  readonly #own: OwnIdentity;
  readonly #storage: StorageWatch;
  #stopped = false;
  /** Each time it names every link, and hundreds may come at once. */
  readonly #networkFeed: Coalescer;
  #endWatch: () => void = () => undefined;

  constructor(options: EngineOptions) {
    this.options = options;
    this.#own = new OwnIdentity({ store: options.store, random: options.random, record: options.identity });
    const { primitives, store, clock, random, events, discovery, transport } = options;
    const us = (this.us = ourIdentity(primitives, options.identity));
    const ourIk = us.keys.identityKey.publicKey;
    const links = this.links;
    const roster = (this.roster = new Roster(store));
    const conversations = (this.conversations = new Conversations({ store, roster }));
    const sessions = (this.sessions = new Sessions({ store, primitives, clock, random, ourIdentity: ourIk }));
    this.#networkFeed = new Coalescer(clock, () => this.#tellNetwork());
    const requests = (this.requests = new Requests({ store, roster, clock, random, events }));
    const budgets = (this.budgets = new Budgets({ store, conversations, clock }));
    this.feed = new ContactFeed({
      ...{ store, roster, conversations, links, budgets, clock, events },
      peers: () => this.peers,
    });
    const onPresence = (): void => this.presence.theirsChanged();
    const told = tellOfMessages({ store, conversations, links, events, feed: this.feed, onPresence });
    const lineOf = (contact: string): ReturnType<Links['activeLinkOf']> => links.activeLinkOf(contact);
    const presenceKey = (): Uint8Array => this.#own.presenceKey;
    const delivery = { store, roster, conversations, sessions, clock, lineOf };
    this.outbox = new Outbox({ ...delivery, random, presenceKey, listener: told.outbox });
    this.inbox = new Inbox({ ...delivery, budgets, listener: told.inbox });
    this.people = new VisiblePeople({ primitives, roster, events, ourIdentity: ourIk });
    const visibility = (this.visibility = new Visibility({
      store,
      clock,
      network: options.network,
      onChange: () => this.#visibilityChanged(),
    }));
    const meeting = assembleMeeting(options, {
      ...{ us, roster, requests, visibility },
      peers: () => this.peers,
      onMade: (id, contact) => this.#contactMade(id, contact),
      onVerified: (id) => this.feed.now(id),
    });
    ({ invites: this.invites, invitedGuests: this.invitedGuests } = meeting);
    ({ contactMaker: this.contactMaker, pairing: this.pairing } = meeting);
    this.expiry = new Expiry({ store, clock, roster, sessions });
    const presence = (this.presence = new PresenceService({
      ...{ discovery, roster, clock, events, people: this.people },
      ...this.#nearby(),
    }));
    const shared = { primitives, clock, random, scheduler: new TurnScheduler() };
    const dialler = new Dialler({ ...shared, transport, ourStatic: this.us.keys.staticKey });
    ({ twoWayCheck: this.twoWayCheck, doctor: this.doctor } = assembleDoctor(options, {
      ...{ roster, presence, visibility, links, dialler },
      view: (contact) => this.feed.view(contact),
    }));
    this.peers = this.#meetPeers({ ...shared, dialler });
    this.#storage = this.#watchStorage();
  }

  get storage(): 'ok' | 'failing' {
    return this.#storage.state;
  }

  get presenceKey(): Uint8Array {
    return this.#own.presenceKey;
  }

  async start(): Promise<void> {
    const { clock, addresses, peerPort } = this.options;
    this.#endWatch = watchNetwork(clock, addresses, () => {
      this.visibility.networkChanged();
      this.peers.networkChanged();
      this.networkChanged();
    });
    this.expiry.start();
    this.peers.encourageAll();
    await this.presence.start(peerPort);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#storage.stop();
    this.#networkFeed.stop();
    this.#endWatch();
    this.expiry.stop();
    this.pairing.stop();
    this.twoWayCheck.stop();
    this.peers.stop();
    this.feed.stop();
    this.invites.stop();
    this.visibility.stop();
    await this.presence.stop();
    this.sessions.forget();
  }

  accept(connection: Connection): void {
    this.peers.accept(connection);
  }

  identity(): Identity {
    const publicKey = toHex(this.us.keys.identityKey.publicKey);
    return { name: this.#own.name, publicKey, ...protectionOf(this.options.store) };
  }

  isUs(identityKey: Uint8Array): boolean {
    return equal(identityKey, this.us.keys.identityKey.publicKey);
  }

  async rename(name: string): Promise<Identity> {
    await this.#own.rename(name);
    return this.identityChanged();
  }

  identityChanged(): Identity {
    const identity = this.identity();
    this.options.events.emit('identity.changed', { identity });
    return identity;
  }

  /** A removed or blocked contact can no longer tell that we are near: everybody else gets a new key. */
  async renewPresence(): Promise<void> {
    await this.#own.renewPresenceKey();
    if (this.#stopped) return;
    this.presence.update();
    const known = this.roster.list().filter((contact) => !contact.blocked && this.sessions.currentId(contact) !== null);
    await Promise.all(known.map((contact) => this.outbox.sendPresence(contact.id)));
  }

  network(): NetworkFacts {
    const { presence, visibility, links, options } = this;
    const { peerPort, interfaces } = options;
    return networkFacts({ peerPort, interfaces, links, presence, visibility });
  }

  networkChanged(): void {
    this.#networkFeed.changed();
  }

  /** No link with a contact any more, and none to come. */
  release(contact: ContactRecord): void {
    this.peers.release(contact.id);
    this.sessions.forget(contact.id);
    this.budgets.forget(contact.id);
    this.presence.update();
  }

  #nearby(): Pick<PresenceServiceOptions, 'ownKey' | 'unmet' | 'met' | 'card' | 'hidden' | 'onFound' | 'onStatus'> {
    const { us, roster, visibility } = this;
    return {
      ownKey: () => this.#own.presenceKey,
      unmet: () => contactsWithoutPresenceKey(this.options.primitives, us, roster),
      met: () => contactsWithPresenceKey(this.options.primitives, us, roster),
      card: () => (visibility.mode === 'everyone' ? { name: this.#own.name, token: us.token } : null),
      hidden: () => visibility.mode === 'off',
      onFound: (contact) => this.peers.encourage(contact),
      onStatus: () => this.networkChanged(),
    };
  }

  #meetPeers(shared: Pick<PeersOptions, 'primitives' | 'clock' | 'random' | 'scheduler' | 'dialler'>): Peers {
    const { roster, links } = this;
    return new Peers({
      ...shared,
      roster,
      links,
      identity: this.us,
      admission: new Admission(shared.clock),
      knownHosts: new KnownHosts(roster, shared.clock),
      ourName: () => this.#own.name,
      ourPort: () => this.options.peerPort,
      listener: new Switchboard(this),
    });
  }

  #watchStorage(): StorageWatch {
    const { store, clock, events } = this.options;
    return new StorageWatch({
      ...{ store, clock, events },
      forget: () => {
        this.sessions.forget();
        this.invites.forget();
      },
      reload: () => this.roster.reload(),
      cut: () => this.peers.cut(),
      onWorking: () => this.peers.encourageAll(),
    });
  }

  #contactMade(id: string, { ik, blocked }: NewContact): void {
    // Who is blocked keeps the minute that strangers have: its end would tell.
    if (!blocked) this.peers.releaseStranger(ik);
    // Until their presence key is known, the two find each other by the slots of an advert.
    this.presence.update();
    this.people.changed();
    if (!blocked) this.peers.encourage(id);
    this.feed.now(id);
  }

  #tellNetwork(): void {
    const read = (): { network: NetworkFacts } => ({ network: this.network() });
    this.options.events.emit('network.changed', read(), { about: '', read });
  }

  #visibilityChanged(): void {
    this.presence.update();
    this.networkChanged();
  }
}
