// Disks that do not answer: a folder whose file system never says a word, as a share that is gone (a FUSE mount with nobody
// behind it, which needs root), and the process that touches named files, stopped.
import { spawn, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface HungFolder {
  readonly path: string;
  remove(): void;
}

const MOUNT = `exec 3<>/dev/fuse && mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 hung "$0" && echo mounted && cat; umount -f -l "$0"`;

/** @returns null where it is not permitted, and says that `what` was not tested. */
export async function hungFolder(what: string): Promise<HungFolder | null> {
  const path = mkdtempSync(join(tmpdir(), 'loom-hung-'));
  // Holds the mount until its input ends, so that it goes with this process.
  const holder = spawn('bash', ['-c', MOUNT, path], { stdio: ['pipe', 'pipe', 'ignore'] });
  const mounted = await new Promise<boolean>((resolve) => {
    holder.stdout.once('data', () => resolve(true));
    holder.once('close', () => resolve(false));
    holder.once('error', () => resolve(false));
  });
  if (!mounted) {
    rmSync(path, { recursive: true });
    console.warn(`SKIPPED: ${what} was not tested. It needs root and FUSE.`);
    return null;
  }
  return {
    path,
    remove() {
      // Whoever waits for it gets an error then.
      execFileSync('umount', ['-f', '-l', path]);
      holder.kill('SIGKILL');
      rmSync(path, { recursive: true });
    },
  };
}

/** Stops the process that touches named files for this one, as soon as there is one. */
export async function stopFileProcess(): Promise<void> {
  for (;;) {
    const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && isOurs(name));
    if (pid !== undefined) return void process.kill(Number(pid), 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function isOurs(pid: string): boolean {
  try {
    const [, parent] = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(parent) === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('file-process');
  } catch {
    // It has ended meanwhile.
    return false;
  }
}
