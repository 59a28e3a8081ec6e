// Positions of messages in a conversation: real numbers, unique in it. One that comes late gets one between two others,
// at the share of the hole that its number has: a hole filled from front to back or back to front, in any order, then
// never runs out of numbers in between, as halving would after some fifty.
import type { Database } from '../../database.ts';
import { STATE } from './message-record.ts';
import type { Row } from '../../rows/row.ts';

const EDGE = `
  SELECT position FROM message WHERE conversation = ? AND (state = ${STATE.hidden}) = ? AND position`;
const LAST = `${EDGE} < ? ORDER BY position DESC LIMIT 1`;
const NEXT = `${EDGE} > ? ORDER BY position LIMIT 1`;

const SMALLER = `
  SELECT seq, position FROM message WHERE conversation = ? AND author <> 0 AND seq <= ? ORDER BY seq DESC, position DESC LIMIT 1`;
const LARGER = `
  SELECT seq, position FROM message WHERE conversation = ? AND author <> 0 AND seq > ? ORDER BY seq, position LIMIT 1`;

/** Who sends in disorder does so within a thousand messages: how far on either side the edges of a hole are looked for. */
const REACH = 2000;
const SMALLER_END = `
  SELECT max(position) AS position FROM message WHERE conversation = ? AND author <> 0 AND seq BETWEEN ? AND ?`;
const BEHIND = `
  SELECT * FROM message WHERE conversation = ? AND author <> 0 AND seq BETWEEN ? AND ? AND position > ? ORDER BY seq LIMIT 1`;

/**
 * The message of theirs that comes behind a number that may be missing; none or one. They may have begun to count anew,
 * and given all numbers before: what is looked for lies behind the newest of all smaller ones.
 */
export function rowsBehind(database: Database, conversation: number, seq: number): Row[] {
  const edge = database.row(SMALLER_END, conversation, seq - REACH, seq)?.numberOrNull('position') ?? -Infinity;
  return database.rows(BEHIND, conversation, seq + 1, seq + REACH, edge);
}

/** Behind everything. */
export function nextPosition(database: Database, conversation: number): number {
  return Math.floor(lastBefore(database, conversation, Infinity) ?? 0) + 1;
}

/**
 * Right behind the message of theirs with the next smaller number, or, when there is none, right before the one with
 * the next larger. Behind everything when there is no room, which takes a peer that numbers with that in mind.
 * @param missing how many numbers right before it are missing: what has them is of an earlier count.
 */
export function latePosition(database: Database, conversation: number, seq: number, missing: number): number {
  const smaller = read(database.row(SMALLER, conversation, seq - 1 - missing));
  const larger = read(database.row(LARGER, conversation, seq));
  const gap = smaller
    ? after(database, conversation, smaller.position)
    : larger && before(database, conversation, larger.position);
  if (!gap) return nextPosition(database, conversation);
  const floor = smaller?.seq ?? 0;
  const share = larger ? (seq - floor) / (larger.seq - floor) : 1 / 2;
  const position = gap.start + (gap.end - gap.start) * share;
  return position > gap.start && position < gap.end ? position : nextPosition(database, conversation);
}

interface Gap {
  readonly start: number;
  readonly end: number;
}

function after(database: Database, conversation: number, start: number): Gap | null {
  const end = nearest(Math.min, database, NEXT, conversation, start);
  return end === null ? null : { start, end };
}

function before(database: Database, conversation: number, end: number): Gap {
  return { start: lastBefore(database, conversation, end) ?? end - 1, end };
}

function lastBefore(database: Database, conversation: number, position: number): number | null {
  return nearest(Math.max, database, LAST, conversation, position);
}

/** The nearest position on one side, of shown and hidden messages alike: the index holds them apart. */
function nearest(
  pick: (a: number, b: number) => number,
  database: Database,
  sql: string,
  conversation: number,
  position: number,
): number | null {
  const shown = database.row(sql, conversation, 0, position)?.number('position');
  const hidden = database.row(sql, conversation, 1, position)?.number('position');
  if (shown === undefined || hidden === undefined) return shown ?? hidden ?? null;
  return pick(shown, hidden);
}

function read(row: Row | null): { seq: number; position: number } | null {
  return row && { seq: row.number('seq'), position: row.number('position') };
}
