// Runs the state machine of every contact (`peer.ts`): dials, waits, and turns greetings into lines.
//
//   dialler ─▶ reception ─┬─▶ both are contacts ─▶ session made or resumed ─▶ line ─▶ outbox, inbox
//   listener ─▶ reception ┼─▶ only we have them ─▶ waits for them
//                         └─▶ we do not have them ─▶ a request; the link closes after a minute
import type { Connection as ConnectionState } from '../../contract/model.ts';
import type { IdentityPublicKey } from '../../crypto/keys.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import { BYE, parseAck, parseNack, parseRoom, parseTyping, RECORD, type LinkRecord } from '../../protocol/records.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import type { Connection } from '../../transport/transport.ts';
import type { Link } from './link.ts';
import { SUSPECT_AFTER_LONGEST_MS, SUSPECT_AFTER_MS } from './response-timer.ts';
import { runInBackground } from '../background.ts';
import type { Dialler, DialTarget } from './dialler.ts';
import type { Greeting, PeerKeys } from './greeter.ts';
import { PROBE_MS, type ActiveLink } from './active-link.ts';
import { step, type PeerEffect, type PeerInput, type PeerState } from './peer.ts';
import type { PeersListener } from './peers-listener.ts';
import { Greetings, type GreetingsOptions } from './greetings.ts';
import { Strangers } from './strangers.ts';

interface Peer {
  state: PeerState;
  wait: (() => void) | null;
  dial: AbortController | null;
  /** Their last HELLO said that they do not have us as a contact. */
  waitsForThem: boolean;
  /** How long their line may owe an answer, ms. Longer after each line given up, until something of ours was stored. */
  patience: number;
}

export interface PeersOptions extends GreetingsOptions {
  readonly dialler: Dialler;
  readonly listener: PeersListener;
}

/** A link of two who are not both contacts, both having greeted. */
export interface GuestLink {
  readonly link: Link;
  readonly greeting: Greeting;
}

export class Peers {
  readonly #options: PeersOptions;
  readonly #peers = new Map<string, Peer>();
  readonly #strangers: Strangers;
  readonly #greetings: Greetings;
  #stopped = false;

  constructor(options: PeersOptions) {
    this.#options = options;
    this.#strangers = new Strangers(options.clock);
    this.#greetings = new Greetings(options, (link, contact, greeting) => this.#greeted(link, contact, greeting));
  }

