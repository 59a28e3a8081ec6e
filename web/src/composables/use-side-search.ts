import { storeToRefs } from 'pinia';
import { computed, onBeforeUnmount, watch } from 'vue';
import type { ComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import type { ConversationId, SearchHit } from '../../../server/contract/model.ts';
import { plainName } from '../domain/names.ts';
import { useConversationList } from '../stores/conversation-list.ts';
import { useSearch } from '../stores/search.ts';
import { text } from '../text/text.ts';
import { useOffers } from './keys/use-offers.ts';
import { useFoundList } from './use-found-list.ts';

export interface SideSearch extends ReturnType<typeof useFoundList> {
  /** What the one conversation is called that is searched; null: everywhere is. */
  readonly scope: ComputedRef<string | null>;
  /** The conversation that is open. */
  readonly current: ComputedRef<ConversationId | null>;
  readonly everywhere: () => void;
  /** The list is whole again. */
  readonly clear: () => void;
  readonly openHit: (hit: SearchHit) => Promise<void>;
}

/**
 * What the side bar looks for, among people and messages.
 * @param focusField once the field is in view. @param isFree whether nothing lies over the page.
 */
export function useSideSearch(focusField: () => void, isFree: () => boolean): SideSearch {
  const { direct } = storeToRefs(useConversationList());
  const search = useSearch();
  const router = useRouter();
  const route = useRoute();
  const list = useFoundList();
  /** While one goes from hit to hit, they stay. */
  let visited: ConversationId | null = null;

  const current = computed(() => {
    const id = route.params.conversation;
    return typeof id === 'string' ? (id as ConversationId) : null;
  });
  const scope = computed(() =>
    search.within === null ? null : plainName(direct.value.get(search.within)?.name ?? text('notes.title')),
  );

  function everywhere(): void {
    search.within = null;
  }

  function clear(): void {
    list.query.value = '';
    everywhere();
  }

  async function openHit(hit: SearchHit): Promise<void> {
    search.target = hit;
    visited = hit.conversation;
    await router.push(`/c/${hit.conversation}`);
    visited = null;
  }

  /** At once, so that the next letter is typed into the field; on a narrow screen it is elsewhere. */
  async function toField(words: string | null): Promise<void> {
    if (words !== null) list.query.value = words;
    if (window.matchMedia('(max-width: 47.99rem)').matches) await router.push('/');
    focusField();
  }

  // What was searched for is found: the list is whole again.
  watch(
    current,
    (id) => {
      if (id !== null && id !== visited) clear();
    },
    { flush: 'sync' },
  );
  watch(
    () => search.asked,
    ({ words }) => void toField(words),
  );
  useEscape(() => list.searching.value && isFree() && clearFrom(clear, focusField));
  // In the conversation that is open; asked for twice, everywhere.
  useOffers({ search: () => search.ask(search.within === current.value ? null : current.value) });
  return { ...list, scope, current, everywhere, clear, openHit };
}

/** What was found goes, and the focus to the field if it was there. */
function clearFrom(clear: () => void, focusField: () => void): void {
  const within = document.activeElement?.closest('[data-side]') != null;
  clear();
  if (within) focusField();
}

/** Wherever the focus is, unless something else is left by it. */
function useEscape(leave: () => unknown): void {
  function pressed(event: KeyboardEvent): void {
    if (event.key === 'Escape' && !event.defaultPrevented) leave();
  }

  window.addEventListener('keydown', pressed);
  onBeforeUnmount(() => window.removeEventListener('keydown', pressed));
}
