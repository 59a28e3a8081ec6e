// The language of the page, read from the browser in this one place: words, dates and numbers all go by it.

/** Languages the page has words in. */
type Language = 'en';

/** Browsers pass on what the system says, and where its language is not set WebKitGTK calls it “C”, which Intl refuses. */
function isTag(tag: string): boolean {
  try {
    return new Intl.Locale(tag).language !== '';
  } catch {
    return false;
  }
}

const wanted = 'navigator' in globalThis ? navigator.languages.filter(isTag) : [];

/** Of the words. */
export const language: Language = 'en';

/** BCP 47, for dates and numbers: the person's own English if they have one, so that words and dates are of one kind. */
export const locale = wanted.find((tag) => tag === language || tag.startsWith(`${language}-`)) ?? language;

/** 24 hours or twice 12: a habit of the person, whatever the language. */
export const hourCycle = new Intl.DateTimeFormat(wanted[0], { hour: 'numeric' }).resolvedOptions().hourCycle;
