// Runs the state machine of every contact (`peer.ts`): dials, waits, and turns greetings into lines.
//
//   dialler ─▶ reception ─┬─▶ both are contacts ─▶ session made or resumed ─▶ line ─▶ outbox, inbox
//   listener ─▶ reception ┼─▶ only we have them ─▶ waits for them
//                         └─▶ we do not have them ─▶ a request; the link closes after a minute
import type { Connection as ConnectionState } from '../contract/model.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { BYE, parseAck, parseNack, parseRoom, parseTyping, RECORD, type LinkRecord } from '../protocol/records.ts';
import type { ContactRecord } from '../storage/contacts.ts';
import type { Connection } from '../transport/transport.ts';
import type { Channel } from './channel.ts';
import { DOUBT_AFTER_LONGEST_MS, DOUBT_AFTER_MS } from './debt.ts';
import { detached } from './detached.ts';
import type { Dialler, DialTarget } from './dialler.ts';
import type { Greeting, Whom } from './greeter.ts';
import { PROBE_MS, type Line } from './line.ts';
import { step, type PeerEffect, type PeerInput, type PeerState } from './peer.ts';
import type { PeersListener } from './peers-listener.ts';
import { Reception, type ReceptionOptions } from './reception.ts';
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

export interface PeersOptions extends ReceptionOptions {
  readonly dialler: Dialler;
  readonly listener: PeersListener;
}

/** A link of two who are not both contacts, both having greeted. */
export interface Visit {
  readonly channel: Channel;
  readonly greeting: Greeting;
}

export class Peers {
  readonly #options: PeersOptions;
  readonly #peers = new Map<string, Peer>();
  readonly #strangers: Strangers;
  readonly #reception: Reception;
  #stopped = false;

  constructor(options: PeersOptions) {
    this.#options = options;
    this.#strangers = new Strangers(options.clock);
    this.#reception = new Reception(options, (channel, contact, greeting) => this.#greeted(channel, contact, greeting));
  }

