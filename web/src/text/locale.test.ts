import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

it.each([
  [['C'], 'en'],
  [['C', 'en-AU'], 'en-AU'],
  [['en-US.UTF-8', 'en-NZ'], 'en-NZ'],
  [['de-DE', 'en-GB'], 'en-GB'],
  [[], 'en'],
])('of the languages %j the page takes %s', async (languages, expected) => {
  vi.stubGlobal('navigator', { languages });
  const { locale, hourCycle } = await import('./locale.ts');
  expect(locale).toBe(expected);
  expect(['h11', 'h12', 'h23', 'h24']).toContain(hourCycle);
});
