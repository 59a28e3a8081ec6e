// What follows from a greeting: whose the link is from then on.
//
//   both are contacts ─▶ waiting ─ session made or resumed ─▶ active ─▶ outbox, inbox
//   only we have them ─▶ waiting, for them
//   we do not have them ─▶ stranger; a request, and the link closes after a minute
//   it is for files      ─▶ bulk, beside an active link; without one it closes
import { BYE } from '../../protocol/records.ts';
import type { HelloSession } from '../../protocol/session.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import { runInBackground } from '../background.ts';
import { peerOf, type SessionPeer } from '../contacts/devices.ts';
import type { OurIdentity } from '../contacts/identity.ts';
import type { InviteOutcome } from '../contacts/invite-outcome.ts';
import type { LastSeen } from '../contacts/last-seen.ts';
import type { Requests } from '../contacts/requests.ts';
import type { Roster } from '../contacts/roster.ts';
import { openActiveLink, type ActiveLink, type AgreedSession } from './active-link.ts';
import type { BulkLinks } from './bulk-links.ts';
import type { GreetedLink, Greeting } from './greeter.ts';
import type { Link } from './link.ts';
import type { Links } from './links.ts';
import type { RecordRouter } from './record-router.ts';
import { returnAddress } from './return-address.ts';
import type { Strangers } from './strangers.ts';

/** Where sessions with the devices of contacts come from. */
export interface SessionSource {
  /** What our HELLO says about our session with a device; null: there is none. */
  offer(peer: SessionPeer): HelloSession | null;
  /**
   * Both are contacts: makes or resumes the session. Null: it could not be.
   * @throws ProtocolError, nothing written, when their ratchet key is bad.
   */
  agree(peer: SessionPeer, greeted: GreetedLink): AgreedSession | null;
}

export interface LinkSessionsOptions {
  readonly identity: OurIdentity;
  readonly roster: Pick<Roster, 'find'>;
  readonly requests: Pick<Requests, 'greeted'>;
  readonly links: Links;
  readonly bulkLinks: BulkLinks;
  readonly strangers: Strangers;
  readonly router: RecordRouter;
  readonly sessions: SessionSource;
  readonly inviteOutcome: InviteOutcome;
  readonly lastSeen: LastSeen;
}

export class LinkSessions {
  readonly #options: LinkSessionsOptions;

  constructor(options: LinkSessionsOptions) {
    this.#options = options;
    options.links.dropped.on(({ contact }, { wasActive }) => {
      if (wasActive) options.lastSeen.note(contact, null);
    });
  }

  /** Both have greeted. @param contact null: nobody we have as one. */
  begin(link: Link, contact: ContactRecord | null, greeting: Greeting): void {
    const { roster, links, router, inviteOutcome } = this.#options;
    if (greeting.contact && (!contact || roster.find(contact.id)?.blocked !== false)) {
      link.bye(BYE.goingOffline);
      return;
    }
    if (link.purpose === 'bulk') {
      this.#bulk(contact, { link, greeting });
      return;
    }
    if (!contact || !greeting.contact) {
      this.#stranger({ link, greeting });
      return;
    }
    const { refused, contact: added } = greeting.theirs;
    const peer = peerOf(contact, greeting.theirs.device);
    if (!links.hold(peer, link, added)) return;
    link.handOver({
      ...router.to('waiting', { link, greeting }),
      onClosed: () => links.drop(peer, link),
    });
    if (added) this.#mutual(contact, peer, { link, greeting });
    else if (refused !== undefined) inviteOutcome.refused(contact, refused);
  }

  /** For files of two who are linked already, and each other's contacts. */
  #bulk(contact: ContactRecord | null, { link, greeting }: GreetedLink): void {
    const { bulkLinks, links } = this.#options;
    const peer = contact && peerOf(contact, greeting.theirs.device);
    if (!peer || !greeting.theirs.contact || !links.activeLinkTo(peer)) link.bye(BYE.goingOffline);
    else bulkLinks.use(peer, link);
  }

  #stranger(greeted: GreetedLink): void {
    const { strangers, requests } = this.#options;
    const { link, greeting } = greeted;
    strangers.hold(greeted);
    const { theirs, theirStatic } = greeting;
    // Who comes to pair asks for nothing else.
    if (theirs.contact) runInBackground(requests.greeted(theirs, theirStatic, returnAddress(link, theirs)));
  }

  #mutual(contact: ContactRecord, peer: SessionPeer, greeted: GreetedLink): void {
    const { links, identity, sessions, inviteOutcome, lastSeen } = this.#options;
    const { link, greeting } = greeted;
    const initiator = link.role === 'initiator' ? identity.keys.identityKey.publicKey : contact.ik;
    if (!links.prevails(peer, initiator)) {
      link.bye(BYE.duplicateLink);
      return;
    }
    link.trust();
    const session = sessions.agree(peer, greeted);
    if (!session) return;
    if (contact.invite) inviteOutcome.letIn(contact, greeting.theirs.name);
    lastSeen.note(contact.id, returnAddress(link, greeting.theirs));
    // A disk that refused has cut every link by now.
    if (!link.closed)
      this.#activate(openActiveLink(peer, link, { initiator, features: greeting.theirs.features }, session));
  }

  #activate(activeLink: ActiveLink): void {
    const { links, router } = this.#options;
    const { contact, device, link } = activeLink;
    const peer = { contact, device };
    link.handOver({
      ...router.to('active', activeLink),
      onDrain: () => links.drained.emit(activeLink),
      onSuspect: (suspect) => links.suspected.emit(peer, suspect),
      onAcknowledged: () => links.acknowledged.emit(peer),
      onClosed: () => {
        links.deactivated.emit(activeLink);
        links.drop(peer, link);
      },
    });
    links.use(activeLink);
  }
}
