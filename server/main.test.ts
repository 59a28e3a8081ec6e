import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');

describe('the first lines of the program', () => {
  it('ask for the Node that package.json asks for, as npm start does', () => {
    const { engines } = JSON.parse(read('../package.json')) as { engines: { node: string } };
    const [major, minor] = engines.node.replace('>=', '').split('.');
    for (const path of ['main.ts', '../config/scripts/least-node.js'])
      expect(read(path)).toMatch(new RegExp(`LEAST_NODE = \\[${String(major)}, ${String(minor)}\\]`));
  });
});
