// A folder for what one measurement puts on the disk, and the processes it starts: all of it gone when it is over.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContactId } from '../contract/ids.ts';
import type { DaemonOptions, DaemonService } from './daemon.ts';
import { Process, type Service } from './process.ts';

export class Workplace {
  /** On a real disk, where there is one: in memory a wait for it would take no time. */
  readonly #folder = mkdtempSync(join(tmpdir(), 'loom-bench-'));
  readonly #processes: { end(): Promise<void> }[] = [];
  #folders = 0;

  /** Runs `work`, and clears up whatever became of it. */
  static async with<T>(work: (place: Workplace) => Promise<T>): Promise<T> {
    const place = new Workplace();
    try {
      return await work(place);
    } finally {
      await Promise.all(place.#processes.map((process) => process.end()));
      rmSync(place.#folder, { recursive: true, force: true });
    }
  }

  folder(): string {
    const folder = join(this.#folder, String((this.#folders += 1)));
    mkdirSync(folder, { mode: 0o700 });
    return folder;
  }

  start<S extends Service>(name: string, options: object): Process<S> {
    const process = new Process<S>(name, options);
    this.#processes.push(process);
    return process;
  }

  daemon(options: Partial<DaemonOptions> = {}): Process<DaemonService> {
    return this.start('daemon', { folder: this.folder(), ungrouped: false, slowerSyncMs: 0, ...options });
  }
}

/** Two Looms that are each other's contacts and online. */
export interface Couple {
  readonly sender: Process<DaemonService>;
  readonly receiver: Process<DaemonService>;
  /** The receiver, as the sender knows it. */
  readonly contact: ContactId;
}

export async function couple(place: Workplace, options: Partial<DaemonOptions> = {}): Promise<Couple> {
  const [sender, receiver] = [place.daemon(options), place.daemon(options)];
  const [one, other] = await Promise.all([sender.ask('create', 'one'), receiver.ask('create', 'other')]);
  await receiver.ask('add', { token: one.token, name: 'one' });
  const contact = await sender.ask('add', { ...other, name: 'other' });
  await Promise.all([sender.ask('online', 1), receiver.ask('online', 1)]);
  return { sender, receiver, contact };
}
