// What is done with a conversation as a whole, from the list or from its details.
import { computed, shallowRef } from 'vue';
import type { ComputedRef, ShallowRef } from 'vue';
import type { ConversationMarks } from '../../../../server/contract/model.ts';
import type { MenuItem, MenuPlace } from '../../components/base/menu.ts';
import type { Listed } from '../../domain/listed.ts';
import { MUTES, mutes, type Mute } from '../../domain/mute.ts';
import { timerOptions } from '../../domain/timer-choices.ts';
import { useConversationList } from '../../stores/conversation-list.ts';
import { useConversations } from '../../stores/conversations.ts';
import { text } from '../../text/text.ts';

type Action = 'pin' | 'unpin' | 'mute' | 'unmute' | 'archive' | 'unarchive' | 'unread' | 'read' | 'timer';
/** So many seconds. */
type Life = `${number}`;
export type ListingChoice = Action | Mute | Life;

interface Opened {
  readonly place: MenuPlace;
  readonly contact: Listed;
  /** What is asked: what to do, how long it is to be muted, or how long messages are there. */
  readonly asks: 'what' | 'mute' | 'timer';
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

  const label = computed(() => text(labels[menu.value?.asks ?? 'what']));
  const items = computed(() => {
    if (menu.value === null) return [];
    if (menu.value.asks === 'timer') return timerItems(menu.value.contact);
    return menu.value.asks === 'mute' ? muteItems() : itemsOf(menu.value.contact);
  });

  function choose(choice: ListingChoice): void {
    if (menu.value === null) return;
    if (choice === 'mute' || choice === 'timer') next = { ...menu.value, asks: choice };
    // What failed is told by the banner: the daemon, or its disk, is not there.
    else act(menu.value.contact, choice).catch(() => undefined);
  }

  async function act({ conversation }: Listed, choice: Exclude<ListingChoice, 'mute' | 'timer'>): Promise<void> {
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
        return isMute(choice) ? list.mute(conversation, MUTES[choice]) : list.setTimer(conversation, Number(choice));
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

const labels = { what: 'listing.menu', mute: 'listing.muteFor', timer: 'timer.title' } as const;

function isMute(choice: Mute | Life): choice is Mute {
  return Object.hasOwn(MUTES, choice);
}

function timerItems({ timer }: Listed): readonly MenuItem<ListingChoice>[] {
  return timerOptions(timer).map(({ value, label }) => ({
    key: `${value}` as const,
    icon: value === timer ? 'check' : 'timer',
    label,
  }));
}

function itemsOf({ marks, unread, blocked }: Listed): readonly MenuItem<ListingChoice>[] {
  const isUnread = marks.unread || unread > 0;
  return [
    marks.pinnedAt === null ? item('pin', 'pin') : item('unpin', 'pin'),
    muteItem(marks),
    ...(blocked ? [] : [{ key: 'timer', icon: 'timer', label: text('timer.menu') } as const]),
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

function item(
  key: Exclude<ListingChoice, 'timer' | Life>,
  icon: MenuItem<ListingChoice>['icon'],
): MenuItem<ListingChoice> {
  return { key, icon, label: text(`listing.${key}`) };
}
