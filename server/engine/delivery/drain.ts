// Carries what waits for a contact over their line (protocol §5). A line that opens carries everything, in order, in
// batches; once it has caught up, new messages go straight from their commit to the wire. Envelopes of another session are
// encrypted anew on the way.
//
//   open ── NACK 5 ──▶ resting ── time, ROOM ──▶ probing ── ACK ──▶ open
//                         ▲───────── NACK 5 ────────┘
//
// In *probing* the first that they had no room for is on its way alone.
import type { MessageId } from '../../contract/ids.ts';
import { NOT_NOW_LONGEST_MS, NOT_NOW_MS } from '../../protocol/limits.ts';
import { BYE, parseRoom, RECORD } from '../../protocol/records.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import { StorageError } from '../../storage/errors.ts';
import { OURSELVES } from '../../contract/messages.ts';
import type { MessageRecord, MessageRef } from '../../storage/tables/message-record.ts';
import type { OutboxFacts, OutboxRow, Peer } from '../../storage/tables/outbox.ts';
import type { Store } from '../../storage/profile-store.ts';
import { runInBackground } from '../background.ts';
import type { Flow, ActiveLink } from '../links/active-link.ts';
import type { OutboxOptions } from './outbox.ts';

type Resting = Extract<Flow, { kind: 'resting' }>;

/** Envelopes read from disk and handed to a line at once. */
const BATCH = 64;

/** A line whose network has not taken this much yet is given no more. */
const BACKLOG_BYTES = 1024 * 1024;

/** What a line remembers of what it has sent: more than the network holds, some megabytes of memory. */
const FLYING = 20_000;

/** Positions of ours are whole numbers: this far before one, nothing else of ours stands. */
const BEFORE = 0.5;

export class Drain {
  readonly #options: OutboxOptions;

