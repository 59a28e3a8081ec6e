// Starts the Loom of a profile in the background, for a command that needs one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { ProfilePlace } from '../options.ts';
import { reachDaemon } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import { surroundings } from './environment.ts';
import { CommandFailure } from './exit.ts';
import { ownCommand } from './own-command.ts';

/** A start takes a second; on a machine that has just come up, or with a large database, several. */
const START_MS = 30_000;
const LOOK_EVERY_MS = 100;

/** The running Loom, or a new one that goes on when this process ends. @throws CommandFailure when none comes up. */
export async function reachOrStart(
  place: ProfilePlace,
): Promise<{ readonly daemon: Daemon; readonly started: boolean }> {
  const running = await tryReach(place);
  if (running) return { daemon: running, started: false };
  const { profile, dataDir } = place;
  const args = [process.argv[1] ?? '', 'serve', '--no-open', '--profile', profile, '--data-dir', dataDir];
  const child = spawn(process.execPath, args, { stdio: 'ignore', detached: true });
  child.unref();
  const ended = once(child, 'exit').then(
    () => true,
    () => true,
  );
  const end = performance.now() + START_MS;
  while (performance.now() < end) {
    const daemon = await tryReach(place);
    if (daemon) return { daemon, started: true };
    // It may have ended because another start was quicker.
    if (await Promise.race([ended, wait(LOOK_EVERY_MS).then(() => false)])) break;
  }
  const daemon = await tryReach(place);
  if (daemon) return { daemon, started: true };
  const again = ownCommand(['serve'], place, surroundings);
  throw new CommandFailure('failed', `Loom did not start. To see why, run: ${again}`);
}

async function tryReach(place: ProfilePlace): Promise<Daemon | null> {
  try {
    return await reachDaemon(place);
  } catch (error) {
    if (error instanceof CommandFailure && error.outcome === 'notRunning') return null;
    throw error;
  }
}
