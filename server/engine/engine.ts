// A profile that is open: contacts, sessions, links, messages and discovery, put together by `assemble.ts`. Time,
// randomness, sockets and disk are parameters; commands come from `commands/`, events leave through the event log.
import type { Identity, NetworkFacts } from '../contract/model.ts';
import { equal, toHex } from '../crypto/bytes.ts';
import type { IdentityPublicKey } from '../crypto/keys.ts';
import { watchNetwork } from '../network/network-watch.ts';
import type { ContactRecord } from '../storage/tables/contacts.ts';
import type { Connection } from '../transport/transport.ts';
import { runInBackground } from './background.ts';
import type { Authors } from './contacts/authors.ts';
import type { Conversations } from './contacts/conversations.ts';
import type { ContactMaker } from './contacts/contact-maker.ts';
import type { OurIdentity } from './contacts/identity.ts';
import type { Described, OwnIdentity } from './contacts/own-identity.ts';
import { digestOf, pictureId } from './contacts/picture.ts';
import type { Requests } from './contacts/requests.ts';
import type { Roster } from './contacts/roster.ts';
import type { Budgets } from './delivery/budgets.ts';
import type { Entries } from './delivery/entries.ts';
import type { Erasing } from './delivery/erasing.ts';
import type { Expiry } from './delivery/expiry.ts';
import type { Fading } from './delivery/fading.ts';
import type { Inbox } from './delivery/inbox.ts';
import type { Outbox } from './delivery/outbox.ts';
import type { Profiles } from './delivery/profiles.ts';
import type { Receipts } from './delivery/receipts.ts';
import type { Sessions } from './delivery/sessions.ts';
import type { Doctor } from './doctor/doctor.ts';
import type { TwoWayCheck } from './doctor/two-way-check.ts';
import type { EngineOptions } from './engine-options.ts';
import type { Files } from './files/files.ts';
import type { Transfers } from './files/transfers.ts';
import type { ConversationFeed } from './feed/conversation-feed.ts';
import type { EntryViews } from './feed/entry-views.ts';
import type { Marks } from './contacts/marks.ts';
import type { Drafts } from './feed/drafts.ts';
import type { ContactFeed } from './feed/contact-feed.ts';
import type { NetworkFeed } from './feed/network-feed.ts';
import type { Greetings } from './links/greetings.ts';
import type { BulkLinks } from './links/bulk-links.ts';
import type { Links } from './links/links.ts';
import type { Peers } from './links/peers.ts';
import type { RecordRouter } from './links/record-router.ts';
import type { Strangers } from './links/strangers.ts';
import type { Invites } from './meeting/invites.ts';
import type { Pairing } from './meeting/pairing.ts';
import type { PresenceService } from './presence/presence-service.ts';
import type { Visibility } from './presence/visibility.ts';
import type { VisiblePeople } from './presence/visible-people.ts';
import { protectionOf } from './profile/resealing.ts';
import type { MessageSearch } from './search/message-search.ts';
import type { StorageWatch } from './storage-watch.ts';

export interface EngineParts {
  readonly options: EngineOptions;
  readonly us: OurIdentity;
  readonly own: OwnIdentity;
  readonly roster: Roster;
  readonly conversations: Conversations;
  readonly authors: Authors;
  readonly requests: Requests;
  readonly contactMaker: ContactMaker;
  readonly sessions: Sessions;
  readonly links: Links;
  readonly bulkLinks: BulkLinks;
  readonly router: RecordRouter;
  readonly strangers: Strangers;
  readonly greetings: Greetings;
  readonly peers: Peers;
  readonly receipts: Receipts;
  readonly profiles: Profiles;
  readonly entries: Entries;
  readonly transfers: Transfers;
  readonly files: Files;
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  readonly budgets: Budgets;
  readonly erasing: Erasing;
  readonly fading: Fading;
  readonly expiry: Expiry;
  readonly search: MessageSearch;
  readonly feed: ContactFeed;
  readonly conversationFeed: ConversationFeed;
  readonly views: EntryViews;
  readonly drafts: Drafts;
  readonly marks: Marks;
  readonly networkFeed: NetworkFeed;
  readonly people: VisiblePeople;
  readonly visibility: Visibility;
  readonly presence: PresenceService;
  readonly twoWayCheck: TwoWayCheck;
  readonly doctor: Doctor;
  readonly pairing: Pairing;
  readonly invites: Invites;
  readonly storageWatch: StorageWatch;
}

