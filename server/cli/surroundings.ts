import { homedir } from 'node:os';
import type { Surroundings } from '../options.ts';

/** Of this process. */
export const surroundings: Surroundings = { env: process.env, platform: process.platform, home: homedir() };
