import { describe, expect, it } from 'vitest';
import { en } from '../text/en.ts';
import { matchingSettings, sectionIds, settings } from './settings.ts';

const find = (query: string) =>
  matchingSettings(query, (section, setting) =>
    [en.settings.section[section], en.settings.name[setting], en.settings.words[setting]].join(' '),
  );

describe('settings', () => {
  it('are all there for who looks for nothing', () => {
    expect(find(' ')).toEqual(sectionIds.map((section) => ({ section, found: settings[section] })));
  });

  it('are found by their names, by other words for them, and by their section', () => {
    expect(find('dark')).toEqual([{ section: 'look', found: ['theme'] }]);
    expect(find('FONT size')).toEqual([{ section: 'look', found: ['textSize'] }]);
    expect(find('delete everything')).toEqual([{ section: 'privacy', found: ['wipe'] }]);
    expect(find('recovery').map(({ found }) => found)).toContainEqual(settings.recovery);
    expect(find('no such thing')).toEqual([]);
  });
});
