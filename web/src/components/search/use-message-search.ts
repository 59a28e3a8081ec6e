import { onBeforeUnmount, shallowRef, watch } from 'vue';
import type { ShallowRef } from 'vue';
import type { ConversationId, Searched, SearchHit, SearchPage } from '../../../../server/contract/model.ts';
import type { Input } from '../../../../server/contract/commands.ts';

/** Who types on has not finished the word; ms. */
const TYPED_MS = 150;
/** Until older messages may have been read, ms. */
const AGAIN_MS = 400;

type Query = Input<'search.query'>;

export interface Found {
  readonly hits: readonly SearchHit[];
  readonly next: number | null;
  readonly searched: Searched;
}

export interface MessageSearch {
  /** Null: the first answer has not come yet. */
  readonly found: ShallowRef<Found | null>;
  readonly failed: ShallowRef<boolean>;
  /** The next page, behind those that are there. */
  readonly more: () => Promise<void>;
}

/** Asks for what is typed, once it rests; anew while the daemon still reads older messages. */
export function useMessageSearch(
  wanted: () => { readonly text: string; readonly within: ConversationId | null },
  ask: (query: Query) => Promise<SearchPage>,
): MessageSearch {
  const found = shallowRef<Found | null>(null);
  const failed = shallowRef(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Of the newest question: answers to earlier ones come too late. */
  let current: Query = { text: '' };

  async function page(query: Query, before: readonly SearchHit[]): Promise<void> {
    try {
      const { hits, next, searched } = await ask(query);
      if (current !== query) return;
      failed.value = false;
      found.value = { hits: [...before, ...hits], next, searched };
      if (searched === 'filling' && before.length === 0) timer = setTimeout(() => void page(query, []), AGAIN_MS);
    } catch {
      if (current === query) failed.value = true;
    }
  }

  async function more(): Promise<void> {
    const { value } = found;
    if (value?.next == null) return;
    clearTimeout(timer);
    current = { ...current, cursor: value.next };
    await page(current, value.hits);
  }

  watch(
    () => [wanted().text, wanted().within] as const,
    ([text, within]) => {
      clearTimeout(timer);
      const query = { text, ...(within !== null && { conversation: within }) };
      current = query;
      timer = setTimeout(() => void page(query, []), TYPED_MS);
    },
    { immediate: true },
  );
  onBeforeUnmount(() => {
    clearTimeout(timer);
    current = { text: '' };
  });
  return { found, failed, more };
}
