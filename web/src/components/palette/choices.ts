// What the palette offers: people and conversations, what can be done now, and what can be set.
import { useRoute, useRouter } from 'vue-router';
import { fuzzyScore } from '../../domain/keys/fuzzy.ts';
import { shortcuts } from '../../domain/keys/shortcuts.ts';
import type { Listed } from '../../domain/listed.ts';
import { foldText, plainName } from '../../domain/names.ts';
import { sectionIds, settings } from '../../domain/settings.ts';
import { useCommands, type CommandId } from '../../stores/commands.ts';
import { useConversationList } from '../../stores/conversation-list.ts';
import { useSearch } from '../../stores/search.ts';
import { text } from '../../text/text.ts';
import type { IconName } from '../base/icons.ts';

export interface Choice {
  readonly key: string;
  readonly kind: 'conversation' | 'action' | 'setting' | 'messages';
  readonly name: string;
  /** Other words it is found by. */
  readonly words?: string;
  /** Who it is with; else it has an icon. */
  readonly person?: Listed;
  readonly icon?: IconName;
  /** The keys that do the same, as in the list of shortcuts. */
  readonly keys?: string;
  readonly act: () => void;
}

/** That many fit a screen, and further down nobody looks. */
const MOST = 30;
/** Of all conversations, before anything is typed. */
const NEWEST = 5;

const icons: Partial<Readonly<Record<CommandId, IconName>>> = {
  add: 'add',
  archive: 'archive',
  code: 'qr',
  details: 'info',
  lock: 'lock',
  mute: 'muted',
  next: 'down',
  nextUnread: 'dot',
  notes: 'edit',
  pin: 'pin',
  previous: 'top',
  previousUnread: 'dot',
  reactNewest: 'smile',
  replyNewest: 'reply',
  search: 'search',
  settings: 'settings',
  shortcuts: 'thread',
  unread: 'dot',
};

function rank({ name, words = '' }: Choice, query: string): number | null {
  const own = fuzzyScore(name, query);
  if (own !== null || words === '') return own;
  // By its other words, less likely meant.
  const all = ` ${foldText(`${name} ${words}`)}`;
  const wanted = foldText(query).split(/\s+/u);
  return wanted.every((word) => all.includes(` ${word}`)) ? 0 : null;
}

/** Everything there is. */
function useAll() {
  const list = useConversationList();
  const commands = useCommands();
  const router = useRouter();

  const conversations = (): readonly Choice[] =>
    list.all.map((person) => ({
      key: person.conversation,
      kind: 'conversation',
      name: plainName(person.name),
      person,
      act: () => void router.push(`/c/${person.conversation}`),
    }));

  const actions = (): readonly Choice[] =>
    [...commands.offered]
      .filter(([id]) => id !== 'palette')
      .map(([id, act]) => ({
        key: id,
        kind: 'action',
        name: text(`keys.do.${id}`),
        icon: icons[id] ?? 'settings',
        ...(id in shortcuts && { keys: shortcuts[id as keyof typeof shortcuts].keys[0] }),
        act,
      }));

  const toBeSet = (): readonly Choice[] =>
    sectionIds.flatMap((section) =>
      settings[section].map((setting) => ({
        key: `setting ${setting}`,
        kind: 'setting',
        name: text(`settings.name.${setting}`),
        words: `${text(`settings.section.${section}`)} ${text(`settings.words.${setting}`)}`,
        icon: 'settings',
        act: () => void router.push({ path: '/settings', query: { at: setting } }).catch(() => undefined),
      })),
    );

  return { conversations, actions, toBeSet };
}

/** @returns what fits what is typed, the best first. */
export function useChoices(): (query: string) => readonly Choice[] {
  const { conversations, actions, toBeSet } = useAll();
  const search = useSearch();
  const route = useRoute();

  return (typed) => {
    const query = typed.trim();
    if (query === '') {
      const others = conversations().filter(({ key }) => key !== route.params.conversation);
      return [...others.slice(0, NEWEST), ...actions()];
    }
    const found = [...conversations(), ...actions(), ...toBeSet()].flatMap((choice) => {
      const score = rank(choice, query);
      return score === null ? [] : [{ choice, score }];
    });
    const best = found.toSorted((a, b) => b.score - a.score).map(({ choice }) => choice);
    const messages: Choice = {
      key: 'messages',
      kind: 'messages',
      name: text('palette.messages', { query }),
      icon: 'search',
      act: () => search.ask(null, query),
    };
    return [...best.slice(0, MOST), messages];
  };
}
