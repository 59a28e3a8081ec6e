// The query language of search: words and "phrases", all of which must occur, and operators that narrow where to look:
//
//   from:ann  in:"Ann Lee"  has:link  before:2026-11-30  after:2026-10
import { fold } from './fold.ts';

export const HAS = ['link', 'file', 'image'] as const;
export type Has = (typeof HAS)[number];

/** Folded terms at most, and UTF-16 units of each: each term is looked for in everything there is. */
export const QUERY_TERMS = 16;
export const TERM_LENGTH = 256;

export interface Query {
  /** Folded, none empty, longest first; none: everything that the rest lets through. */
  readonly terms: readonly string[];
  /** Folded names or parts of names of the author and of the conversation. */
  readonly from: readonly string[];
  readonly in: readonly string[];
  readonly has: readonly Has[];
  /** Local time, ms: from the start of `after` on, and before the start of `before`. */
  readonly after: number | null;
  readonly before: number | null;
}

const PARTS = /(?:(from|in|has|before|after):)?(?:"([^"]*)"?|([^\s"]+))/giu;
const DATE = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/;

/** Never throws: an operator whose value makes no sense is looked for as it was typed. */
export function parseQuery(text: string): Query {
  const terms: string[] = [];
  const narrowed: Narrowed = { from: [], in: [], has: [], after: null, before: null };
  for (const [whole, operator, quoted, word] of text.matchAll(PARTS)) {
    const value = quoted ?? word ?? '';
    if (operator === undefined) terms.push(fold(value.slice(0, TERM_LENGTH)));
    else if (!narrow(narrowed, operator.toLowerCase(), value)) terms.push(fold(whole.slice(0, TERM_LENGTH)));
  }
  const wanted = [...new Set(terms)].filter((term) => term.trim() !== '').slice(0, QUERY_TERMS);
  return { terms: wanted.sort((a, b) => b.length - a.length), ...narrowed };
}

type Narrowed = {
  -readonly [K in Exclude<keyof Query, 'terms'>]: Query[K] extends readonly (infer T)[] ? T[] : Query[K];
};

/** @returns false when the operator's value makes no sense. */
function narrow(query: Narrowed, operator: string, value: string): boolean {
  const [name, has, date] = [fold(value).trim(), value.toLowerCase(), parseDate(value)];
  if (operator === 'from' || operator === 'in') return name !== '' && query[operator].push(name) > 0;
  if (operator === 'has') return isHas(has) && query.has.push(has) > 0;
  if (date === null) return false;
  if (operator === 'after') query.after = Math.max(date, query.after ?? date);
  else query.before = Math.min(date, query.before ?? date);
  return true;
}

/** True when it would find everything. */
export function isEmpty(query: Query): boolean {
  const { terms, from, has, after, before } = query;
  return terms.length + from.length + query.in.length + has.length === 0 && after === null && before === null;
}

function isHas(value: string): value is Has {
  return HAS.some((each) => each === value);
}

/** The first moment of a day, month or year. */
function parseDate(text: string): number | null {
  const [, year, month = '1', day = '1'] = DATE.exec(text) ?? [];
  if (year === undefined) return null;
  const date = new Date(Number(year), Number(month) - 1, Number(day));
  // A month or day that does not exist has become another one.
  return date.getMonth() === Number(month) - 1 && date.getDate() === Number(day) ? date.getTime() : null;
}
