// Carries what waits for a contact over their line (protocol §5). A line that opens carries everything, in order, in
// batches; once it has caught up, new messages go straight from their commit to the wire. Envelopes of another session are
// encrypted anew on the way.
//
//   open ── NACK 5 ──▶ resting ── time, ROOM ──▶ probing ── ACK ──▶ open
//                         ▲───────── NACK 5 ────────┘
//
// In *probing* the first that they had no room for is on its way alone.
import { NOT_NOW_LONGEST_MS, NOT_NOW_MS } from '../protocol/limits.ts';
import { BYE, RECORD } from '../protocol/records.ts';
import type { ContactRecord } from '../storage/contacts.ts';
import { StorageError } from '../storage/errors.ts';
import type { MessageRecord } from '../storage/message-record.ts';
import type { OutboxFacts, OutboxRow } from '../storage/outbox.ts';
import type { Store } from '../storage/profile-store.ts';
import { detached } from './detached.ts';
import type { Flow, Line } from './line.ts';
import type { OutboxOptions } from './outbox.ts';

type Resting = Extract<Flow, { kind: 'resting' }>;

/** Envelopes read from disk and handed to a line at once. */
const BATCH = 64;

/** A line whose network has not taken this much yet is given no more. */
const BACKLOG_BYTES = 1024 * 1024;

/** What a line remembers of what it has sent: more than the network holds, some megabytes of memory. */
const FLYING = 20_000;

/** Places of ours are whole numbers: this far before one, nothing else of ours stands. */
const BEFORE = 0.5;

export class Carrier {
  readonly #options: OutboxOptions;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Carries what waits for this line; called when it opens and whenever it has room again. */
  pump(line: Line): void {
    if (line.pumping || line.flow.kind === 'resting') return;
    line.pumping = true;
    const carried = this.#carry(line).finally(() => {
      line.pumping = false;
    });
    detached(carried);
  }

  /** Straight to the wire when everything before it went there already. */
  forward(row: OutboxRow): void {
    const line = this.#options.lineOf(row.contact);
    if (!line) return;
    const direct = line.caughtUp && row.session === line.session && line.channel.backlog < BACKLOG_BYTES;
    if (direct) this.#put(line, row);
    else {
      line.caughtUp = false;
      this.pump(line);
    }
  }

  /** NACK 5: they have no room for this one, and take nothing after it before they have taken it. */
  notNow(line: Line, id: string): void {
    const { flow } = line;
    if (flow.kind === 'probing' && flow.id !== id) return;
    const row = waitingRow(this.#options.store, line.contact, id);
    if (!row) return;
    line.flying.delete(id);
    line.caughtUp = false;
    line.sentUpTo = Math.min(line.sentUpTo, row.order - BEFORE);
    if (flow.kind === 'resting') return;
    const wait = flow.kind === 'probing' ? Math.min(NOT_NOW_LONGEST_MS, flow.wait * 2) : NOT_NOW_MS;
    this.#rest(line, { id, wait, since: this.#options.clock.monotonic() }, wait);
    this.#options.listener.onRefusing(line.contact);
  }

  /** ROOM: tried at once, but no sooner than a moment after they refused it. */
  room(line: Line): void {
    const { flow } = line;
    if (flow.kind !== 'resting') return;
    flow.cancel();
    const left = flow.since + NOT_NOW_MS - this.#options.clock.monotonic();
    if (left > 0) this.#rest(line, flow, left);
    else this.#probe(line);
  }

  /** ACK: this one is on their disk. */
  taken(line: Line, id: string): void {
    if (line.flow.kind !== 'probing' || line.flow.id !== id) return;
    line.flow = { kind: 'open' };
    this.#options.listener.onRefusing(line.contact);
    this.pump(line);
  }

  /** The line is closed. */
  end(line: Line): void {
    if (line.flow.kind === 'resting') line.flow.cancel();
    line.flow = { kind: 'open' };
  }

  encryptAnew(contact: ContactRecord, row: OutboxRow): OutboxRow {
    const { store, sessions } = this.#options;
    const message = readOurs(store, row.contact, row.id);
    // Damaged: there is nothing left to send.
    if (!message) store.outbox.remove(row);
    const sealed = message && sessions.encrypt(contact, row.id, message.content);
    if (!sealed) return { ...row, envelope: null };
    const renewed = { ...row, ...sealed };
    store.outbox.replace(renewed);
    return renewed;
  }

  #rest(line: Line, { id, wait, since }: Omit<Resting, 'kind' | 'cancel'>, ms: number): void {
    const cancel = this.#options.clock.after(ms, () => this.#probe(line));
    line.flow = { kind: 'resting', id, wait, since, cancel };
  }

  #probe(line: Line): void {
    const { flow } = line;
    if (flow.kind !== 'resting' || line.channel.closed) return;
    // It is gone from our disk; they wait for it on this line, and on the next one for nothing.
    if (!waitingRow(this.#options.store, line.contact, flow.id)) {
      line.channel.bye(BYE.goingOffline);
      return;
    }
    line.flow = { kind: 'probing', id: flow.id, wait: flow.wait };
    this.pump(line);
  }

  async #carry(line: Line): Promise<void> {
    const { store } = this.#options;
    const { channel } = line;
    while (!channel.closed && channel.backlog < BACKLOG_BYTES && line.flow.kind !== 'resting') {
      const { flow } = line;
      const limit = flow.kind === 'probing' ? 1 : BATCH;
      // Read inside a write: what comes back is durable, and no older row is still on its way to the disk.
      const rows = await store.journal.write(() => this.#batch(line, limit));
      // They refused one meanwhile: it goes before these.
      if (line.flow !== flow) continue;
      line.caughtUp = rows.length === 0;
      // Without a session nothing can go: the link that makes one carries it.
      if (!rows.some((row) => row.envelope)) return;
      // A channel that closed meanwhile takes nothing; what waits is for the next line.
      for (const row of rows) this.#put(line, row);
      if (flow.kind === 'probing') return;
    }
  }

  #batch(line: Line, limit: number): OutboxRow[] {
    const { store, roster } = this.#options;
    const contact = roster.find(line.contact);
    if (!contact) return [];
    const rows = store.outbox.pending(line.contact, line.sentUpTo, limit);
    return rows.map((row) => (row.session === line.session ? row : this.encryptAnew(contact, row)));
  }

  #put(line: Line, row: OutboxRow): void {
    if (!row.envelope || line.channel.closed || row.order <= line.sentUpTo) return;
    line.sentUpTo = row.order;
    if (line.flying.size < FLYING) line.flying.set(row.id, factsOf(row));
    line.channel.send(RECORD.envelope, row.envelope);
    this.#options.listener.onState(row.contact, row.id, 'sent');
  }
}

/** The row of one that is not on their disk yet. */
export function waitingRow({ messages, outbox }: Store, contact: string, id: string): OutboxRow | null {
  const place = messages.locate(contact, 'out', id);
  return place && outbox.get(contact, place.order);
}

/** One of ours; null when it is damaged, which must cost no more than this one message. */
export function readOurs({ messages }: Store, contact: string, id: string): MessageRecord | null {
  try {
    return messages.get(contact, 'out', id);
  } catch (error) {
    if (error instanceof StorageError && error.code === 'damaged') return null;
    throw error;
  }
}

function factsOf({ contact, id, seq, order, hidden }: OutboxRow): OutboxFacts {
  return { contact, id, seq, order, hidden };
}
