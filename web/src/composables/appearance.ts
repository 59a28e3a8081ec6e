// How this browser shows Loom, and what Enter does in it: no word of what people do, so it may stay in the browser. What is
// kept there is put in place before anything is drawn (web/public/appearance.js), and here whenever it changes.
import { shallowRef, watchEffect } from 'vue';
import type { ShallowRef } from 'vue';

export const THEMES = ['system', 'light', 'dark'] as const;
export const TEXT_SIZES = ['small', 'medium', 'large', 'larger'] as const;
export const ENTERS = ['sends', 'breaks'] as const;

const PREFIX = 'loom.';
/** The paper of each theme, for what the browser draws around the page. */
const PAPER = { light: '#f9f6f0', dark: '#201d1b' } as const;

/** By the name it is kept under. */
const kept = new Map<string, () => void>();

/** @param otherwise what it is while nobody has chosen, and where the browser holds anything else. */
function keptChoice<K extends string>(name: string, choices: readonly K[], otherwise: K): ShallowRef<K> {
  const place = PREFIX + name;
  const read = (): K => choices.find((choice) => choice === stored(place)) ?? otherwise;
  const choice: ShallowRef<K> = shallowRef<K>(read());
  kept.set(place, () => (choice.value = read()));
  watchEffect(() => {
    const { value } = choice;
    if (value !== read()) store(place, value === otherwise ? null : value);
  });
  return choice;
}

function stored(place: string): string | null {
  try {
    return localStorage.getItem(place);
  } catch {
    return null;
  }
}

function store(place: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(place);
    else localStorage.setItem(place, value);
  } catch {
    // Then it counts for as long as the page is open.
  }
}

export const theme = keptChoice('theme', THEMES, 'system');
export const textSize = keptChoice('textSize', TEXT_SIZES, 'medium');
export const enter = keptChoice('enter', ENTERS, 'sends');

/** Keeps the page as it is chosen, here, in another tab and by the system. */
export function followAppearance(): void {
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const isDark = shallowRef(system.matches);
  system.addEventListener('change', ({ matches }) => (isDark.value = matches));
  window.addEventListener('storage', ({ key }) => {
    for (const [place, readAgain] of kept) if (key === place || key === null) readAgain();
  });
  watchEffect(() => {
    const shown = theme.value === 'system' ? (isDark.value ? 'dark' : 'light') : theme.value;
    Object.assign(document.documentElement.dataset, { theme: shown, size: textSize.value });
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', PAPER[shown]);
  });
}
