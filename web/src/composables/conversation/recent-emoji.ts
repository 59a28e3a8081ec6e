// The emoji that were used last, and the skin tone: for as long as the page lives, since nothing of what people do stays in
// the browser.
import { shallowRef } from 'vue';
import type { Tone } from '../../domain/emoji.ts';

const MOST = 16;

export const recentEmoji = shallowRef<readonly string[]>([]);
export const emojiTone = shallowRef<Tone>('');

export function noteEmoji(char: string): void {
  recentEmoji.value = [char, ...recentEmoji.value.filter((each) => each !== char)].slice(0, MOST);
}
