// What can be set, by section: shown by the settings, found there by a word, and gone to from the palette.
import { holdsWords } from './names.ts';

export const settings = {
  you: ['profile'],
  look: ['theme', 'textSize', 'enter'],
  privacy: ['passphrase', 'receipts', 'wipe'],
  recovery: ['phrase', 'backup'],
  network: ['network'],
  about: ['about', 'launcher'],
} as const;

export type SectionId = keyof typeof settings;
export type SettingId = (typeof settings)[SectionId][number];

export const sectionIds = Object.keys(settings) as readonly SectionId[];

/**
 * What holds every word of `query`.
 * @param wordsOf all that a setting is found by.
 * @returns without the sections of which nothing fits.
 */
export function matchingSettings(
  query: string,
  wordsOf: (section: SectionId, setting: SettingId) => string,
): readonly { readonly section: SectionId; readonly found: readonly SettingId[] }[] {
  return sectionIds
    .map((section) => ({
      section,
      found: settings[section].filter((setting) => holdsWords(wordsOf(section, setting), query)),
    }))
    .filter(({ found }) => found.length > 0);
}
