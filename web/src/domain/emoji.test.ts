import { describe, expect, it } from 'vitest';
import { emojiGroups } from '../lazy/emoji-data.ts';
import { begunEmoji, findEmoji, inTone, TONES } from './emoji.ts';

/** Built, since the compiler knows the flag only for newer targets. */
const rgi = new RegExp('^\\p{RGI_Emoji}$', 'v');
/** Newer than the Unicode of the Node that runs this may be. */
const isKnown = (char: string): boolean => rgi.test(char);

describe('emoji', () => {
  const all = emojiGroups.flatMap(({ emoji }) => emoji);

  it('are all there, once', () => {
    expect(all.length).toBeGreaterThan(1800);
    expect(new Set(all.map(({ char }) => char)).size).toBe(all.length);
  });

  it('are one emoji each, in each tone', () => {
    const broken = all.flatMap((emoji) =>
      isKnown(emoji.char) ? TONES.map((tone) => inTone(emoji, tone)).filter((char) => !isKnown(char)) : [],
    );
    expect(broken).toEqual([]);
  });

  it('are found by the beginnings of their words, those named so first', () => {
    expect(findEmoji(emojiGroups, 'thumbs u')[0]?.char).toBe('👍');
    expect(findEmoji(emojiGroups, 'rocket')[0]?.char).toBe('🚀');
    expect(findEmoji(emojiGroups, 'lol').map(({ char }) => char)).toContain('😂');
    expect(findEmoji(emojiGroups, 'no such thing at all')).toEqual([]);
  });

  it('are begun by a colon and two letters, at the end of what is typed', () => {
    expect(begunEmoji('hello :smi')).toBe('smi');
    expect(begunEmoji(':thumbs_up')).toBe('thumbs_up');
    expect(begunEmoji('(:ok')).toBe('ok');
    for (const text of [
      'at 10:30',
      'http://example',
      'a:smile',
      ':s',
      ':smile ',
      ': smile',
      ':)',
      `:${'x'.repeat(40)}`,
    ])
      expect(begunEmoji(text), text).toBeNull();
  });
});
