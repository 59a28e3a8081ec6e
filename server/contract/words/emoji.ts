// Which texts are one emoji: what Unicode recommends for general interchange (UTS #51, RGI), and nothing else.

/** Made by its constructor: a literal with the flag `v` is not read by all that build the page. */
const RGI = new RegExp('^\\p{RGI_Emoji}$', 'v');

/** Asks for the picture of a character that may be text as well. */
const PICTURE = '\ufe0f';

/** The one emoji that a text is, in full, as it is sent; null: it is none, or more. */
export function emojiOf(text: string): string | null {
  if (RGI.test(text)) return text;
  return RGI.test(text + PICTURE) ? text + PICTURE : null;
}
