// What is done with a conversation as a whole, from the list or from its details.
import { computed, shallowRef } from 'vue';
import type { ComputedRef, ShallowRef } from 'vue';
import type { ConversationMarks } from '../../../../server/contract/model.ts';
import type { MenuItem, MenuPlace } from '../../components/base/menu.ts';
import type { Listed } from '../../domain/listed.ts';
import { MUTES, mutes, type Mute } from '../../domain/mute.ts';
import { useConversationList } from '../../stores/conversation-list.ts';
import { useConversations } from '../../stores/conversations.ts';
import { text } from '../../text/text.ts';

type Action = 'pin' | 'unpin' | 'mute' | 'unmute' | 'archive' | 'unarchive' | 'unread' | 'read';
export type ListingChoice = Action | Mute;

interface Opened {
  readonly place: MenuPlace;
  readonly contact: Listed;
  /** What is asked: what to do, or how long it is to be muted. */
  readonly asks: 'what' | 'mute';
}

export interface ListingMenu {
  readonly menu: ShallowRef<Opened | null>;
  readonly label: ComputedRef<string>;
  readonly items: ComputedRef<readonly MenuItem<ListingChoice>[]>;
  readonly open: (place: MenuPlace, contact: Listed) => void;
  readonly choose: (choice: ListingChoice) => void;
  readonly close: () => void;
}

export function useListingMenu(): ListingMenu {
  const list = useConversationList();
  const conversations = useConversations();
  const menu: ListingMenu['menu'] = shallowRef(null);
  /** What takes the place of the menu that is about to close. */
  let next: Opened | null = null;

  const label = computed(() => text(menu.value?.asks === 'mute' ? 'listing.muteFor' : 'listing.menu'));
  const items = computed(() => {
    if (menu.value === null) return [];
    return menu.value.asks === 'mute' ? muteItems() : itemsOf(menu.value.contact);
  });

  function choose(choice: ListingChoice): void {
    if (menu.value === null) return;
    if (choice === 'mute') next = { ...menu.value, asks: 'mute' };
    // What failed is told by the banner: the daemon, or its disk, is not there.
    else act(menu.value.contact, choice).catch(() => undefined);
  }

  async function act({ conversation }: Listed, choice: Exclude<ListingChoice, 'mute'>): Promise<void> {
    switch (choice) {
      case 'pin':
      case 'unpin':
        return list.pin(conversation, choice === 'pin');
      case 'archive':
      case 'unarchive':
        return list.archive(conversation, choice === 'archive');
      case 'unread':
        return list.markUnread(conversation, true);
      case 'read':
        return conversations.markRead(conversation, Infinity);
      case 'unmute':
        return list.mute(conversation, 0);
      default:
        return list.mute(conversation, MUTES[choice]);
    }
  }

  return {
    menu,
    label,
    items,
    choose,
    open: (place, contact) => (menu.value = { place, contact, asks: 'what' }),
    close: () => {
      menu.value = next;
      next = null;
    },
  };
}

function itemsOf({ marks, unread }: Listed): readonly MenuItem<ListingChoice>[] {
  const isUnread = marks.unread || unread > 0;
  return [
    marks.pinnedAt === null ? item('pin', 'pin') : item('unpin', 'pin'),
    muteItem(marks),
    isUnread ? item('read', 'check') : item('unread', 'dot'),
    marks.archived ? item('unarchive', 'comeBack') : item('archive', 'archive'),
  ];
}

function muteItem({ muted }: ConversationMarks): MenuItem<ListingChoice> {
  return muted === null ? item('mute', 'muted') : item('unmute', 'unmuted');
}

function muteItems(): readonly MenuItem<ListingChoice>[] {
  return mutes.map((key) => item(key, key === 'always' ? 'muted' : 'clock'));
}

function item(key: ListingChoice, icon: MenuItem<ListingChoice>['icon']): MenuItem<ListingChoice> {
  return { key, icon, label: text(`listing.${key}`) };
}
