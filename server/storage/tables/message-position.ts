// Places of messages in a conversation: real numbers, unique in it. One that comes late gets a place between two others,
// at the share of the hole that its number has: a hole filled from front to back or back to front, in any order, then
// never runs out of numbers in between, as halving would after some fifty.
import type { Database } from '../database.ts';
import type { Row } from './row.ts';
import { DIRECTION, STATE } from './message-record.ts';

const EDGE = `
  SELECT place FROM message WHERE contact = ? AND (state = ${STATE.hidden}) = ? AND place`;
const LAST = `${EDGE} < ? ORDER BY place DESC LIMIT 1`;
const NEXT = `${EDGE} > ? ORDER BY place LIMIT 1`;

const SMALLER = `
  SELECT seq, place FROM message WHERE contact = ? AND direction = ${DIRECTION.in} AND seq <= ? ORDER BY seq DESC, place DESC LIMIT 1`;
const LARGER = `
  SELECT seq, place FROM message WHERE contact = ? AND direction = ${DIRECTION.in} AND seq > ? ORDER BY seq, place LIMIT 1`;

/** Who sends in disorder does so within a thousand messages: how far on either side the edges of a hole are looked for. */
const REACH = 2000;
const SMALLER_END = `
  SELECT max(place) AS place FROM message WHERE contact = ? AND direction = ${DIRECTION.in} AND seq BETWEEN ? AND ?`;
const BEHIND = `
  SELECT * FROM message WHERE contact = ? AND direction = ${DIRECTION.in} AND seq BETWEEN ? AND ? AND place > ? ORDER BY seq LIMIT 1`;

/**
 * The message of theirs that comes behind a number that may be missing; none or one. They may have begun to count anew,
 * and given all numbers before: what is looked for lies behind the newest of all smaller ones.
 */
export function rowsBehind(database: Database, contact: number, seq: number): Row[] {
  const edge = database.row(SMALLER_END, contact, seq - REACH, seq)?.numberOrNull('place') ?? -Infinity;
  return database.rows(BEHIND, contact, seq + 1, seq + REACH, edge);
}

/** Behind everything. */
export function nextPosition(database: Database, contact: number): number {
  return Math.floor(lastBefore(database, contact, Infinity) ?? 0) + 1;
}

/**
 * Right behind the message of theirs with the next smaller number, or, when there is none, right before the one with
 * the next larger. Behind everything when there is no room, which takes a peer that numbers with that in mind.
 * @param missing how many numbers right before it are missing: what has them is of an earlier count.
 */
export function latePosition(database: Database, contact: number, seq: number, missing: number): number {
  const smaller = read(database.row(SMALLER, contact, seq - 1 - missing));
  const larger = read(database.row(LARGER, contact, seq));
  const gap = smaller ? after(database, contact, smaller.place) : larger && before(database, contact, larger.place);
  if (!gap) return nextPosition(database, contact);
  const floor = smaller?.seq ?? 0;
  const share = larger ? (seq - floor) / (larger.seq - floor) : 1 / 2;
  const place = gap.start + (gap.end - gap.start) * share;
  return place > gap.start && place < gap.end ? place : nextPosition(database, contact);
}

interface Gap {
  readonly start: number;
  readonly end: number;
}

function after(database: Database, contact: number, start: number): Gap | null {
  const end = nearest(Math.min, database, NEXT, contact, start);
  return end === null ? null : { start, end };
}

function before(database: Database, contact: number, end: number): Gap {
  return { start: lastBefore(database, contact, end) ?? end - 1, end };
}

function lastBefore(database: Database, contact: number, place: number): number | null {
  return nearest(Math.max, database, LAST, contact, place);
}

/** The nearest place on one side, of shown and hidden messages alike: the index holds them apart. */
function nearest(
  pick: (a: number, b: number) => number,
  database: Database,
  sql: string,
  contact: number,
  place: number,
): number | null {
  const shown = database.row(sql, contact, 0, place)?.number('place');
  const hidden = database.row(sql, contact, 1, place)?.number('place');
  if (shown === undefined || hidden === undefined) return shown ?? hidden ?? null;
  return pick(shown, hidden);
}

function read(row: Row | null): { seq: number; place: number } | null {
  return row && { seq: row.number('seq'), place: row.number('place') };
}
