// Carries what waits for a device over the link to it (protocol §5). A link that opens carries everything, in order, in
// batches; once it has caught up, new messages go straight from their commit to the wire. Envelopes of another session are
// encrypted anew on the way.
//
//               room on the link          nothing waits
//   ┌▶ behind ──────────────────▶ draining ───────────▶ direct
//   │     ▲────── link full, no session ──┘               │
//   │     ▲──────────────────── link full ────────────────┘
//   │  any of these ── NACK 5 ──▶ resting ── time, ROOM ──▶ probing ── NACK 5 ──▶ resting
//   └───────────────────────────────────────────────── ACK ──┘
//
// In *probing* the first that they had no room for is on its way alone.
import type { MessageId } from '../../contract/ids.ts';
import { NOT_NOW_LONGEST_MS, NOT_NOW_MS } from '../../protocol/limits.ts';
import { BYE, parseRoom, RECORD } from '../../protocol/records.ts';
import { OURSELVES } from '../../contract/messages.ts';
import type { MessageRecord, MessageRef } from '../../storage/tables/message/message-record.ts';
import { readable } from '../../storage/tables/message/readable.ts';
import type { PeerDevice } from '../../storage/rows/peer-device.ts';
import type { OutboxFacts, OutboxRow } from '../../storage/tables/outbox.ts';
import type { Store } from '../../storage/profile-store.ts';
import { runInBackground } from '../background.ts';
import { peerOf, type SessionPeer } from '../contacts/devices.ts';
import type { ActiveLink, Sending } from '../links/active-link.ts';
import type { OutboxOptions } from './outbox.ts';
import { Tries } from './tries.ts';

type Resting = Extract<Sending, { kind: 'resting' }>;

/** Envelopes read from disk and handed to a link at once. */
const BATCH = 64;

/** A link whose network has not taken this much yet is given no more. */
const BACKLOG_BYTES = 1024 * 1024;

/** What a link remembers of what it has sent: more than the network holds, some megabytes of memory. */
const FLYING = 20_000;

/** Positions of ours are whole numbers: this far before one, nothing else of ours stands. */
const BEFORE = 0.5;

export class Drain {
  readonly tries: Tries;
  readonly #options: OutboxOptions;

  constructor(options: OutboxOptions) {
    this.#options = options;
    const { links, router, clock } = options;
    this.tries = new Tries(clock);
    router.on(RECORD.room, ['active'], {
      handle: (activeLink, body) => {
        parseRoom(body);
        this.#room(activeLink);
      },
    });
    links.activated.on((activeLink) => this.#drain(activeLink));
    links.drained.on((activeLink) => {
      if (activeLink.sending.kind === 'behind') this.#drain(activeLink);
    });
    links.deactivated.on((activeLink) => this.#end(activeLink));
  }

  #drain(activeLink: ActiveLink): void {
    activeLink.sending = { kind: 'draining' };
    runInBackground(this.#carry(activeLink));
  }

  /** Straight to the wire when everything before it went there already. */
  forward(row: OutboxRow): void {
    const activeLink = this.#options.links.activeLinkTo(row);
    if (!activeLink) return;
    const { kind } = activeLink.sending;
    if (kind === 'direct' && row.session === activeLink.session && hasRoom(activeLink)) this.#put(activeLink, row);
    else if (kind === 'direct' || kind === 'behind') this.#drain(activeLink);
  }

  /** NACK 5: they have no room for this one, and take nothing after it before they have taken it. */
  notNow(activeLink: ActiveLink, id: MessageId): void {
    const { sending } = activeLink;
    if (sending.kind === 'probing' && sending.id !== id) return;
    const row = this.#waiting(activeLink, id);
    if (!row) return;
    activeLink.inFlight.delete(id);
    activeLink.sentUpTo = Math.min(activeLink.sentUpTo, row.position - BEFORE);
    if (sending.kind === 'resting') return;
    const wait = sending.kind === 'probing' ? Math.min(NOT_NOW_LONGEST_MS, sending.wait * 2) : NOT_NOW_MS;
    this.#rest(activeLink, { id, wait, since: this.#options.clock.monotonic() }, wait);
    this.#options.listener.onRefusing(activeLink.contact);
  }

  /** ROOM: tried at once, but no sooner than a moment after they refused it. */
  #room(activeLink: ActiveLink): void {
    const { sending } = activeLink;
    if (sending.kind !== 'resting') return;
    sending.cancel();
    const left = sending.since + NOT_NOW_MS - this.#options.clock.monotonic();
    if (left > 0) this.#rest(activeLink, sending, left);
    else this.#probe(activeLink);
  }

  /** ACK: this one is on their disk. */
  taken(activeLink: ActiveLink, id: MessageId): void {
    if (activeLink.sending.kind !== 'probing' || activeLink.sending.id !== id) return;
    this.#drain(activeLink);
    this.#options.listener.onRefusing(activeLink.contact);
  }

  /** The link is closed. */
  #end(activeLink: ActiveLink): void {
    if (activeLink.sending.kind === 'resting') activeLink.sending.cancel();
    activeLink.sending = { kind: 'behind' };
  }

