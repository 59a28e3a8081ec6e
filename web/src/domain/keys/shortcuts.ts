// Every key that does something, in one list: the page listens by it, the sheet of shortcuts shows it, and README's table is
// held to it by a test. None is one that browsers keep for themselves.

/** Where a key works. */
export const PLACES = ['everywhere', 'conversation', 'writing', 'message'] as const;
export type KeyPlace = (typeof PLACES)[number];

export interface Shortcut {
  readonly place: KeyPlace;
  /** Each does it: keys held, then the key, with blanks between. `Mod` is ⌘ on a Mac and Ctrl elsewhere. */
  readonly keys: readonly string[];
}

export const shortcuts = {
  palette: { place: 'everywhere', keys: ['Mod K'] },
  shortcuts: { place: 'everywhere', keys: ['?', 'Mod /'] },
  next: { place: 'everywhere', keys: ['Alt ArrowDown'] },
  previous: { place: 'everywhere', keys: ['Alt ArrowUp'] },
  nextUnread: { place: 'everywhere', keys: ['Alt Shift ArrowDown'] },
  previousUnread: { place: 'everywhere', keys: ['Alt Shift ArrowUp'] },
  nextPane: { place: 'everywhere', keys: ['F6'] },
  previousPane: { place: 'everywhere', keys: ['Shift F6'] },
  search: { place: 'conversation', keys: ['Mod Shift F'] },
  replyNewest: { place: 'conversation', keys: ['Alt Shift R'] },
  reactNewest: { place: 'conversation', keys: ['Alt Shift S'] },
  details: { place: 'conversation', keys: ['Alt Shift D'] },
  mute: { place: 'conversation', keys: ['Alt Shift M'] },
  archive: { place: 'conversation', keys: ['Alt Shift E'] },
  unread: { place: 'conversation', keys: ['Alt Shift U'] },
  send: { place: 'writing', keys: ['Enter', 'Mod Enter'] },
  newLine: { place: 'writing', keys: ['Shift Enter'] },
  editLast: { place: 'writing', keys: ['ArrowUp'] },
  emoji: { place: 'writing', keys: [':'] },
  cancel: { place: 'writing', keys: ['Escape'] },
  reply: { place: 'message', keys: ['R'] },
  react: { place: 'message', keys: ['+'] },
  edit: { place: 'message', keys: ['E'] },
  forward: { place: 'message', keys: ['F'] },
  delete: { place: 'message', keys: ['Delete'] },
  menu: { place: 'message', keys: ['Enter', 'Space', 'Shift F10'] },
} as const satisfies Record<string, Shortcut>;

export type ShortcutId = keyof typeof shortcuts;

const ids = Object.keys(shortcuts) as readonly ShortcutId[];
const LETTER = /^[a-z]$/i;
const HELD = ['Mod', 'Alt', 'Shift'];

/** Those that work in a place. */
type In<P extends KeyPlace> = { [K in ShortcutId]: (typeof shortcuts)[K]['place'] extends P ? K : never }[ShortcutId];

export function shortcutsOf<P extends KeyPlace>(...places: readonly P[]): readonly In<P>[] {
  const wanted: readonly KeyPlace[] = places;
  return ids.filter((id): id is In<P> => wanted.includes(shortcuts[id].place));
}

type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** @param keys one of a shortcut's. @param mac whether `Mod` is ⌘. */
function fits(event: Pressed, keys: string, mac: boolean): boolean {
  const held = keys.split(' ');
  const key = held.pop() ?? '';
  const [mod, other] = mac ? [event.metaKey, event.ctrlKey] : [event.ctrlKey, event.metaKey];
  if (mod !== held.includes('Mod') || other || event.altKey !== held.includes('Alt')) return false;
  // For a sign, Shift is a matter of the keyboard.
  const named = key.length > 1 || LETTER.test(key);
  if (named && event.shiftKey !== held.includes('Shift')) return false;
  if (event.key.toLowerCase() === (key === 'Space' ? ' ' : key.toLowerCase())) return true;
  // Option writes another letter on a Mac, and other scripts have other letters: then it is where Latin has it.
  return LETTER.test(key) && !LETTER.test(event.key) && event.code === `Key${key}`;
}

/** @returns what the key does in one of `places`; undefined: nothing. @param mac whether `Mod` is ⌘. */
export function shortcutFor<P extends KeyPlace>(event: Pressed, places: readonly P[], mac: boolean): In<P> | undefined {
  return shortcutsOf(...places).find((id) => shortcuts[id].keys.some((keys) => fits(event, keys, mac)));
}

const MAC: Readonly<Record<string, string>> = { Mod: '⌘', Alt: '⌥', Shift: '⇧' };
const SHOWN: Readonly<Record<string, string>> = { Mod: 'Ctrl', ArrowDown: '↓', ArrowUp: '↑', Escape: 'Esc' };

/** As the keys are labelled, one after the other. */
export function keyCaps(keys: string, mac: boolean): readonly string[] {
  return keys.split(' ').map((key) => (mac && HELD.includes(key) ? MAC[key] : SHOWN[key]) ?? key);
}
