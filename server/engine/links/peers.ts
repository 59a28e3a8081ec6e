// Runs the state machine of every device of a contact (`peer.ts`): dials and waits, by what is heard of its links. What follows
// from a greeting is decided in `link-sessions.ts`.
import type { ContactId } from '../../contract/ids.ts';
import { BYE } from '../../protocol/records.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import type { PeerDevice } from '../../storage/rows/peer-device.ts';
import type { Clock } from '../../timing/clock.ts';
import { runInBackground } from '../background.ts';
import { devicesOf, findDevice } from '../contacts/devices.ts';
import type { Roster } from '../contacts/roster.ts';
import { PROBE_MS } from './active-link.ts';
import type { Dialler, DialTarget } from './dialler.ts';
import type { GreetedLink, PeerKeys } from './greeter.ts';
import type { Greetings } from './greetings.ts';
import type { Links } from './links.ts';
import { PeerMap } from './peer-map.ts';
import { step, type PeerEffect, type PeerInput, type PeerState } from './peer.ts';
import { SUSPECT_AFTER_LONGEST_MS, SUSPECT_AFTER_MS } from './response-timer.ts';

interface Peer extends PeerDevice {
  state: PeerState;
  wait: (() => void) | null;
  dial: AbortController | null;
  /** Its last HELLO said that they do not have us as a contact. */
  waitsForThem: boolean;
  /** How long its link may owe an answer, ms. Longer after each that was given up, until something of ours was stored. */
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
  readonly #peers = new PeerMap<Peer>();
  #stopped = false;

  constructor(options: PeersOptions) {
    this.#options = options;
    const { links } = options;
    links.held.on((device, added) => {
      this.#peer(device).waitsForThem = !added;
      this.#input(device, { kind: 'linked' });
    });
    links.activated.on((activeLink) => {
      activeLink.link.responseTimer.responseTimeout = this.#peer(activeLink).responseTimeout;
    });
    links.suspected.on((device, suspect) => this.#suspected(device, suspect));
    links.acknowledged.on((device) => {
      this.#peer(device).responseTimeout = SUSPECT_AFTER_MS;
    });
    links.dropped.on((device, { wasActive, left }) => {
      if (left === 0) this.#input(device, { kind: 'unlinked', settled: wasActive });
    });
  }

  /** There is something new to try for this contact, or a person asks for it. */
  encourage(contact: ContactId): void {
    const record = this.#options.roster.find(contact);
    for (const device of record ? devicesOf(record) : []) this.#input(device, { kind: 'encouraged' });
  }

  encourageAll(): void {
    for (const { id, blocked } of this.#options.roster.list()) if (!blocked) this.encourage(id);
  }

  /** Our addresses changed: every active link must prove itself, every contact is tried anew. */
  networkChanged(): void {
    for (const activeLink of this.#options.links.activeLinks()) {
      void activeLink.link.probe(PROBE_MS);
      this.#input(activeLink, { kind: 'suspected' });
    }
    this.encourageAll();
  }

  /** Blocked or removed: no link, no dial, to any device. */
  release(contact: ContactId): void {
    const devices = this.#peers.devicesOf(contact);
    for (const device of devices) this.#input(device, { kind: 'stopped' });
    this.#peers.forget(contact);
    this.#options.links.close(contact, BYE.goingOffline);
    for (const device of devices) this.#options.links.setAttempt(device, 'offline');
  }

  /** Dials somebody without being their contact, and greets. Null: nobody holds the key there, or not for long. */
  async visit(whom: PeerKeys, targets: readonly DialTarget[], signal: AbortSignal): Promise<GreetedLink | null> {
    const link = await this.#options.dialler.dial(whom.staticKey, targets, signal);
    return !link || link.closed ? null : this.#options.greetings.visit(link, whom);
  }

  /** Ends every link, and dials nobody from now on. */
  stop(): void {
    this.#stopped = true;
    for (const [device] of this.#peers.entries()) this.#input(device, { kind: 'stopped' });
    for (const [, link] of this.#options.links.all()) link.bye(BYE.goingOffline);
  }

  /** A text that takes a slow network longer than we wait must get through in the end. */
  #suspected(device: PeerDevice, suspect: boolean): void {
    const peer = this.#peer(device);
    if (suspect) peer.responseTimeout = Math.min(SUSPECT_AFTER_LONGEST_MS, peer.responseTimeout * 2);
    this.#input(device, { kind: suspect ? 'suspected' : 'answered' });
  }

  #peer({ contact, device }: PeerDevice): Peer {
    const known = this.#peers.get({ contact, device });
    if (known) return known;
    const peer: Peer = {
      ...{ contact, device },
      state: { kind: 'resting' },
      wait: null,
      dial: null,
      waitsForThem: false,
      responseTimeout: SUSPECT_AFTER_MS,
    };
    this.#peers.set(peer, peer);
    return peer;
  }

  #input(device: PeerDevice, input: PeerInput): void {
    if (this.#stopped && input.kind !== 'stopped') return;
    const peer = this.#peer(device);
    const { state, effects } = step(peer.state, input, this.#chance());
    peer.state = state;
    for (const effect of effects) this.#run(peer, effect);
    this.#show(peer);
  }

  #show(peer: Peer): void {
    const dialled = peer.state.kind === 'dialling' ? 'connecting' : 'offline';
    this.#options.links.setAttempt(peer, peer.waitsForThem ? 'waiting' : dialled);
  }

  #run(peer: Peer, effect: PeerEffect): void {
    switch (effect.kind) {
      case 'wait':
        peer.wait = this.#options.clock.after(effect.ms, () => this.#input(peer, { kind: 'due' }));
        return;
      case 'unwait':
        peer.wait?.();
        return;
      case 'abort':
        peer.dial?.abort();
        return;
      case 'dial':
        runInBackground(this.#dial(peer));
    }
  }

  async #dial(peer: Peer): Promise<void> {
    const abort = new AbortController();
    peer.dial = abort;
    const contact = this.#options.roster.find(peer.contact);
    const device = contact && !contact.blocked ? findDevice(contact, peer.device) : undefined;
    const targets = contact && device ? await this.#options.targets(contact) : [];
    if (abort.signal.aborted) return;
    if (!contact || !device || targets.length === 0) {
      this.#input(peer, { kind: 'nowhere' });
      return;
    }
    const link = await this.#options.dialler.dial(device.staticKey, targets, abort.signal);
    const failed = (): void => {
      if (peer.dial === abort) this.#input(peer, { kind: 'failed' });
    };
    if (!link || link.closed) failed();
    else this.#options.greetings.greet(link, { contact, device }, failed);
  }

  #chance(): number {
    const [byte = 0] = this.#options.random(1);
    return byte / 256;
  }
}
