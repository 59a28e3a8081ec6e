// `:smi` while one writes: emoji of that name, to choose from. The data is loaded with the first one that is begun.
import { computed, shallowRef } from 'vue';
import type { ComputedRef, ShallowRef } from 'vue';
import { importChecked } from '../../api/later.ts';
import { begunEmoji, findEmoji, inTone, type EmojiGroup } from '../../domain/emoji.ts';
import { emojiTone, noteEmoji } from './recent-emoji.ts';

/** As many as stand above the field without scrolling. */
const MOST = 7;

export interface Suggestion {
  readonly char: string;
  readonly name: string;
}

export interface EmojiCompletion {
  readonly found: ComputedRef<readonly Suggestion[]>;
  /** Which of them Enter chooses. */
  readonly at: ShallowRef<number>;
  /** The text or the caret has changed. */
  readonly look: (field: HTMLTextAreaElement) => void;
  /** @returns whether the key was for the suggestions. */
  readonly pressed: (event: KeyboardEvent) => boolean;
  readonly choose: (at: number) => void;
  readonly close: () => void;
}

/** Without it one writes on, and the picker says what is wrong. @returns null: it could not be had. */
async function loadGroups(): Promise<readonly EmojiGroup[] | null> {
  const data = await importChecked('emoji-data', () => import('../../lazy/emoji-data.ts')).catch(() => null);
  return data?.emojiGroups ?? null;
}

/** @param put an emoji in place of what stands between two places of the text, in UTF-16 code units. */
export function useEmojiCompletion(put: (from: number, to: number, char: string) => void): EmojiCompletion {
  const groups = shallowRef<readonly EmojiGroup[] | null>(null);
  const begun = shallowRef<{ readonly from: number; readonly to: number; readonly words: string } | null>(null);
  const at = shallowRef(0);
  /** Where one was begun that a person does not want completed. */
  let unwanted = -1;

  const found = computed<readonly Suggestion[]>(() => {
    if (begun.value === null || groups.value === null) return [];
    const all = findEmoji(groups.value, begun.value.words.replaceAll('_', ' ')).slice(0, MOST);
    return all.map((emoji) => ({ char: inTone(emoji, emojiTone.value), name: emoji.name }));
  });

  function close(): void {
    begun.value = null;
  }

  function look({ value, selectionStart, selectionEnd }: HTMLTextAreaElement): void {
    const words = selectionStart === selectionEnd ? begunEmoji(value.slice(0, selectionStart)) : null;
    const from = selectionStart - (words?.length ?? 0) - 1;
    if (from !== unwanted) unwanted = -1;
    if (words === null || from === unwanted) {
      close();
      return;
    }
    if (begun.value?.words !== words) at.value = 0;
    begun.value = { from, to: selectionStart, words };
    if (groups.value === null) void loadGroups().then((loaded) => (groups.value = loaded));
  }

  function choose(index: number): void {
    const emoji = found.value[index];
    const { value: where } = begun;
    if (emoji === undefined || where === null) return;
    close();
    noteEmoji(emoji.char);
    put(where.from, where.to, emoji.char);
  }

  function pressed({ key, shiftKey, ctrlKey, altKey, metaKey, isComposing }: KeyboardEvent): boolean {
    const { length } = found.value;
    if (length === 0 || shiftKey || ctrlKey || altKey || metaKey || isComposing) return false;
    if (key === 'ArrowDown') at.value = (at.value + 1) % length;
    else if (key === 'ArrowUp') at.value = (at.value + length - 1) % length;
    else if (key === 'Enter' || key === 'Tab') choose(at.value);
    else if (key === 'Escape') {
      unwanted = begun.value?.from ?? -1;
      close();
    } else return false;
    return true;
  }

  return { found, at, look, pressed, choose, close };
}
