import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { useConversationList } from '../../stores/conversation-list.ts';
import { useOffers } from './use-offers.ts';

/** From conversation to conversation, in the order of the list. After the last comes the first. */
export function useSteps(): void {
  const list = useConversationList();
  const route = useRoute();
  const router = useRouter();
  const all = computed(() => [
    ...(list.notes === null ? [] : [{ id: list.notes.id, unread: false }]),
    ...list.ordered.map(({ conversation, unread, marks, blocked }) => ({
      id: conversation,
      unread: !blocked && (unread > 0 || marks.unread),
    })),
  ]);

  /** @param by 1: down the list; -1: up. */
  function step(by: 1 | -1, wanted: (entry: { readonly unread: boolean }) => boolean): void {
    const { value: entries } = all;
    const { length } = entries;
    const now = entries.findIndex(({ id }) => id === route.params.conversation);
    const from = now < 0 && by < 0 ? length : now;
    const places = Array.from({ length }, (_, at) => (((from + by * (at + 1)) % length) + length) % length);
    const next = places.map((at) => entries[at]).find((entry) => entry !== undefined && wanted(entry));
    if (next !== undefined) void router.push(`/c/${next.id}`);
  }

  useOffers(
    {
      next: () => step(1, () => true),
      previous: () => step(-1, () => true),
      nextUnread: () => step(1, ({ unread }) => unread),
      previousUnread: () => step(-1, ({ unread }) => unread),
    },
    () => all.value.length > 0,
  );
}
