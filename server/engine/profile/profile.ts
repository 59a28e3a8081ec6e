// A profile from the outside: new, locked or ready. Opens and closes the engine, and answers every command.
//
//   new ──create──▶ ready ◀──unlock── locked
//    ▲                └─────lock───────▲        (only with a passphrase)
//    └────wipe────────┴────────────────┘
//
// The peer port is bound in every state, so that it stays the same; nobody is answered unless ready.
import { findPlaces, systemHaunts } from '../../backup/places.ts';
import type { StateNeed } from '../../contract/command.ts';
import { commands } from '../../contract/commands.ts';
import type { ApplicationCommand, Params, ProfileCommand, Result } from '../../contract/commands.ts';
import { CommandError } from '../../contract/errors.ts';
import { cutName, tidyName } from '../../contract/words/names.ts';
import type { Identity, ProfileState } from '../../contract/model.ts';
import { toHex, wipe } from '../../crypto/bytes.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { StorageError } from '../../storage/errors.ts';
import type { IdentityRecord } from '../../storage/tables/identity.ts';
import { createStore, inspectProfile, openStore, type Store } from '../../storage/profile-store.ts';
import { buildProfile, removeStages } from '../../storage/profile-files/staged-profile.ts';
import { destroyKeys, removeFiles } from '../../storage/profile-files/wipe.ts';
import type { Listener } from '../../transport/transport.ts';
import type { Application, FileDoor } from '../application.ts';
import { fileDoor } from './file-door.ts';
import type { VaultCommand } from '../commands/all.ts';
import { restoreCommands, newIdentity } from '../commands/restore.ts';
import { done, type Handler, type Handlers } from '../commands/handlers.ts';
import { readToken } from '../contacts/read-token.ts';
import { runInBackground } from '../background.ts';
import { EventLog } from '../event-log.ts';
import { cleanName } from '../contacts/names.ts';
import { assembleOpenProfile, closeOpenProfile, type OpenProfile } from './open-profile.ts';
import type { ProfileOptions } from './profile-options.ts';
import { checkPassphrase, storageCode } from '../command-errors.ts';
import { statusOf } from './status.ts';
import { vaultCommands } from './vault-commands.ts';
import { Tasks } from '../tasks/tasks.ts';

export class Profile implements Application {
  readonly events: EventLog;
  readonly #options: ProfileOptions;
  readonly #own: Handlers<ProfileCommand>;
  readonly #vault: Handlers<VaultCommand>;
  readonly #tasks: Tasks;
  #listener: Listener | null = null;
  #opened: OpenProfile | null = null;
  #exists = false;
  /** Opening and closing take turns. */
  #turn: Promise<unknown> = Promise.resolve();
  /** What is to become a profile is being filled, in its own folder. */
  #filling: Promise<unknown> = Promise.resolve();