  connectionOf(contact: string): ConnectionState {
    const peer = this.#peers.get(contact);
    if (this.#options.links.activeLinkOf(contact)) return 'online';
    if (peer?.waitsForThem) return 'waiting';
    return peer?.state.kind === 'dialling' ? 'connecting' : 'offline';
  }

  /** There is something new to try for this contact, or a person asks for it. */
  encourage(contact: string): void {
    this.#input(contact, { kind: 'encouraged' });
  }

  encourageAll(): void {
    for (const { id, blocked } of this.#options.roster.list()) if (!blocked) this.encourage(id);
  }

  /** Our addresses changed: every line must prove itself, every contact is tried anew. */
  networkChanged(): void {
    for (const { contact, link } of this.#options.links.activeLinks()) {
      void link.probe(PROBE_MS);
      this.#input(contact, { kind: 'doubted' });
    }
    this.encourageAll();
  }

  /** Blocked or removed: no link, no dial. */
  release(contact: string): void {
    this.#input(contact, { kind: 'stopped' });
    this.#peers.delete(contact);
    this.#options.links.close(contact, BYE.goingOffline);
  }

  /** Ends links with someone who was a stranger until now. */
  releaseStranger(ik: IdentityPublicKey): void {
    this.#strangers.release(ik);
  }

  /** A stranger whom a person is busy with. */
  prolongStranger(link: Link, ms: number): void {
    this.#strangers.prolong(link, ms);
  }

  /** Dials somebody without being their contact, and greets. Null: nobody holds the key there, or not for long. */
  async visit(whom: PeerKeys, targets: readonly DialTarget[], signal: AbortSignal): Promise<GuestLink | null> {
    const link = await this.#options.dialler.dial(whom.staticKey, targets, signal);
    if (!link || link.closed) return null;
    return new Promise((resolve) => {
      const met = (greeting: Greeting): void => resolve({ link, greeting });
      this.#greetings.visit(link, whom, met, () => resolve(null));
    });
  }

  stop(): void {
    this.#stopped = true;
    for (const contact of [...this.#peers.keys()]) this.#input(contact, { kind: 'stopped' });
    for (const [, link] of this.#options.links.all()) link.bye(BYE.goingOffline);
    this.#strangers.release();
    this.#greetings.close();
  }

  /** Cuts every link without a word: what was said on them was not kept. They come back by themselves. */
  cut(): void {
    for (const [, link] of this.#options.links.all()) link.destroy();
  }

  accept(connection: Connection): void {
    this.#greetings.accept(connection);
  }

  #greeted(link: Link, contact: ContactRecord | null, greeting: Greeting): void {
    if (greeting.contact && (!contact || this.#options.roster.find(contact.id)?.blocked !== false)) {
      link.bye(BYE.goingOffline);
      return;
    }
    if (!contact || !greeting.contact) {
      this.#strangers.hold(link, greeting.theirs.ik, (body) => this.#options.listener.onPair(link, greeting, body));
      this.#options.listener.onStranger(greeting.theirs, greeting.theirStatic, link);
      return;
    }
    if (!this.#options.links.hold(contact.id, link)) return;
    const peer = this.#peer(contact.id);
    peer.waitsForThem = !greeting.theirs.contact;
    link.listener = {
      onSecured: () => undefined,
      onRecord: ({ type, body }) => {
        if (type === RECORD.pair) this.#options.listener.onPair(link, greeting, body);
      },
      onClosed: () => this.#unlinked(contact.id, link),
    };
    this.#input(contact.id, { kind: 'linked' });
    const { refused } = greeting.theirs;
    if (greeting.theirs.contact) this.#mutual(contact, link, greeting);
    else if (refused !== undefined) this.#options.listener.onRefused(contact, refused);
    if (link.closed) return;
    this.#options.listener.onConnection(contact.id, false);
  }

  #mutual(contact: ContactRecord, link: Link, greeting: Greeting): void {
    const { links, listener, identity } = this.#options;
    const initiator = link.role === 'initiator' ? identity.keys.identityKey.publicKey : contact.ik;
    if (!links.prevails(contact.id, initiator)) {
      link.bye(BYE.duplicateLink);
      return;
    }
    link.trust();
    const activeLink = listener.onMutual(contact, link, greeting);
    // A disk that refused has cut every link by now.
    if (!activeLink || link.closed) return;
    link.listener = {
      onSecured: () => undefined,
      onRecord: (record) => this.#record(activeLink, record),
      onDrain: () => listener.onDrain(activeLink),
      onSuspect: (doubtful) => this.#doubted(contact.id, doubtful),
      onClosed: () => {
        listener.onLineClosed(activeLink);
        this.#unlinked(contact.id, link);
      },
    };
    link.responseTimer.responseTimeout = this.#peer(contact.id).patience;
    links.use(activeLink);
    listener.onLine(activeLink);
  }

  #record(activeLink: ActiveLink, { type, body }: LinkRecord): void {
    const { listener } = this.#options;
    if (type === RECORD.envelope) listener.onEnvelope(activeLink, body);
    else if (type === RECORD.ack) {
      this.#peer(activeLink.contact).patience = SUSPECT_AFTER_MS;
      listener.onAck(activeLink, parseAck(body));
    } else if (type === RECORD.typing) listener.onTyping(activeLink.contact, parseTyping(body));
    else if (type === RECORD.nack) {
      const { messageId, reason } = parseNack(body);
      listener.onNack(activeLink, messageId, reason);
    } else if (type === RECORD.room) {
      parseRoom(body);
      listener.onRoom(activeLink);
    } else if (type === RECORD.check) listener.onCheck(activeLink, body);
    else if (type === RECORD.checked) listener.onChecked(activeLink, body);
    else if (type === RECORD.hello) throw new ProtocolError('hello-expected');
  }

  /** A text that takes a slow network longer than our patience must get through in the end. */
  #doubted(contact: string, doubtful: boolean): void {
    const peer = this.#peer(contact);
    if (doubtful) peer.patience = Math.min(SUSPECT_AFTER_LONGEST_MS, peer.patience * 2);
    this.#input(contact, { kind: doubtful ? 'doubted' : 'answered' });
  }

  #unlinked(contact: string, link: Link): void {
    const { wasLine, left } = this.#options.links.drop(contact, link);
    if (left === 0) this.#input(contact, { kind: 'unlinked', settled: wasLine });
    this.#options.listener.onConnection(contact, wasLine);
  }

  #peer(contact: string): Peer {
    const known = this.#peers.get(contact);
    if (known) return known;
    const peer: Peer = {
      state: { kind: 'resting' },
      wait: null,
      dial: null,
      waitsForThem: false,
      patience: SUSPECT_AFTER_MS,
    };
    this.#peers.set(contact, peer);
    return peer;
  }

  #input(contact: string, input: PeerInput): void {
    if (this.#stopped && input.kind !== 'stopped') return;
    const peer = this.#peer(contact);
    const before = peer.state.kind;
    const { state, effects } = step(peer.state, input, this.#chance());
    peer.state = state;
    for (const effect of effects) this.#run(contact, peer, effect);
    if (before !== state.kind) this.#options.listener.onConnection(contact, false);
  }

  #run(contact: string, peer: Peer, effect: PeerEffect): void {
    switch (effect.kind) {
      case 'wait':
        peer.wait = this.#options.clock.after(effect.ms, () => this.#input(contact, { kind: 'due' }));
        return;
      case 'unwait':
        peer.wait?.();
        return;
      case 'abort':
        peer.dial?.abort();
        return;
      case 'dial':
        runInBackground(this.#dial(contact, peer));
    }
  }

  async #dial(contactId: string, peer: Peer): Promise<void> {
    const abort = new AbortController();
    peer.dial = abort;
    const contact = this.#options.roster.find(contactId);
    const targets = contact && !contact.blocked ? await this.#options.listener.targets(contact) : [];
    if (abort.signal.aborted) return;
    if (!contact || targets.length === 0) {
      this.#input(contactId, { kind: 'nowhere' });
      return;
    }
    const link = await this.#options.dialler.dial(contact.staticKey, targets, abort.signal);
    const failed = (): void => {
      if (peer.dial === abort) this.#input(contactId, { kind: 'failed' });
    };
    if (!link || link.closed) failed();
    else this.#greetings.greet(link, contact, failed);
  }

  #chance(): number {
    const [byte = 0] = this.#options.random(1);
    return byte / 256;
  }
}
