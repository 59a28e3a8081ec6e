import { describe, expect, it } from 'vitest';
import { en } from '../../text/en.ts';
import { keyCaps, PLACES, shortcutFor, shortcuts, shortcutsOf, type ShortcutId } from './shortcuts.ts';

/** README, as a text. */
const [readme = ''] = Object.values(
  import.meta.glob<string>('../../../../README.md', { query: '?raw', import: 'default', eager: true }),
);

const pressed = (key: string, held: Partial<KeyboardEvent> = {}, code = '') => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe('shortcuts', () => {
  it('are found by their keys, with Ctrl or ⌘ as the computer has it', () => {
    expect(shortcutFor(pressed('k', { ctrlKey: true }), ['everywhere'], false)).toBe('palette');
    expect(shortcutFor(pressed('k', { metaKey: true }), ['everywhere'], true)).toBe('palette');
    // On a Mac it deletes to the end of the line.
    expect(shortcutFor(pressed('k', { ctrlKey: true }), ['everywhere'], true)).toBeUndefined();
    expect(shortcutFor(pressed('k'), ['everywhere'], false)).toBeUndefined();
    expect(shortcutFor(pressed('K', { ctrlKey: true, shiftKey: true }), ['everywhere'], false)).toBeUndefined();
    expect(shortcutFor(pressed('?', { shiftKey: true }), ['everywhere'], false)).toBe('shortcuts');
    expect(shortcutFor(pressed('r'), ['message'], false)).toBe('reply');
    expect(shortcutFor(pressed('r'), ['everywhere', 'conversation'], false)).toBeUndefined();
  });

  it('are where Latin has them when the keyboard writes something else', () => {
    const alt = { altKey: true, shiftKey: true };
    expect(shortcutFor(pressed('Â', alt, 'KeyM'), ['conversation'], true)).toBe('mute');
    expect(shortcutFor(pressed('л', { ctrlKey: true }, 'KeyK'), ['everywhere'], false)).toBe('palette');
    // Dvorak has another letter there.
    expect(shortcutFor(pressed('t', { ctrlKey: true }, 'KeyK'), ['everywhere'], false)).toBeUndefined();
  });

  it('are shown as the keys are labelled', () => {
    expect(keyCaps('Mod Shift F', false)).toEqual(['Ctrl', 'Shift', 'F']);
    expect(keyCaps('Alt ArrowDown', true)).toEqual(['⌥', '↓']);
  });

  it('are none twice in one place, and none of the browser’s', () => {
    const all = Object.values(shortcuts).flatMap(({ place, keys }) => keys.map((each) => `${place} ${each}`));
    expect(new Set(all).size).toBe(all.length);
    const taken = /^(Mod [A-JL-Z]|Mod Shift [A-EG-Z]|Alt [A-Z]|Alt (ArrowLeft|ArrowRight|Home)|Alt Shift [ABCIPTWXZ])$/;
    const browsers = Object.values(shortcuts).flatMap(({ keys }) => keys.filter((each) => taken.test(each)));
    expect(browsers).toEqual([]);
  });

  it('are in README as they are here', () => {
    const written = readme.split('\n').map((line) => line.replaceAll(/ {2,}/gu, ' '));
    const cap = (key: string): string => `\`${key}\``;
    const row = (id: ShortcutId): string => {
      const keys = shortcuts[id].keys.map((each) => keyCaps(each, false).map(cap).join(' '));
      return `| ${keys.join(' or ')} | ${en.keys.do[id]} |`;
    };
    for (const place of PLACES) for (const id of shortcutsOf(place)) expect(written).toContain(row(id));
  });
});
