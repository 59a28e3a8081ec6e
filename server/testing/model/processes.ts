// The processes of a model run: started, killed wherever their code stands, put back to an old database.
import type { ActiveLink } from '../../engine/links/active-link.ts';
import { RECORD } from '../../protocol/records.ts';
import type { TempProfile } from '../disk/temp-profile.ts';
import { tapRecords } from '../network/link-records.ts';
import { nameOf, type Citizen, type Citizens } from './citizens.ts';
import type { Label } from './operations.ts';
import type { Wiretap } from './wiretap.ts';

export class Processes {
  /** An old database was put back at some time. */
  restored = false;
  readonly #citizens: Citizens;
  readonly #wiretap: Wiretap;

  constructor(citizens: Citizens, wiretap: Wiretap) {
    this.#citizens = citizens;
    this.#wiretap = wiretap;
  }

  async start(citizen: Citizen): Promise<void> {
    // The code of a killed process went on for a moment, and stored nothing of what it did.
    if (citizen.killed) citizen.watch.spent.clear();
    citizen.killed = false;
    await citizen.loom.start();
    this.observe(citizen);
  }

  async restore(citizen: Citizen, snapshot: TempProfile): Promise<void> {
    this.kill(citizen);
    citizen.loom.restore(snapshot);
    this.restored = true;
    for (const other of this.#citizens.all) {
      if (other !== citizen) this.#citizens.direction(citizen, other).restored('sender');
      if (other !== citizen) this.#citizens.direction(other, citizen).restored('receiver');
    }
    await this.start(citizen);
  }

  kill(citizen: Citizen): void {
    citizen.killAt = null;
    citizen.killed = true;
    // Steps that were not stored are undone: their keys are not gone.
    citizen.watch.spent.clear();
    this.#wiretap.lose(citizen);
    citizen.loom.kill();
  }

  reached(host: string, label: Label): void {
    const citizen = this.#citizens.all.find(({ loom }) => loom.host === host);
    if (!citizen?.loom.isRunning || citizen.killAt?.label !== label) return;
    citizen.killAt.nth -= 1;
    if (citizen.killAt.nth <= 0) this.kill(citizen);
  }

  /** Looks at commits, at what is decrypted and at envelopes that come, of the process that runs now. */
  observe(citizen: Citizen): void {
    const { store, engine } = citizen.loom.profile.opened;
    const { journal } = store;
    const { sessions } = engine;
    const decrypt = sessions.decrypt.bind(sessions);
    sessions.decrypt = (...message) => citizen.watch.attempt(() => decrypt(...message));
    const flush = journal.flush.bind(journal);
    journal.flush = () => {
      this.reached(citizen.loom.host, 'before-commit');
      flush();
      this.reached(citizen.loom.host, 'after-commit');
    };
    const watch = ({ contact, link }: ActiveLink): void => {
      const name = engine.roster.find(contact)?.name;
      const from = this.#citizens.all.find((other) => nameOf(other) === name);
      if (!from) return;
      tapRecords(link, ({ type, body }) => {
        if (type === RECORD.envelope) this.#citizens.cameFrom(from, citizen).push(body.slice());
      });
    };
    engine.links.activeLinks().forEach(watch);
    engine.links.activated.on(watch);
  }
}
