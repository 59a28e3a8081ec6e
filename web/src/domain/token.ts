// Tokens in what people paste: alone, in the middle of a message, or broken into lines by a mail program.

/** Shorter ones were cut off: version 1 has 106 characters behind the prefix, and version 2 more. */
const TOKEN = /LOOM-[A-Z2-7]{100,}/;

/** The identity token or invite in a text; null: none. */
export function findToken(text: string): string | null {
  const whole = TOKEN.exec(text)?.[0];
  return whole ?? TOKEN.exec(text.replaceAll(/\s+/gu, ''))?.[0] ?? null;
}

/** What was typed into a field for a token, as it is to be added. */
export function tokenIn(field: string): string {
  return findToken(field) ?? field.replaceAll(/\s+/gu, '');
}
