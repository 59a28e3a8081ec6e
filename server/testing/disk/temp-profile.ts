// A folder for one test profile, gone when the test ends.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TempProfile {
  readonly folder: string;
  readonly remove: () => void;
}

export function tempProfile(): TempProfile {
  // In memory where there is such a folder: tests wait for the disk at each commit.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'loom-test-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
