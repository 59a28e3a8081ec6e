// Connects what happens on links with sessions, messages and requests: what `peers.ts` asks and tells is answered here.
import type { InviteState } from '../contract/model.ts';
import { parseAddress } from '../network/addresses.ts';
import type { Hello } from '../protocol/hello.ts';
import { inviteProof, REFUSED } from '../protocol/invite.ts';
import { chooseSession, Session, type HelloSession } from '../protocol/session.ts';
import type { ContactRecord } from '../storage/tables/contacts.ts';
import { equal, toHex } from '../crypto/bytes.ts';
import { TokenBucket } from '../timing/token-bucket.ts';
import type { Link } from './links/link.ts';
import { runInBackground } from './background.ts';
import type { DialTarget } from './links/dialler.ts';
import type { Engine } from './engine.ts';
import type { Admitted, Greeting } from './links/greeter.ts';
import { openActiveLink, type ActiveLink } from './links/active-link.ts';
import type { PeersListener } from './links/peers-listener.ts';
import { returnAddress, targetsOf } from './presence/known-addresses.ts';
import type { ProvenKey } from './contacts/static-key.ts';

const refusals = new Map<number, InviteState>([
  [REFUSED.used, 'used'],
  [REFUSED.expired, 'expired'],
  [REFUSED.revoked, 'revoked'],
]);

/** Times that a contact may begin to type, a second and at once: beyond that nobody is told. */
const TYPING_PER_SECOND = 4;
const TYPING_BURST = 8;

export class Switchboard implements PeersListener {
  readonly #engine: Engine;
  readonly #typing = new Set<string>();
  readonly #typed = new Map<string, TokenBucket>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  targets(contact: ContactRecord): Promise<readonly DialTarget[]> {
    return targetsOf(contact, this.#engine.presence);
  }

  offer(contact: ContactRecord): HelloSession | null {
    return this.#engine.sessions.offer(contact);
  }

