// Contacts. In clear: the random id, the counters of both directions (they move with every message, so they stand beside
// the sealed rest, each with a tag), and HMAC(index key, ik) to be found by.
import { z } from 'zod';
import type { ContactId } from '../../contract/ids.ts';
import type { IdentityPublicKey, PresenceKey, StaticPublicKey } from '../../crypto/keys.ts';
import { SecretBytes } from '../../crypto/secret.ts';
import type { AddedBy, InviteState } from '../../contract/model.ts';
import type { Database } from '../database.ts';
import { askedSchema, type Asked } from './requests.ts';
import type { Row } from '../rows/row.ts';
import type { Rowids } from '../rows/rowids.ts';
import { idBytes, idOf } from '../rows/ids.ts';
import { identityKeySchema, staticKeySchema, takePresenceKey } from '../rows/key-schemas.ts';
import { skipDamaged } from '../rows/skip-damaged.ts';
import { resealRows, type Resealable } from '../sealing/resealable.ts';
import { bytesSchema, type SealedIndex, type Sealing, type TableSeal } from '../sealing/sealing.ts';
import { countWithin } from '../rows/pieces.ts';

export interface ContactRecord {
  readonly id: ContactId;
  /** Ed25519 identity key, 32 bytes. */
  readonly ik: IdentityPublicKey;
  /** X25519 static key, 32 bytes. */
  readonly staticKey: StaticPublicKey;
  readonly device: number;
  readonly generation: number;
  /** Theirs of the static key, 64 bytes; left out: none was seen, and the key is what a card says. */
  readonly certificate?: Uint8Array | undefined;
  readonly name: string;
  /** What they say of themselves; left out: nothing yet. */
  readonly says?: SaidOfSelf | undefined;
  /** SHA-256 of our profile that is on their disk; left out: none is known to be. */
  readonly told?: Uint8Array | undefined;
  readonly verified: boolean;
  /** Left out: by token. */
  readonly addedBy?: AddedBy | undefined;
  /** Of an introduction: the identity key of who made it, 32 bytes. */
  readonly introducedBy?: IdentityPublicKey | undefined;
  /** What became of the invite of theirs we came by; left out: there was none, or it has let us in. */
  readonly invite?: InviteState | undefined;
  /** 16 bytes, while `invite` is open: shown at each dial, until it has let us in. */
  readonly inviteSecret?: Uint8Array | undefined;
  readonly blocked: boolean;
  /** What they said when they last asked, while they are blocked. */
  readonly asked?: Asked | undefined;
  readonly addedAt: number;
  readonly lastSeen: number | null;
  readonly addresses: readonly ContactAddress[];
  /** 32 bytes; null until they told us. */
  readonly presenceKey: PresenceKey | null;
  /** The number of our newest message to them, and of their newest to us; 0: none yet. */
  readonly outSeq: number;
  readonly inSeq: number;
}

/** The newest profile of a contact (SPEC §6), made fit to show. */
export interface SaidOfSelf {
  /** Empty: nothing that can be seen. */
  readonly name: string;
  readonly about: string;
  /** SHA-256 of the picture; left out: none. */
  readonly picture?: Uint8Array | undefined;
  /** Its number in their direction. */
  readonly seq: number;
}

export interface ContactAddress {
  readonly address: string;
  readonly source: 'typed' | 'link' | 'request';
  readonly at: number;
}

export interface ContactTable {
  /** In the order they were added; damaged ones are left out and reported. */
  list(): ContactRecord[];
  /** @throws StorageError damaged. */
  get(id: ContactId): ContactRecord | null;
  /** @throws StorageError damaged. */
  byIdentity(ik: IdentityPublicKey): ContactRecord | null;
  /** Adds or replaces, counters included. */
  put(record: ContactRecord): void;
  setOutSeq(id: ContactId, seq: number): void;
  setInSeq(id: ContactId, seq: number): void;
  /** Unknown from now on, its ratchet keys gone; what it leaves is for `clear`, piece by piece. */
  remove(id: ContactId): void;
  /**
   * Deletes messages and envelopes of one that was removed: at most so many, and fewer once their sealed sizes together pass
   * `maxBytes`. @returns false when none are left.
   */
  purgeRemoved(id: ContactId, rows: number, maxBytes: number): boolean;
  /** Those that were removed and have left something. */
  removed(): ContactId[];
}

const saidSchema = z.object({
  name: z.string(),
  about: z.string(),
  picture: bytesSchema.optional(),
  seq: z.number(),
});