  constructor(options: OutboxOptions) {
    this.#options = options;
    const { links, router } = options;
    router.on(RECORD.room, ['active'], {
      handle: (activeLink, body) => {
        parseRoom(body);
        this.#room(activeLink);
      },
    });
    links.activated.on((activeLink) => this.#drain(activeLink));
    links.drained.on((activeLink) => {
      if (!activeLink.caughtUp) this.#drain(activeLink);
    });
    links.deactivated.on((activeLink) => this.#end(activeLink));
  }

  /** Carries what waits for this link; called when it is active and whenever it has room again. */
  #drain(activeLink: ActiveLink): void {
    if (activeLink.draining || activeLink.flow.kind === 'resting') return;
    activeLink.draining = true;
    const carried = this.#carry(activeLink).finally(() => {
      activeLink.draining = false;
    });
    runInBackground(carried);
  }

  /** Straight to the wire when everything before it went there already. */
  forward(row: OutboxRow): void {
    const activeLink = this.#options.links.activeLinkOf(row.contact);
    if (!activeLink) return;
    const direct = activeLink.caughtUp && row.session === activeLink.session && activeLink.link.backlog < BACKLOG_BYTES;
    if (direct) this.#put(activeLink, row);
    else {
      activeLink.caughtUp = false;
      this.#drain(activeLink);
    }
  }

  /** NACK 5: they have no room for this one, and take nothing after it before they have taken it. */
  notNow(activeLink: ActiveLink, id: MessageId): void {
    const { flow } = activeLink;
    if (flow.kind === 'probing' && flow.id !== id) return;
    const row = this.#waiting(activeLink, id);
    if (!row) return;
    activeLink.inFlight.delete(id);
    activeLink.caughtUp = false;
    activeLink.sentUpTo = Math.min(activeLink.sentUpTo, row.position - BEFORE);
    if (flow.kind === 'resting') return;
    const wait = flow.kind === 'probing' ? Math.min(NOT_NOW_LONGEST_MS, flow.wait * 2) : NOT_NOW_MS;
    this.#rest(activeLink, { id, wait, since: this.#options.clock.monotonic() }, wait);
    this.#options.listener.onRefusing(activeLink.contact);
  }

  /** ROOM: tried at once, but no sooner than a moment after they refused it. */
  #room(activeLink: ActiveLink): void {
    const { flow } = activeLink;
    if (flow.kind !== 'resting') return;
    flow.cancel();
    const left = flow.since + NOT_NOW_MS - this.#options.clock.monotonic();
    if (left > 0) this.#rest(activeLink, flow, left);
    else this.#probe(activeLink);
  }

  /** ACK: this one is on their disk. */
  taken(activeLink: ActiveLink, id: MessageId): void {
    if (activeLink.flow.kind !== 'probing' || activeLink.flow.id !== id) return;
    activeLink.flow = { kind: 'open' };
    this.#options.listener.onRefusing(activeLink.contact);
    this.#drain(activeLink);
  }

  /** The line is closed. */
  #end(activeLink: ActiveLink): void {
    if (activeLink.flow.kind === 'resting') activeLink.flow.cancel();
    activeLink.flow = { kind: 'open' };
  }

  encryptAnew(contact: ContactRecord, row: OutboxRow): OutboxRow {
    const { store, sessions, entries } = this.#options;
    const message = readOurs(store, row);
    // Damaged: there is nothing left to send.
    if (!message) store.outbox.remove(row);
    const sealed = message && sessions.encrypt(contact, row.id, entries.onWire(message));
    if (!sealed) return { ...row, envelope: null };
    const renewed = { ...row, ...sealed };
    store.outbox.replace(renewed);
    return renewed;
  }

  #rest(activeLink: ActiveLink, { id, wait, since }: Omit<Resting, 'kind' | 'cancel'>, ms: number): void {
    const cancel = this.#options.clock.after(ms, () => this.#probe(activeLink));
    activeLink.flow = { kind: 'resting', id, wait, since, cancel };
  }

  #probe(activeLink: ActiveLink): void {
    const { flow } = activeLink;
    if (flow.kind !== 'resting' || activeLink.link.closed) return;
    // It is gone from our disk; they wait for it on this line, and on the next one for nothing.
    if (!this.#waiting(activeLink, flow.id)) {
      activeLink.link.bye(BYE.goingOffline);
      return;
    }
    activeLink.flow = { kind: 'probing', id: flow.id, wait: flow.wait };
    this.#drain(activeLink);
  }

  async #carry(activeLink: ActiveLink): Promise<void> {
    const { store } = this.#options;
    const { link } = activeLink;
    while (!link.closed && link.backlog < BACKLOG_BYTES && activeLink.flow.kind !== 'resting') {
      const { flow } = activeLink;
      const limit = flow.kind === 'probing' ? 1 : BATCH;
      // Read inside a write: what comes back is durable, and no older row is still on its way to the disk.
      const rows = await store.journal.write(() => this.#batch(activeLink, limit));
      // They refused one meanwhile: it goes before these.
      if (activeLink.flow !== flow) continue;
      activeLink.caughtUp = rows.length === 0;
      // Without a session nothing can go: the link that makes one carries it.
      if (!rows.some((row) => row.envelope)) return;
      // A link that closed meanwhile takes nothing; what waits is for the next line.
      for (const row of rows) this.#put(activeLink, row);
      if (flow.kind === 'probing') return;
    }
  }

  #batch(activeLink: ActiveLink, limit: number): OutboxRow[] {
    const { store, roster } = this.#options;
    const contact = roster.find(activeLink.contact);
    if (!contact) return [];
    const rows = store.outbox.pending(activeLink, activeLink.sentUpTo, limit);
    return rows.map((row) => (row.session === activeLink.session ? row : this.encryptAnew(contact, row)));
  }

  #put(activeLink: ActiveLink, row: OutboxRow): void {
    if (!row.envelope || activeLink.link.closed || row.position <= activeLink.sentUpTo) return;
    activeLink.sentUpTo = row.position;
    if (activeLink.inFlight.size < FLYING) activeLink.inFlight.set(row.id, factsOf(row));
    activeLink.link.send(RECORD.envelope, row.envelope);
    if (!row.hidden) this.#options.listener.onState(refOf(row), 'sent');
  }

  #waiting(activeLink: ActiveLink, id: MessageId): OutboxRow | null {
    const { store, conversations } = this.#options;
    return waitingRow(store, activeLink, { conversation: conversations.directWith(activeLink.contact), id });
  }
}

/** One of ours. */
export type Ours = Pick<MessageRef, 'conversation' | 'id'>;

export function refOf({ conversation, id }: Ours): MessageRef {
  return { conversation, author: OURSELVES, id };
}

/** The row of one that is not on the disk of this device yet. */
export function waitingRow({ messages, outbox }: Store, peer: Peer, ours: Ours): OutboxRow | null {
  const place = messages.locate(refOf(ours));
  return place && outbox.get(peer, place.position);
}

/** One of ours; null when it is damaged, which must cost no more than this one message. */
export function readOurs({ messages }: Store, ours: Ours): MessageRecord | null {
  try {
    return messages.get(refOf(ours));
  } catch (error) {
    if (error instanceof StorageError && error.code === 'damaged') return null;
    throw error;
  }
}

function factsOf({ contact, device, conversation, id, seq, position, hidden, as }: OutboxRow): OutboxFacts {
  return { contact, device, conversation, id, seq, position, hidden, ...(as && { as }) };
}
