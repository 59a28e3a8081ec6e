// The typeface of titles, the same on every system: Newsreader (SIL OFL 1.1, licence in public/), cut to Latin and its
// extensions. It is fetched with its integrity and not by the style sheet: a font can draw one letter or digit as another,
// and another program that has had our port could have left its own in the browser's cache.
import latin from './styles/fonts/newsreader-latin.woff2?url';
import latinExtended from './styles/fonts/newsreader-latin-ext.woff2?url';

const FAMILY = 'Newsreader';
const parts = [
  { url: latin, unicodeRange: 'U+0-FF, U+131, U+152-153, U+2013-2014, U+2018-201E, U+2026' },
  { url: latinExtended, unicodeRange: 'U+100-130, U+132-151, U+154-17F' },
];

/** Where it can't be had, titles stay in the system's typeface. */
export async function loadTypeface(): Promise<void> {
  await Promise.allSettled(
    parts.map(async ({ url, unicodeRange }) => {
      const named = document.querySelector<HTMLLinkElement>(`link[data-later][href="${url}"]`);
      // The development server names none, and there is nothing to check.
      const response = await fetch(url, { integrity: named?.integrity ?? '' });
      if (!response.ok) return;
      const face = new FontFace(FAMILY, await response.arrayBuffer(), { weight: '500', unicodeRange });
      document.fonts.add(await face.load());
    }),
  );
}
