import type { Component } from 'vue';
import { importChecked } from '../api/later.ts';

/** Once the first screen is drawn and has what it asked for; ms. */
const AHEAD_MS = 2_000;

/** @throws Error: Loom is away. */
export async function loadSettings(): Promise<Component> {
  return (await importChecked('settings', () => import('../lazy/settings.ts'))).SettingsView;
}

/** Whoever goes to them waits for nothing, and gets there also while Loom is away. @returns stops it. */
export function loadSettingsAhead(): () => void {
  const timer = setTimeout(() => void loadSettings().catch(() => undefined), AHEAD_MS);
  return () => clearTimeout(timer);
}