/** What is done with the parts together. */
interface EngineActs {
  /** Ends what fell due while it was closed: before anybody is served. */
  endDue(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
  accept(connection: Connection): void;
  identity(): Identity;
  isUs(identityKey: IdentityPublicKey): boolean;
  /** What we say of ourselves from now on; what is left out stays. Tells contacts and tabs. */
  describe(described: Described): Promise<Identity>;
  /** Tells tabs. */
  identityChanged(): Identity;
  /** A removed or blocked contact can no longer tell that we are near: everybody else gets a new key. */
  renewPresence(): Promise<void>;
  network(): NetworkFacts;
  /** No link with a contact any more, and none to come. */
  release(contact: ContactRecord): void;
}

export type Engine = EngineParts & EngineActs;

/** Nothing of it has begun. */
export function engineOf(parts: EngineParts): Engine {
  const running = new AbortController();
  return { ...parts, ...ownActs(parts, running.signal), ...networkActs(parts), ...lifecycle(parts, running) };
}

function ownActs(
  { options, us, own, roster, sessions, outbox, presence, profiles }: EngineParts,
  running: AbortSignal,
): Pick<EngineActs, 'identity' | 'isUs' | 'describe' | 'identityChanged' | 'renewPresence'> {
  const { publicKey } = us.keys.identityKey;
  const identity = (): Identity => ({
    name: own.name,
    about: own.about,
    picture: own.picture && pictureId(digestOf(own.picture)),
    publicKey: toHex(publicKey),
    ...protectionOf(options.store),
  });
  const identityChanged = (): Identity => {
    const changed = identity();
    options.events.emit('identity.changed', { identity: changed });
    return changed;
  };
  // One after the other: no commit carries a picture to everybody.
  const tellProfile = async (): Promise<void> => {
    for (const contact of profiles.audience()) if (!running.aborted) await outbox.sendProfile(contact);
  };
  return {
    identity,
    identityChanged,
    isUs: (identityKey) => equal(identityKey, publicKey),
    describe: async (described) => {
      await own.describe(described);
      runInBackground(tellProfile());
      return identityChanged();
    },
    renewPresence: async () => {
      await own.renewPresenceKey();
      if (running.aborted) return;
      presence.update();
      const known = roster.list().filter((contact) => !contact.blocked && sessions.hasCurrent(contact));
      await Promise.all(known.map((contact) => outbox.sendPresence(contact.id)));
    },
  };
}

function networkActs({
  greetings,
  networkFeed,
  peers,
  sessions,
  budgets,
  presence,
}: EngineParts): Pick<EngineActs, 'accept' | 'network' | 'release'> {
  return {
    accept: (connection) => greetings.accept(connection),
    network: () => networkFeed.facts(),
    release: ({ id }) => {
      peers.release(id);
      sessions.forget(id);
      budgets.forget(id);
      presence.update();
    },
  };
}

function lifecycle(parts: EngineParts, running: AbortController): Pick<EngineActs, 'endDue' | 'start' | 'stop'> {
  const { options, presence, visibility, peers, networkFeed, expiry, search } = parts;
  let endWatch: () => void = () => undefined;
  return {
    endDue: () => parts.fading.start(),
    start: async () => {
      endWatch = watchNetwork(options.clock, options.addresses, () => {
        visibility.networkChanged();
        peers.networkChanged();
        networkFeed.changed();
      });
      expiry.start();
      parts.files.start();
      parts.marks.start();
      search.start();
      peers.encourageAll();
      await presence.start(options.peerPort);
    },
    stop: async () => {
      running.abort();
      parts.storageWatch.stop();
      networkFeed.stop();
      endWatch();
      expiry.stop();
      parts.fading.stop();
      search.stop();
      parts.pairing.stop();
      parts.twoWayCheck.stop();
      await parts.files.stop();
      peers.stop();
      parts.strangers.release();
      parts.greetings.close();
      parts.feed.stop();
      parts.conversationFeed.stop();
      parts.drafts.stop();
      parts.marks.stop();
      parts.invites.stop();
      visibility.stop();
      await presence.stop();
      parts.sessions.forget();
    },
  };
}