  constructor(options: ProfileOptions) {
    this.#options = options;
    this.events = new EventLog(toHex(options.random(16)));
    this.#tasks = new Tasks(this.events);
    this.#own = {
      'status.get': () => statusOf(options, this.state, this.peerPort, this.#opened),
      'identity.get': () => this.#opened?.engine.identity() ?? null,
      'identity.create': ({ name, passphrase }) => this.#inTurn(() => this.#create(name, passphrase)),
      ...restoreCommands({
        begin: (passphrase, fill) => this.#begin(passphrase, fill),
        tasks: this.#tasks,
        ...options,
      }),
      'backup.places': () => findPlaces(options.haunts ?? systemHaunts()),
      'token.parse': ({ token }) => {
        const { version, identityKey, text, invite } = readToken(
          options.primitives,
          token,
          this.#opened?.engine.us.keys.identityKey.publicKey,
        );
        return { version, publicKey: toHex(identityKey), token: text, name: cutName(tidyName(invite?.name ?? '')) };
      },
      'vault.unlock': ({ passphrase }) => this.#inTurn(() => this.#unlock(passphrase)),
      'vault.wipe': () => this.#wipe(),
    };
    this.#vault = vaultCommands({
      opened: () => this.opened,
      inTurn: (work) => this.#inTurn(work),
      lock: () => this.#lock(),
    });
  }

  get state(): ProfileState {
    if (this.#opened) return 'ready';
    return this.#exists ? 'locked' : 'new';
  }

  get files(): FileDoor | null {
    return this.#opened && fileDoor(this.#opened.engine.files);
  }

  get peerPort(): number {
    return this.#listener?.port ?? 0;
  }

  /** @throws StorageError when the profile's files cannot be used; Error when the peer port cannot be had. */
  async start(): Promise<void> {
    const { transport, peerHost, peerPort, folder } = this.#options;
    this.#listener = await transport.listen(peerHost, peerPort, (connection) => {
      if (this.#opened) this.#opened.engine.accept(connection);
      else connection.destroy();
    });
    removeStages(folder);
    const files = inspectProfile(folder);
    this.#exists = files !== 'new';
    if (files === 'open') await this.#open('');
  }

  async stop(): Promise<void> {
    this.#tasks.abort();
    await this.#inTurn(() => this.#close());
    await this.#listener?.stop();
    await this.#tasks.stop();
  }

  async execute<N extends ApplicationCommand>(command: N, params: Params<N>): Promise<Result<N>> {
    try {
      if (command === 'message.send') this.#opened?.idle.used();
      return await this.#handler(command)(params);
    } catch (error) {
      if (error instanceof StorageError) throw new CommandError(storageCode(error), error.message);
      throw error;
    }
  }

  /** @throws CommandError when its row needs another state. */
  #handler<N extends ApplicationCommand>(command: N): Handler<N> {
    const need: StateNeed = commands[command].needs.state;
    const handlers = need === 'ready' ? this.opened.handlers : this.#own;
    if (need === 'new') this.#requireNew();
    if (need === 'exists') this.#requireIdentity();
    return (handlers as Handlers<ApplicationCommand>)[command];
  }

  async #create(name: string, passphrase: string): Promise<Identity> {
    this.#requireNew();
    const { random, clock } = this.#options;
    const cleaned = cleanName(name);
    checkPassphrase(passphrase);
    const store = await createStore(this.#storeOptions(), passphrase);
    this.#exists = true;
    await this.#orClose(store, async () => {
      await saveNew(store, newIdentity(random(32), cleaned, random, clock));
      await this.#run(store);
    });
    return this.opened.engine.identity();
  }

  #requireNew(): void {
    if (this.#exists) throw new CommandError('identity-exists', 'this profile has an identity already');
  }

  #requireIdentity(): void {
    if (!this.#exists) throw new CommandError('no-identity', 'this profile has no identity yet');
  }

  async #begin(passphrase: string, fill: (store: Store) => Promise<void>): Promise<Identity> {
    this.#requireNew();
    checkPassphrase(passphrase);
    // What it is filled from may take its time: only becoming the profile has a turn.
    const filling = (store: Store): Promise<void> => (this.#filling = fill(store));
    return buildProfile(this.#storeOptions(), passphrase, filling, (adopt) =>
      this.#inTurn(async () => {
        this.#requireNew();
        adopt();
        this.#exists = true;
        await this.#open(passphrase);
        return this.opened.engine.identity();
      }),
    );
  }

  async #unlock(passphrase: string): Promise<typeof done> {
    this.#requireIdentity();
    if (!this.#opened) await this.#open(passphrase);
    return done;
  }

  async #lock(): Promise<typeof done> {
    const { store } = this.opened;
    if (!store.passphraseSet)
      throw new CommandError('not-allowed', 'set a passphrase first: without one, locking protects nothing');
    await this.#close();
    this.events.clear();
    this.events.emit('state.changed', { state: this.state });
    this.#options.onLocked?.();
    return done;
  }

  /** The keys at once, whatever is under way; what that writes goes with the rest. */
  #wipe(): Promise<typeof done> {
    const { folder, keep } = this.#options;
    destroyKeys(folder);
    this.#tasks.abort();
    return this.#inTurn(async () => {
      try {
        await this.#close();
        await this.#filling.catch(() => undefined);
      } finally {
        // What was under way may have written them again.
        destroyKeys(folder);
        removeFiles(folder, keep ?? (() => false));
        this.#exists = false;
        this.events.clear();
        this.events.emit('state.changed', { state: this.state });
      }
      return done;
    });
  }

  async #open(passphrase: string): Promise<void> {
    const store = await openStore(this.#storeOptions(), passphrase);
    const { random, clock, name } = this.#options;
    await this.#orClose(store, async () => {
      if (!store.identity.load()) {
        // Ended between making the vault and writing the identity: nothing was told to anybody yet.
        await saveNew(store, newIdentity(random(32), name, random, clock));
      }
      await this.#run(store);
    });
  }

  /** A store that cannot be put to use is let go of: its database is locked, by us, for as long as it is open. */
  async #orClose(store: Store, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#opened) {
        await this.#close();
        this.events.emit('state.changed', { state: this.state });
      } else store.close();
      throw error;
    }
  }

  async #run(store: Store): Promise<void> {
    const { events, peerPort } = this;
    const [profile, tasks] = [this.#options, this.#tasks];
    const lock = async (): Promise<void> => {
      if (this.#opened === opened) await this.#lock();
    };
    const onIdle = (): void => runInBackground(this.#inTurn(lock));
    const vaultCommands = this.#vault;
    const opened = assembleOpenProfile({ profile, store, events, tasks, peerPort, onIdle, vaultCommands });
    try {
      await opened.engine.endDue();
    } finally {
      // If that fails, too: `#orClose` closes what is opened.
      this.#opened = opened;
    }
    events.emit('state.changed', { state: this.state });
    await opened.engine.start();
    opened.backups.start();
    opened.resealing.start();
  }

  async #close(): Promise<void> {
    const opened = this.#opened;
    if (!opened) return;
    this.#opened = null;
    await closeOpenProfile(opened, this.#tasks);
  }

  /** @throws CommandError locked, no-identity. */
  get opened(): OpenProfile {
    if (this.#opened) return this.#opened;
    this.#requireIdentity();
    throw new CommandError('locked', 'this profile is locked');
  }

  #storeOptions(): { folder: string; primitives: Primitives } {
    return { folder: this.#options.folder, primitives: this.#options.primitives };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work, work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

async function saveNew(store: Store, identity: IdentityRecord): Promise<void> {
  await store.journal.write(() => store.identity.save(identity));
  wipe(identity.masterSeed, identity.presenceKey);
}
