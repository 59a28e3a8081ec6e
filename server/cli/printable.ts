// Names and texts come from others, and a terminal obeys what it is given.

/** The text with everything that could steer a terminal, or turn the order of letters around, shown as �. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}