const bodySchema = z.object({
  ik: identityKeySchema,
  staticKey: staticKeySchema,
  device: z.number(),
  generation: z.number(),
  certificate: bytesSchema.optional(),
  name: z.string(),
  says: saidSchema.optional(),
  told: bytesSchema.optional(),
  verified: z.boolean(),
  addedBy: z.enum(['token', 'request', 'invite', 'code', 'introduction']).optional(),
  introducedBy: identityKeySchema.optional(),
  invite: z.enum(['open', 'used', 'expired', 'revoked']).optional(),
  inviteSecret: bytesSchema.optional(),
  blocked: z.boolean(),
  asked: askedSchema.optional(),
  addedAt: z.number(),
  lastSeen: z.number().nullable(),
  addresses: z.array(z.object({ address: z.string(), source: z.enum(['typed', 'link', 'request']), at: z.number() })),
  presenceKey: bytesSchema.nullable(),
});

/** All of a contact but its id and counters, and what belongs to the one machine. */
export const contactBodySchema = bodySchema.omit({ told: true }).extend({ presenceKey: z.null() });

const PUT = `
  INSERT INTO contact (id, identity, out_seq, out_tag, in_seq, in_tag, body) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET identity = excluded.identity, out_seq = excluded.out_seq, out_tag = excluded.out_tag,
    in_seq = excluded.in_seq, in_tag = excluded.in_tag, body = excluded.body`;

/** One that was removed has its own id for an identity, which is the HMAC of none, until all that it leaves is deleted. */
const KNOWN = 'identity <> id';
const REMOVE = `UPDATE contact SET identity = id, body = x'' WHERE id = ?`;
/** Each contact has an author of the same id, and a direct conversation. */
const PUT_AUTHOR = `
  INSERT INTO author (id, identity) VALUES (?, ?)
  ON CONFLICT (id) DO UPDATE SET identity = excluded.identity WHERE identity <> excluded.identity`;
const PUT_CONVERSATION = `
  INSERT INTO conversation (kind, contact) SELECT 0, number FROM contact WHERE id = ? ON CONFLICT (contact) DO NOTHING`;
const OUTBOX = 'FROM outbox WHERE contact = ? ORDER BY device, position LIMIT ?';
const MESSAGES = `
  FROM message INDEXED BY message_id WHERE conversation = (SELECT number FROM conversation WHERE contact = ?)
  ORDER BY author, id LIMIT ?`;
const CLEAR_OUTBOX = `
  DELETE FROM outbox WHERE (contact, device, position) IN (SELECT contact, device, position ${OUTBOX})`;
const CLEAR_MESSAGES = `DELETE FROM message WHERE number IN (SELECT number ${MESSAGES})`;
const RESEAL = 'UPDATE contact SET identity = ?, out_tag = ?, in_tag = ?, body = ? WHERE number = ?';
/** What nobody can open any more; it counts as damaged, as before. */
const LOSE_AUTHOR = 'UPDATE author SET identity = randomblob(32) WHERE id = ?';
const LOSE = `UPDATE contact SET identity = randomblob(32), out_tag = x'', in_tag = x'', body = x'' WHERE number = ?`;

export class SealedContacts implements ContactTable, Resealable {
  readonly #database: Database;
  readonly #sealing: Sealing;
  readonly #seal: TableSeal;
  readonly #rowids: Rowids;
  readonly #index: SealedIndex;

  constructor(database: Database, sealing: Sealing, rowids: Rowids) {
    this.#database = database;
    this.#sealing = sealing;
    this.#seal = sealing.table('contact');
    this.#rowids = rowids;
    this.#index = sealing.index('contact');
  }

