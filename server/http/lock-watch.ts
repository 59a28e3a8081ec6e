// What locking and unlocking the profile mean at the local door. It sees both as the application tells of them, whoever
// asked; and it lets unlocking through one at a time, so that it is known whose passphrase it was.
import type { Params, Result } from '../contract/commands.ts';
import { CommandError } from '../contract/errors.ts';
import type { Application } from '../engine/application.ts';
import type { Access, ProvenSession } from './access.ts';

export class LockWatch {
  readonly #application: Application;
  #turn: Promise<unknown> = Promise.resolve();
  /** Who unlocks at this moment, a tab or the command line (null); undefined: nobody. */
  #by: ProvenSession | null | undefined;

  constructor(application: Application, access: Access) {
    this.#application = application;
    // Before any connection subscribes: a session that ends here hears of nothing that follows.
    application.events.subscribe(({ event, data }) => {
      if (event !== 'state.changed') return;
      if (data.state === 'locked') access.locked();
      if (data.state === 'new') access.wiped();
      if (data.state !== 'ready') return;
      if (this.#by === undefined) access.opened();
      else access.unlocked(this.#by);
    });
  }

  /** `isOpen` is asked when the turn has come: an earlier one may have ended this caller's session. */
  unlock(
    by: ProvenSession | null,
    params: Params<'vault.unlock'>,
    isOpen: () => boolean,
  ): Promise<Result<'vault.unlock'>> {
    const result = this.#turn.then(async () => {
      if (!isOpen()) throw new CommandError('locked', 'Another has unlocked it.');
      this.#by = by;
      try {
        return await this.#application.execute('vault.unlock', params);
      } finally {
        this.#by = undefined;
      }
    });
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** @throws CommandError locked. */
  async requireUnlocked(): Promise<void> {
    const { state } = await this.#application.execute('status.get', {});
    if (state === 'locked') throw new CommandError('locked', 'Unlock first.');
  }
}