  connectionOf(contact: string): ConnectionState {
    const peer = this.#peers.get(contact);
    if (this.#options.links.lineOf(contact)) return 'online';
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
    for (const { contact, channel } of this.#options.links.lines()) {
      void channel.probe(PROBE_MS);
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
  releaseStranger(ik: Uint8Array): void {
    this.#strangers.release(ik);
  }

  /** A stranger whom a person is busy with. */
  prolongStranger(channel: Channel, ms: number): void {
    this.#strangers.prolong(channel, ms);
  }

  /** Dials somebody without being their contact, and greets. Null: nobody holds the key there, or not for long. */
  async visit(whom: Whom, targets: readonly DialTarget[], signal: AbortSignal): Promise<Visit | null> {
    const channel = await this.#options.dialler.dial(whom.staticKey, targets, signal);
    if (!channel || channel.closed) return null;
    return new Promise((resolve) => {
      const met = (greeting: Greeting): void => resolve({ channel, greeting });
      this.#reception.visit(channel, whom, met, () => resolve(null));
    });
  }

  stop(): void {
    this.#stopped = true;
    for (const contact of [...this.#peers.keys()]) this.#input(contact, { kind: 'stopped' });
    for (const [, channel] of this.#options.links.all()) channel.bye(BYE.goingOffline);
    this.#strangers.release();
    this.#reception.close();
  }

  /** Cuts every link without a word: what was said on them was not kept. They come back by themselves. */
  cut(): void {
    for (const [, channel] of this.#options.links.all()) channel.destroy();
  }

  accept(connection: Connection): void {
    this.#reception.accept(connection);
  }

  #greeted(channel: Channel, contact: ContactRecord | null, greeting: Greeting): void {
    if (greeting.contact && (!contact || this.#options.roster.find(contact.id)?.blocked !== false)) {
      channel.bye(BYE.goingOffline);
      return;
    }
    if (!contact || !greeting.contact) {
      this.#strangers.hold(channel, greeting.theirs.ik, (body) =>
        this.#options.listener.onPair(channel, greeting, body),
      );
      this.#options.listener.onStranger(greeting.theirs, greeting.theirStatic, channel);
      return;
    }
    if (!this.#options.links.hold(contact.id, channel)) return;
    const peer = this.#peer(contact.id);
    peer.waitsForThem = !greeting.theirs.contact;
    channel.listener = {
      onSecured: () => undefined,
      onRecord: ({ type, body }) => {
        if (type === RECORD.pair) this.#options.listener.onPair(channel, greeting, body);
      },
      onClosed: () => this.#unlinked(contact.id, channel),
    };
    this.#input(contact.id, { kind: 'linked' });
    const { refused } = greeting.theirs;
    if (greeting.theirs.contact) this.#mutual(contact, channel, greeting);
    else if (refused !== undefined) this.#options.listener.onRefused(contact, refused);
    if (channel.closed) return;
    this.#options.listener.onConnection(contact.id, false);
  }

  #mutual(contact: ContactRecord, channel: Channel, greeting: Greeting): void {
    const { links, listener, identity } = this.#options;
    const initiator = channel.role === 'initiator' ? identity.keys.identityKey.publicKey : contact.ik;
    if (!links.prevails(contact.id, initiator)) {
      channel.bye(BYE.duplicateLink);
      return;
    }
    channel.trust();
    const line = listener.onMutual(contact, channel, greeting);
    // A disk that refused has cut every link by now.
    if (!line || channel.closed) return;
    channel.listener = {
      onSecured: () => undefined,
      onRecord: (record) => this.#record(line, record),
      onDrain: () => listener.onDrain(line),
      onDoubt: (doubtful) => this.#doubted(contact.id, doubtful),
      onClosed: () => {
        listener.onLineClosed(line);
        this.#unlinked(contact.id, channel);
      },
    };
    channel.debt.patience = this.#peer(contact.id).patience;
    links.use(line);
    listener.onLine(line);
  }

  #record(line: Line, { type, body }: LinkRecord): void {
    const { listener } = this.#options;
    if (type === RECORD.envelope) listener.onEnvelope(line, body);
    else if (type === RECORD.ack) {
      this.#peer(line.contact).patience = DOUBT_AFTER_MS;
      listener.onAck(line, parseAck(body));
    } else if (type === RECORD.typing) listener.onTyping(line.contact, parseTyping(body));
    else if (type === RECORD.nack) {
      const { messageId, reason } = parseNack(body);
      listener.onNack(line, messageId, reason);
    } else if (type === RECORD.room) {
      parseRoom(body);
      listener.onRoom(line);
    } else if (type === RECORD.check) listener.onCheck(line, body);
    else if (type === RECORD.checked) listener.onChecked(line, body);
    else if (type === RECORD.hello) throw new ProtocolError('hello-expected');
  }

  /** A text that takes a slow network longer than our patience must get through in the end. */
  #doubted(contact: string, doubtful: boolean): void {
    const peer = this.#peer(contact);
    if (doubtful) peer.patience = Math.min(DOUBT_AFTER_LONGEST_MS, peer.patience * 2);
    this.#input(contact, { kind: doubtful ? 'doubted' : 'answered' });
  }

  #unlinked(contact: string, channel: Channel): void {
    const { wasLine, left } = this.#options.links.drop(contact, channel);
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
      patience: DOUBT_AFTER_MS,
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
        detached(this.#dial(contact, peer));
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
    const channel = await this.#options.dialler.dial(contact.staticKey, targets, abort.signal);
    const failed = (): void => {
      if (peer.dial === abort) this.#input(contactId, { kind: 'failed' });
    };
    if (!channel || channel.closed) failed();
    else this.#reception.greet(channel, contact, failed);
  }

  #chance(): number {
    const [byte = 0] = this.#options.random(1);
    return byte / 256;
  }
}
