import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as fileLimits from './files/limits.ts';
import * as limits from './limits.ts';
import { RECORD } from './records.ts';

const spec = readFileSync(new URL('SPEC.md', import.meta.url), 'utf8');

describe('SPEC.md', () => {
  it('names only constants that exist', () => {
    const named = [...spec.slice(spec.indexOf('## Constants')).matchAll(/`([A-Z][A-Z_0-9]+)`/g)].map(
      ([, name]) => name,
    );
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((name) => !Object.hasOwn({ ...limits, ...fileLimits }, name!))).toEqual([]);
  });

  it('has the record types of the code', () => {
    const rows = [...spec.matchAll(/^\| ([\d, ]+?) +\| ([A-Z][A-Z, ]*?) +\|/gm)].flatMap(([, types, names]) => {
      const numbers = types!.split(', ').map(Number);
      return names!.split(', ').map((name, i) => [name.toLowerCase(), numbers[i]]);
    });
    expect(Object.fromEntries(rows)).toEqual(RECORD);
  });
});
