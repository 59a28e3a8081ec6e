// Names and texts come from others, and a terminal obeys what it is given.

/** Controls, what turns the order of letters around, and what is not seen; but for joiners and variants, which scripts need. */
const UNSEEN =
  /(?!\p{Join_Control}|\p{Variation_Selector})[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/gu;

/** The text with everything that could steer a terminal, hide, or turn the order of letters around, shown as �. */
export function printable(text: string): string {
  return text.replace(UNSEEN, '\ufffd');
}

/** A value as one line of JSON that no terminal obeys: the same value, spelled with escapes where that matters. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(UNSEEN, escaped);
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
