// Runs the state machine of every contact (`peer.ts`): dials and waits, by what is heard of their links. What follows from a
// greeting is decided in `link-sessions.ts`.
import type { ContactId } from '../../contract/ids.ts';
import { BYE } from '../../protocol/records.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import type { Clock } from '../../timing/clock.ts';
import { runInBackground } from '../background.ts';
import type { Roster } from '../contacts/roster.ts';
import { PROBE_MS } from './active-link.ts';
import type { Dialler, DialTarget } from './dialler.ts';
import type { GreetedLink, PeerKeys } from './greeter.ts';
import type { Greetings } from './greetings.ts';
import type { Links } from './links.ts';
import { step, type PeerEffect, type PeerInput, type PeerState } from './peer.ts';
import { SUSPECT_AFTER_LONGEST_MS, SUSPECT_AFTER_MS } from './response-timer.ts';

interface Peer {
  state: PeerState;
  wait: (() => void) | null;
  dial: AbortController | null;
  /** Their last HELLO said that they do not have us as a contact. */
  waitsForThem: boolean;
  /** How long their link may owe an answer, ms. Longer after each that was given up, until something of ours was stored. */
  responseTimeout: number;
}

export interface PeersOptions {
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
  readonly roster: Roster;
  readonly links: Links;
  readonly dialler: Dialler;
  readonly greetings: Greetings;
  /** Where a contact may be dialled, best first. */
  readonly targets: (contact: ContactRecord) => Promise<readonly DialTarget[]>;
}

export class Peers {
  readonly #options: PeersOptions;
  readonly #peers = new Map<ContactId, Peer>();
  #stopped = false;

  constructor(options: PeersOptions) {
    this.#options = options;
    const { links } = options;
    links.held.on((contact, added) => {
      this.#peer(contact).waitsForThem = !added;
      this.#input(contact, { kind: 'linked' });
    });
    links.activated.on(({ contact, link }) => {
      link.responseTimer.responseTimeout = this.#peer(contact).responseTimeout;
    });
    links.suspected.on((contact, suspect) => this.#suspected(contact, suspect));
    links.acknowledged.on((contact) => {
      this.#peer(contact).responseTimeout = SUSPECT_AFTER_MS;
    });
    links.dropped.on((contact, { wasActive, left }) => {
      if (left === 0) this.#input(contact, { kind: 'unlinked', settled: wasActive });
    });
  }

  /** There is something new to try for this contact, or a person asks for it. */
  encourage(contact: ContactId): void {
    this.#input(contact, { kind: 'encouraged' });
  }

  encourageAll(): void {
    for (const { id, blocked } of this.#options.roster.list()) if (!blocked) this.encourage(id);
  }

  /** Our addresses changed: every active link must prove itself, every contact is tried anew. */
  networkChanged(): void {
    for (const { contact, link } of this.#options.links.activeLinks()) {
      void link.probe(PROBE_MS);
      this.#input(contact, { kind: 'suspected' });
    }
    this.encourageAll();
  }

  /** Blocked or removed: no link, no dial. */
  release(contact: ContactId): void {
    this.#input(contact, { kind: 'stopped' });
    this.#peers.delete(contact);
    this.#options.links.close(contact, BYE.goingOffline);
    this.#options.links.setAttempt(contact, 'offline');
  }

  /** Dials somebody without being their contact, and greets. Null: nobody holds the key there, or not for long. */
  async visit(whom: PeerKeys, targets: readonly DialTarget[], signal: AbortSignal): Promise<GreetedLink | null> {
    const link = await this.#options.dialler.dial(whom.staticKey, targets, signal);
    return !link || link.closed ? null : this.#options.greetings.visit(link, whom);
  }

  /** Ends every link, and dials nobody from now on. */
  stop(): void {
    this.#stopped = true;
    for (const contact of [...this.#peers.keys()]) this.#input(contact, { kind: 'stopped' });
    for (const [, link] of this.#options.links.all()) link.bye(BYE.goingOffline);
  }

  /** A text that takes a slow network longer than we wait must get through in the end. */
  #suspected(contact: ContactId, suspect: boolean): void {
    const peer = this.#peer(contact);
    if (suspect) peer.responseTimeout = Math.min(SUSPECT_AFTER_LONGEST_MS, peer.responseTimeout * 2);
    this.#input(contact, { kind: suspect ? 'suspected' : 'answered' });
  }

  #peer(contact: ContactId): Peer {
    const known = this.#peers.get(contact);
    if (known) return known;
    const peer: Peer = {
      state: { kind: 'resting' },
      wait: null,
      dial: null,
      waitsForThem: false,
      responseTimeout: SUSPECT_AFTER_MS,
    };
    this.#peers.set(contact, peer);
    return peer;
  }

  #input(contact: ContactId, input: PeerInput): void {
    if (this.#stopped && input.kind !== 'stopped') return;
    const peer = this.#peer(contact);
    const { state, effects } = step(peer.state, input, this.#chance());
    peer.state = state;
    for (const effect of effects) this.#run(contact, peer, effect);
    this.#show(contact, peer);
  }

  #show(contact: ContactId, { waitsForThem, state }: Peer): void {
    const dialled = state.kind === 'dialling' ? 'connecting' : 'offline';
    this.#options.links.setAttempt(contact, waitsForThem ? 'waiting' : dialled);
  }

  #run(contact: ContactId, peer: Peer, effect: PeerEffect): void {
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

  async #dial(contactId: ContactId, peer: Peer): Promise<void> {
    const abort = new AbortController();
    peer.dial = abort;
    const contact = this.#options.roster.find(contactId);
    const targets = contact && !contact.blocked ? await this.#options.targets(contact) : [];
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
    else this.#options.greetings.greet(link, contact, failed);
  }

  #chance(): number {
    const [byte = 0] = this.#options.random(1);
    return byte / 256;
  }
}
