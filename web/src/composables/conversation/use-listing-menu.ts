// What is done with a conversation as a whole, from the list or from its details.
import { computed, shallowRef } from 'vue';
import type { ComputedRef, ShallowRef } from 'vue';
import type { MenuItem, MenuPlace } from '../../components/base/menu.ts';
import type { Listed } from '../../domain/listed.ts';
import { MUTES, mutes, type Mute } from '../../domain/mute.ts';
import { timerOptions } from '../../text/lives.ts';
import { useConversationList } from '../../stores/conversation-list.ts';
import { useConversations } from '../../stores/conversations.ts';
import { text } from '../../text/text.ts';

/** Each goes with its opposite. */
type Turn = 'pin' | 'unpin' | 'mute' | 'unmute' | 'archive' | 'unarchive' | 'unread' | 'read';
/** So many seconds. */
type Life = `${number}`;
export type ListingChoice = Turn | 'timer' | Mute | Life;

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
  /** What the choice of a key does, without the menu; for how long it is muted, a menu at `place` asks. */
  readonly turn: (what: 'pin' | 'mute' | 'archive' | 'unread', contact: Listed, place: MenuPlace) => void;
  readonly close: () => void;
}

export function useListingMenu(): ListingMenu {
  const act = useActs();
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

  function turn(what: 'pin' | 'mute' | 'archive' | 'unread', contact: Listed, place: MenuPlace): void {
    const does = choicesOf(contact)[what];
    if (does === 'mute') menu.value = { place, contact, asks: 'mute' };
    else act(contact, does).catch(() => undefined);
  }

  return {
    menu,
    label,
    items,
    choose,
    turn,
    open: (place, contact) => (menu.value = { place, contact, asks: 'what' }),
    close: () => {
      menu.value = next;
      next = null;
    },
  };
}

function useActs() {
  const list = useConversationList();
  const conversations = useConversations();

  return async function act({ conversation }: Listed, choice: Exclude<ListingChoice, 'mute' | 'timer'>): Promise<void> {
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

/** What each of the four does now: it, or the opposite. */
function choicesOf({ marks, unread }: Listed) {
  return {
    pin: marks.pinnedAt === null ? 'pin' : 'unpin',
    mute: marks.muted === null ? 'mute' : 'unmute',
    unread: marks.unread || unread > 0 ? 'read' : 'unread',
    archive: marks.archived ? 'unarchive' : 'archive',
  } as const;
}

const icons: Readonly<Record<Turn, MenuItem<ListingChoice>['icon']>> = {
  pin: 'pin',
  unpin: 'pin',
  mute: 'muted',
  unmute: 'unmuted',
  unread: 'dot',
  read: 'check',
  archive: 'archive',
  unarchive: 'comeBack',
};

function itemsOf(contact: Listed): readonly MenuItem<ListingChoice>[] {
  const { pin, mute, unread, archive } = choicesOf(contact);
  const of = (...keys: readonly Turn[]): readonly MenuItem<ListingChoice>[] => keys.map((key) => item(key, icons[key]));
  const timer = { key: 'timer', icon: 'timer', label: text('timer.menu') } as const;
  return [...of(pin, mute), ...(contact.blocked ? [] : [timer]), ...of(unread, archive)];
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
