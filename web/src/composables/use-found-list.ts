import { computed, shallowRef, watch } from 'vue';
import { matching } from '../domain/contact-order.ts';
import { useConversationList } from '../stores/conversation-list.ts';
import { useSearch } from '../stores/search.ts';

/** Which conversations the list shows: those found, those archived, or all others. */
export function useFoundList() {
  const list = useConversationList();
  const search = useSearch();
  const query = shallowRef('');
  const searching = computed(() => query.value.trim() !== '');
  /** What was archived is shown, in place of the rest. */
  const inArchive = shallowRef(false);
  /** Who searches finds everybody, but for one who searches what was said in one conversation. */
  const found = computed(() => {
    if (searching.value) return search.within === null ? matching(list.all, query.value) : [];
    return inArchive.value ? list.archived : list.ordered;
  });
  const notes = computed(() => (searching.value || inArchive.value ? null : list.notes));
  const anybody = computed(() => list.all.length > 0);

  watch(
    () => list.archived.length,
    (count) => count === 0 && (inArchive.value = false),
  );

  return { query, searching, inArchive, found, notes, anybody };
}
