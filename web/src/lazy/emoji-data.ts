// All emoji, by group, with the words they are found by. Loaded when a person looks for one.
import words from 'emojilib/dist/emoji-en-US.json';
import groups from 'unicode-emoji-json/data-by-group.json';
import type { EmojiGroup } from '../domain/emoji.ts';

const wordsOf: Readonly<Record<string, readonly string[]>> = words;

export const emojiGroups: readonly EmojiGroup[] = groups.map(({ name, slug, emojis }) => ({
  name,
  key: slug,
  emoji: emojis.map(({ emoji, name: called, skin_tone_support: toned }) => ({
    char: emoji,
    name: called,
    words: [called, ...(wordsOf[emoji] ?? [])].join(' ').replaceAll('_', ' ').toLowerCase(),
    toned,
  })),
}));
