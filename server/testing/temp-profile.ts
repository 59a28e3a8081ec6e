// A folder for one test profile, gone when the test ends.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function tempProfile(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'loom-test-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