  inviteProof({ inviteSecret }: ContactRecord, link: Link): Uint8Array | null {
    return inviteSecret ? inviteProof(this.#engine.options.primitives, inviteSecret, link.handshakeHash) : null;
  }

  onInvite(link: Link, theirs: Hello, theirStatic: Uint8Array): Promise<Admitted> {
    return this.#engine.invitedGuests.admit(link, theirs, theirStatic);
  }

  onRefused({ id, inviteSecret }: ContactRecord, reason: number): void {
    const state = refusals.get(reason);
    if (inviteSecret && state) this.#settleInvite(id, state);
  }

  onMutual(contact: ContactRecord, link: Link, greeting: Greeting): ActiveLink | null {
    const { sessions, us, roster, options } = this.#engine;
    const { journal } = options.store;
    const resumed = chooseSession(greeting.session, greeting.theirs.session) === 'resume';
    const sessionId = resumed && greeting.session ? toHex(greeting.session.id) : null;
    if (sessionId !== null && sessions.currentId(contact) !== sessionId) {
      // Another link made a new session between our HELLO and theirs: the next HELLO will say so.
      link.bye(0);
      return null;
    }
    if (sessionId === null) {
      // Made before anything is written: what is wrong with their key ends this link and nothing else.
      const session = this.#establish(contact, link, greeting);
      runInBackground(journal.write(() => sessions.install(contact, session)));
    }
    if (contact.invite) this.#settleInvite(contact.id, undefined);
    runInBackground(journal.write(() => this.#seen(contact.id, returnAddress(link, greeting.theirs))));
    const current = sessions.currentId(contact);
    if (current === null) return null;
    const initiator = link.role === 'initiator' ? us.keys.identityKey.publicKey : contact.ik;
    const activeLink = openActiveLink({ contact: contact.id, device: contact.device }, link, initiator, current);
    if (!resumed && roster.find(contact.id)) this.#established(contact.id);
    options.events.emit('session.established', { contact: contact.id, resumed });
    return activeLink;
  }

  onLine(activeLink: ActiveLink): void {
    this.#engine.outbox.drain.drain(activeLink);
    this.#engine.networkChanged();
  }

  onStranger(theirs: Hello, theirStatic: Uint8Array, link: Link): void {
    const { roster, requests } = this.#engine;
    // Who comes to pair asks for nothing else.
    if (!theirs.contact) return;
    const contact = roster.byIdentity(theirs.ik);
    const from = returnAddress(link, theirs);
    const address = from && parseAddress(from) ? from : null;
    if (!contact) runInBackground(requests.note(theirs, theirStatic, address));
    // Blocked contacts are answered like strangers, but ask for nothing.
    else if (contact.blocked) runInBackground(requests.noteBlocked(contact, theirs, theirStatic, address));
  }

  onPair(link: Link, greeting: Greeting, body: Uint8Array): void {
    this.#engine.pairing.onRecord(link, greeting, body);
  }

  onStaticKey({ id, certificate, staticKey }: ContactRecord, key: ProvenKey): void {
    const { roster, presence, options } = this.#engine;
    runInBackground(options.store.journal.write(() => roster.setKey(id, key)));
    // Slots are made from static keys. Once a contact: a peer that renews its key again and again moves no advert of ours.
    if (!certificate && !equal(staticKey, key.staticKey)) presence.update();
  }

  onEnvelope(activeLink: ActiveLink, body: Uint8Array): void {
    this.#engine.inbox.receive(activeLink, body);
  }

  onAck(activeLink: ActiveLink, ids: readonly Uint8Array[]): void {
    runInBackground(this.#engine.outbox.acknowledged(activeLink, ids));
  }

  onNack(activeLink: ActiveLink, messageId: Uint8Array, reason: number): void {
    runInBackground(this.#engine.outbox.refused(activeLink, messageId, reason));
  }

  onTyping(contact: string, typing: boolean): void {
    if (this.#typing.has(contact) === typing) return;
    if (typing && !this.#mayType(contact)) return;
    if (typing) this.#typing.add(contact);
    else this.#typing.delete(contact);
    this.#engine.options.events.emit('typing.changed', { contact, typing });
  }

  onCheck(activeLink: ActiveLink, body: Uint8Array): void {
    this.#engine.twoWayCheck.onCheck(activeLink, body);
  }

  onChecked(activeLink: ActiveLink, body: Uint8Array): void {
    this.#engine.twoWayCheck.onChecked(activeLink, body);
  }

  onDrain(activeLink: ActiveLink): void {
    if (!activeLink.caughtUp) this.#engine.outbox.drain.drain(activeLink);
  }

  onRoom(activeLink: ActiveLink): void {
    this.#engine.outbox.drain.room(activeLink);
  }

  onLineClosed(activeLink: ActiveLink): void {
    this.#engine.outbox.drain.end(activeLink);
  }

  onConnection(contactId: string, lineLost: boolean): void {
    const { roster, feed, options } = this.#engine;
    if (!roster.find(contactId)) return;
    if (lineLost) {
      this.onTyping(contactId, false);
      runInBackground(options.store.journal.write(() => this.#seen(contactId, null)));
      this.#engine.networkChanged();
    }
    feed.changed(contactId);
  }

  #mayType(contact: string): boolean {
    const now = this.#engine.options.clock.monotonic();
    const bucket = this.#typed.get(contact) ?? new TokenBucket(TYPING_PER_SECOND, TYPING_BURST, now);
    this.#typed.set(contact, bucket);
    return bucket.spend(now);
  }

  #establish(contact: ContactRecord, link: Link, greeting: Greeting): Session {
    const { handshakeHash, exportKey } = link;
    const { sessions, options } = this.#engine;
    const { random } = options;
    const context = sessions.context(contact);
    if (greeting.ratchet) {
      return Session.establish(context, { role: 'responder', handshakeHash, exportKey, ratchet: greeting.ratchet });
    }
    const theirRatchet = greeting.theirs.ratchet;
    if (!theirRatchet) throw new Error('a responder greets with a ratchet key');
    return Session.establish(context, { role: 'initiator', handshakeHash, exportKey, theirRatchet, random });
  }

  /** A new session: they learn our presence key in it. */
  #established(contact: string): void {
    runInBackground(this.#engine.outbox.sendPresence(contact));
  }

  /** The invite we came by has let us in (undefined), or lets us in no more. */
  #settleInvite(contactId: string, invite: InviteState | undefined): void {
    const { roster, feed, options } = this.#engine;
    const settled = options.store.journal.write(() => {
      const contact = roster.find(contactId);
      if (contact) roster.put({ ...contact, invite, inviteSecret: undefined });
    });
    runInBackground(settled.then(() => feed.changed(contactId)));
  }

  /** Inside a `journal.write`. */
  #seen(contactId: string, address: string | null): void {
    const { roster, options } = this.#engine;
    const contact = roster.find(contactId);
    if (!contact) return;
    const now = options.clock.now();
    roster.put({ ...contact, lastSeen: now });
    if (address && contact.addresses[0]?.address !== address && parseAddress(address)) {
      roster.addAddress(contactId, address, 'link', now);
    }
  }
}
