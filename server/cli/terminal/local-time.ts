// Times for people on the command line: the day and the minute where they are. Scripts get numbers, in JSON.

/** ECMA-262, Time Values: dates end here. */
const LAST_DATE = 8.64e15;

/** @param at ms since 1970; any number. Never throws: what no date can be made of is said to be none. */
export function localTime(at: number): string {
  if (!(Math.abs(at) <= LAST_DATE)) return 'at no date';
  const date = new Date(at);
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${clockTime(at)}`;
}

/** The time of day alone, for what happens now. */
export function clockTime(at: number): string {
  const date = new Date(at);
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}
