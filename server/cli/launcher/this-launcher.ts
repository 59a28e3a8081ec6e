import { readFileSync } from 'node:fs';
import type { ProfilePlace } from '../../options.ts';
import { surroundings } from '../environment.ts';
import { STATIC_FOLDER } from '../static-folder.ts';
import { Launcher } from './launcher.ts';

/** Of this program, for this user. */
export function thisLauncher(place: ProfilePlace): Launcher {
  return new Launcher(place, surroundings, () => readFileSync(`${STATIC_FOLDER}/favicon.svg`, 'utf8'));
}