  list(): ContactRecord[] {
    this.#database.settle();
    const rows = this.#database.rows(`SELECT * FROM contact WHERE ${KNOWN} ORDER BY number`);
    return skipDamaged(this.#sealing, 'contact', rows, (row) => this.#open(row));
  }

  get(id: ContactId): ContactRecord | null {
    this.#database.settle();
    const row = this.#database.row(`SELECT * FROM contact WHERE id = ? AND ${KNOWN}`, idBytes(id));
    return row && this.#open(row);
  }

  byIdentity(ik: IdentityPublicKey): ContactRecord | null {
    this.#database.settle();
    const sql = 'SELECT * FROM contact WHERE identity = ?';
    const [row] = this.#index.all(ik).flatMap((identity) => this.#database.rows(sql, identity));
    return row ? this.#open(row) : null;
  }

  put({ id, outSeq, inSeq, ...body }: ContactRecord): void {
    const key = idBytes(id);
    const outTag = this.#seal.tag(key, 'out', outSeq);
    const inTag = this.#seal.tag(key, 'in', inSeq);
    for (const counter of ['out', 'in']) this.#database.cancel(`${id} ${counter}`);
    const identity = this.#index.of(body.ik);
    this.#database.change(PUT, key, identity, outSeq, outTag, inSeq, inTag, this.#seal.seal(key, body));
    this.#database.change(PUT_AUTHOR, key, identity);
    this.#database.change(PUT_CONVERSATION, key);
  }

  setOutSeq(id: ContactId, seq: number): void {
    const key = idBytes(id);
    this.#database.later(`${id} out`, 'UPDATE contact SET out_seq = ?, out_tag = ? WHERE id = ?', () => [
      seq,
      this.#seal.tag(key, 'out', seq),
      key,
    ]);
  }

  setInSeq(id: ContactId, seq: number): void {
    const key = idBytes(id);
    this.#database.later(`${id} in`, 'UPDATE contact SET in_seq = ?, in_tag = ? WHERE id = ?', () => [
      seq,
      this.#seal.tag(key, 'in', seq),
      key,
    ]);
  }

  remove(id: ContactId): void {
    const key = idBytes(id);
    this.#database.cancel(`${id} `);
    this.#database.change(REMOVE, key);
    this.#database.change('UPDATE author SET identity = id WHERE id = ?', key);
    this.#rowids.contacts.removed(id);
    this.#database.change('DELETE FROM session WHERE contact = ?', key);
    this.#database.scrub();
  }

  purgeRemoved(id: ContactId, rows: number, maxBytes: number): boolean {
    const number = this.#rowids.contacts.of(id);
    const envelopes = this.#database.rows(`SELECT coalesce(length(body), 0) AS size ${OUTBOX}`, number, rows);
    const messages = this.#database.rows(`SELECT length(body) AS size ${MESSAGES}`, number, rows);
    const all = [...envelopes, ...messages].slice(0, rows);
    const count = countWithin(all, maxBytes);
    this.#database.change(CLEAR_OUTBOX, number, Math.min(count, envelopes.length));
    if (count > envelopes.length) this.#database.change(CLEAR_MESSAGES, number, count - envelopes.length);
    this.#database.scrub();
    if (count === rows || count < all.length) return true;
    this.#database.change('DELETE FROM author WHERE id = ? AND identity = id', idBytes(id));
    this.#database.change('DELETE FROM contact WHERE number = ? AND identity = id', number);
    this.#rowids.forget();
    return false;
  }

  removed(): ContactId[] {
    return this.#database.rows('SELECT id FROM contact WHERE identity = id').map((row) => idOf(row, 'id') as ContactId);
  }

  reseal(): void {
    this.#database.settle();
    // Of removed ones nothing is sealed but the counters, which nobody reads.
    this.#database.change(`UPDATE contact SET out_tag = x'', in_tag = x'' WHERE identity = id`);
    const rows = this.#database.rows(`SELECT * FROM contact WHERE ${KNOWN}`);
    const lose = (row: Row): void => {
      this.#database.change(LOSE_AUTHOR, row.bytes('id'));
      this.#database.change(LOSE, row.number('number'));
    };
    resealRows(this.#sealing, 'contact', rows, lose, (row) => {
      const { ik, outSeq, inSeq } = this.#open(row);
      const place = this.#seal.at(row.bytes('id'));
      const sealed = [place.tag('out', outSeq), place.tag('in', inSeq), place.reseal(row.bytes('body'))] as const;
      this.#database.change(RESEAL, this.#index.of(ik), ...sealed, row.number('number'));
      this.#database.change('UPDATE author SET identity = ? WHERE id = ?', this.#index.of(ik), row.bytes('id'));
    });
  }

  #open(row: Row): ContactRecord {
    const key = row.bytes('id');
    const { presenceKey: bytes, ...body } = this.#seal.open(key, row.bytes('body'), bodySchema);
    const presenceKey = bytes && takePresenceKey(bytes);
    const outSeq = row.number('out_seq');
    const inSeq = row.number('in_seq');
    this.#seal.requireTag(row.bytes('out_tag'), key, 'out', outSeq);
    this.#seal.requireTag(row.bytes('in_tag'), key, 'in', inSeq);
    this.#index.require(row.bytes('identity'), body.ik);
    const inviteSecret = body.inviteSecret && new SecretBytes(body.inviteSecret);
    return { ...body, presenceKey, id: idOf(row, 'id') as ContactId, inviteSecret, outSeq, inSeq };
  }
}