  encryptAnew(peer: SessionPeer, row: OutboxRow): OutboxRow {
    const { store, sessions, entries } = this.#options;
    const message = readOurs(store, row);
    // Damaged: there is nothing left to send.
    if (!message) store.outbox.remove(row);
    const sealed = message && sessions.encrypt(peer, row.id, entries.onWire(message));
    if (!sealed) return { ...row, envelope: null };
    const renewed = { ...row, ...sealed };
    store.outbox.replace(renewed);
    return renewed;
  }

  #rest(activeLink: ActiveLink, { id, wait, since }: Omit<Resting, 'kind' | 'cancel'>, ms: number): void {
    const cancel = this.#options.clock.after(ms, () => this.#probe(activeLink));
    activeLink.sending = { kind: 'resting', id, wait, since, cancel };
  }

  #probe(activeLink: ActiveLink): void {
    const { sending } = activeLink;
    if (sending.kind !== 'resting' || activeLink.link.closed) return;
    // It is gone from our disk; they wait for it on this link, and on the next one for nothing.
    if (!this.#waiting(activeLink, sending.id)) {
      activeLink.link.bye(BYE.goingOffline);
      return;
    }
    activeLink.sending = { kind: 'probing', id: sending.id, wait: sending.wait };
    runInBackground(this.#carryOne(activeLink));
  }

  /** As long as nothing else becomes of the link meanwhile, which then has a reader of its own. */
  async #carry(activeLink: ActiveLink): Promise<void> {
    const { sending } = activeLink;
    while (activeLink.sending === sending) {
      if (!hasRoom(activeLink)) {
        activeLink.sending = { kind: 'behind' };
        return;
      }
      const rows = await this.#read(activeLink, BATCH);
      if (activeLink.sending !== sending) return;
      if (rows.length === 0) activeLink.sending = { kind: 'direct' };
      // Without a session nothing can go: the link that makes one carries it.
      else if (!rows.some((row) => row.envelope)) activeLink.sending = { kind: 'behind' };
      for (const row of rows) this.#put(activeLink, row);
    }
  }

  /** However much the network has yet to take: it is one, and nothing is asked of it sooner than the next answer. */
  async #carryOne(activeLink: ActiveLink): Promise<void> {
    const { sending } = activeLink;
    const rows = await this.#read(activeLink, 1);
    if (activeLink.sending === sending) for (const row of rows) this.#put(activeLink, row);
  }

  /** Read inside a write: what comes back is durable, and no older row is still on its way to the disk. */
  #read(activeLink: ActiveLink, limit: number): Promise<readonly OutboxRow[]> {
    const { store, roster } = this.#options;
    return store.journal.write(() => {
      const contact = roster.find(activeLink.contact);
      if (!contact || activeLink.link.closed) return [];
      const rows = store.outbox.pending(activeLink, activeLink.sentUpTo, limit);
      const peer = peerOf(contact, activeLink.device);
      return rows.map((row) => (row.session === activeLink.session ? row : this.encryptAnew(peer, row)));
    });
  }

  #put(activeLink: ActiveLink, row: OutboxRow): void {
    if (!row.envelope || activeLink.link.closed || row.position <= activeLink.sentUpTo) return;
    activeLink.sentUpTo = row.position;
    if (activeLink.inFlight.size < FLYING) activeLink.inFlight.set(row.id, factsOf(row));
    activeLink.link.send(RECORD.envelope, row.envelope);
    if (row.hidden) return;
    this.tries.sent(row, activeLink.link.remoteAddress);
    this.#options.listener.onState(refOf(row), 'sent');
  }

  #waiting(activeLink: ActiveLink, id: MessageId): OutboxRow | null {
    const { store, conversations } = this.#options;
    return waitingRow(store, activeLink, { conversation: conversations.directWith(activeLink.contact), id });
  }
}

function hasRoom({ link }: ActiveLink): boolean {
  return link.backlog < BACKLOG_BYTES;
}

/** One of ours. */
export type Ours = Pick<MessageRef, 'conversation' | 'id'>;

export function refOf({ conversation, id }: Ours): MessageRef {
  return { conversation, author: OURSELVES, id };
}

/** The row of one that is not on the disk of this device yet. */
export function waitingRow({ messages, outbox }: Store, peer: PeerDevice, ours: Ours): OutboxRow | null {
  const place = messages.locate(refOf(ours));
  return place && outbox.get(peer, place.position);
}

/** One of ours; null when it is damaged, which must cost no more than this one message. */
export function readOurs({ messages }: Store, ours: Ours): MessageRecord | null {
  return readable(messages, refOf(ours));
}

function factsOf({ contact, device, conversation, id, seq, position, hidden, as }: OutboxRow): OutboxFacts {
  return { contact, device, conversation, id, seq, position, hidden, ...(as && { as }) };
}
