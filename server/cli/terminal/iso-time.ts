// Times on the command line: ISO 8601 in UTC, which scripts and people in any place read alike.

/** ECMA-262, Time Values: dates end here. */
const LAST_DATE = 8.64e15;

/** @param at ms since 1970; any number. Never throws: what no date can be made of is said to be none. */
export function isoTime(at: number): string {
  return Math.abs(at) <= LAST_DATE ? new Date(at).toISOString() : 'at no date';
}
