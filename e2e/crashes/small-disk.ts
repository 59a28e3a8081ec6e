// A disk of a few megabytes that only some processes see: a file system in memory, in a mount namespace that lasts as
// long as a process of ours holds it. Needs root on Linux.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export class SmallDisk {
  readonly #holder: ChildProcess;
  readonly #folder: string;

  private constructor(holder: ChildProcess, folder: string) {
    this.#holder = holder;
    this.#folder = folder;
  }

  /** Over `folder`, which exists. @returns null where this machine does not permit it; says so. */
  static async over(folder: string, megabytes: number): Promise<SmallDisk | null> {
    const mount = `mount -t tmpfs -o size=${megabytes}m,mode=700 none "$0" && echo up && exec sleep infinity`;
    const holder = spawn('unshare', ['--mount', 'sh', '-c', mount, folder], { stdio: ['ignore', 'pipe', 'ignore'] });
    const up = await Promise.race([
      once(holder.stdout, 'data').then(() => true),
      once(holder, 'exit').then(() => false),
      once(holder, 'error').then(() => false),
    ]);
    if (up) return new SmallDisk(holder, folder);
    console.warn('SKIPPED: nothing was tried on a small disk. It needs Linux, root and unshare.');
    return null;
  }

  /** What a command line begins with that is to see it. */
  get command(): readonly string[] {
    return ['nsenter', `--mount=/proc/${this.#holder.pid}/ns/mnt`];
  }

  /** Its root, as seen from here. */
  get path(): string {
    return `/proc/${this.#holder.pid}/root${this.#folder}`;
  }

  /** Not a byte more goes in. */
  fill(): void {
    this.#run('dd', 'if=/dev/zero', `of=${this.#folder}/filler`, 'bs=4096');
  }

  empty(): void {
    this.#run('rm', '-f', `${this.#folder}/filler`);
  }

  /** Nobody may have a file open for writing. */
  set readOnly(readOnly: boolean) {
    this.#run('mount', '-o', `remount,${readOnly ? 'ro' : 'rw'}`, this.#folder);
  }

  remove(): void {
    this.#holder.kill('SIGKILL');
  }

  #run(...command: string[]): void {
    const [program = '', ...args] = [...this.command, ...command];
    try {
      execFileSync(program, args, { stdio: 'ignore' });
    } catch (error) {
      // dd ends with the disk full: that is what it is for.
      if (command[0] !== 'dd') throw error;
    }
  }
}
