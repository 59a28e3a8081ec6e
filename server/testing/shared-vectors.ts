// Vectors kept beside the project, not in it. Where CI runs they must be there; a lone clone does without.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../shared/vectors/', import.meta.url));

/** Parsed JSON of a file under shared/vectors, or null on a lone clone. @throws Error when missing in CI. */
export function sharedVectors(name: string): unknown {
  const path = folder + name;
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  if (process.env.CI) throw new Error(`${path} is missing`);
  return null;
}
