// Everything a profile keeps on disk, behind one door: the folder with keys.json and the database. Opening checks first
// and writes last: whoever cannot open changes nothing.
import { existsSync } from 'node:fs';
import { equal, wipe } from '../crypto/bytes.ts';
import type { Argon2Parameters } from '../crypto/passphrase.ts';
import type { Primitives } from '../crypto/primitives.ts';
import { SealedContacts, type ContactTable } from './tables/contacts.ts';
import { ClearConversations, type ConversationTable } from './tables/conversations.ts';
import { adoptDraft, databasePath, draftDatabase, inspectDatabase } from './profile-files/database-file.ts';
import { Database } from './database.ts';
import { SealedDrafts, type DraftTable } from './tables/drafts.ts';
import { SealedMarks, type MarkTable } from './tables/marks.ts';
import { StorageError } from './errors.ts';
import { FileFolder } from './files/file-folder.ts';
import { SealedIdentity, type IdentityTable } from './tables/identity.ts';
import { GroupJournal, type Journal } from './journal.ts';
import { MAX_EARLIER_KEYS, readKeyFiles } from './profile-files/key-file.ts';
import { SealedInvites, type InviteTable } from './tables/invites.ts';
import { removeLock, requireNoLock } from './profile-files/lock.ts';
import type { MessageTable } from './tables/message/message-record.ts';
import { SealedMessages } from './tables/messages.ts';
import { migrate } from './migrations.ts';
import { SealedOutbox, type OutboxTable } from './tables/outbox.ts';
import { SealedPictures, type PictureTable } from './tables/pictures.ts';
import { finishSweep } from './sealing/page-sweep.ts';
import { SealedRequests, type RequestTable } from './tables/requests.ts';
import { Rowids } from './rows/rowids.ts';
import { ResealedMessages } from './sealing/resealed-messages.ts';
import { Resealer } from './sealing/resealer.ts';
import { RowSet } from './sealing/row-set.ts';
import { Sealing, type DamageListener } from './sealing/sealing.ts';
import { SealedSeen, type SeenTable } from './tables/seen.ts';
import { SealedSessions, type SessionTable } from './tables/sessions.ts';
import { SealedSettings, type SettingTable } from './tables/settings.ts';
import { SealedTransfers, type TransferTable } from './tables/transfers.ts';
import { SealedWaitingActs, type WaitingActTable } from './tables/waiting-acts.ts';
import { SealedTimers, type TimerTable } from './tables/timers.ts';
import {
  checkVaultPassphrase,
  createVault,
  forgetEarlierKeys,
  openVault,
  rotateVault,
  type OpenedVault,
} from './profile-files/vault.ts';

const DATABASE_ID_BYTES = 16;

/** `new`: nothing there yet. `protected`: a passphrase is wanted. `open`: none is set. */
export type ProfileFiles = 'new' | 'protected' | 'open';

export interface StoreOptions {
  /** Exists, 0700. */
  readonly folder: string;
  readonly primitives: Primitives;
  /** For passphrases that are set from now on; left out: tuned for this machine. */
  readonly argon2?: Argon2Parameters;
  /** Told of every row that lists leave out because it is not what was written. */
  readonly onDamaged?: DamageListener;
}

export interface Store {
  readonly journal: Journal;
  readonly identity: IdentityTable;
  readonly contacts: ContactTable;
  readonly pictures: PictureTable;
  readonly conversations: ConversationTable;
  readonly drafts: DraftTable;
  readonly marks: MarkTable;
  readonly timers: TimerTable;
  readonly messages: MessageTable;
  readonly waitingActs: WaitingActTable;
  readonly seen: SeenTable;
  readonly outbox: OutboxTable;
  readonly sessions: SessionTable;
  readonly requests: RequestTable;
  readonly settings: SettingTable;
  readonly invites: InviteTable;
  readonly transfers: TransferTable;
  readonly files: FileFolder;
  readonly passphraseSet: boolean;
  /** Not closed: what was durable as it closed may be told later, and can then read nothing. */
  readonly isOpen: boolean;
  /** What was changed in the files while nobody had the profile open. */
  readonly rowSet: Pick<RowSet, 'noticed' | 'dismiss'>;
  /** Rows are being sealed anew under another master key: whoever opened the profile calls `step` until it is done. */
  readonly resealer: Pick<Resealer, 'share' | 'step'>;
  /**
   * Sets, changes or (next empty) removes the passphrase; current is empty when none is set. When it resolves, no key
   * file opens with the one before, and all but messages and what waits to be sent is sealed under another master key;
   * the rest is the resealer's. A crash on the way leaves a profile that the old or the new one opens.
   * @throws StorageError wrong-passphrase, write-failed.
   */
  changePassphrase(current: string, next: string): Promise<void>;
  /** Empty when none is set. @throws StorageError wrong-passphrase. */
  checkPassphrase(passphrase: string): Promise<void>;
  /** Commits what is open, closes the database, wipes the keys. Nothing can be read or written after it. */
  close(): void;
}

/** @throws StorageError keys-damaged, database-newer. */
export function inspectProfile(folder: string): ProfileFiles {
  const files = readKeyFiles(folder);
  if (!files) return 'new';
  return files.file.protection.kind === 'passphrase' ? 'protected' : 'open';
}

/**
 * Removes the lock that a killed process left behind. The caller must hold the profile's control socket: that alone
 * proves that nobody lives in the profile; under a live process the database would be ruined.
 */
export function removeStaleLock(folder: string): void {
  removeLock(databasePath(folder));
}

/**
 * @param passphrase empty: none.
 * @throws StorageError in-use, keys-damaged, database-newer, not-crash-safe, write-failed; Error when there is a profile.
 */
export async function createStore(options: StoreOptions, passphrase: string): Promise<Store> {
  const path = databasePath(options.folder);
  requireNoLock(path);
  if (inspectProfile(options.folder) !== 'new') throw new Error('there is a profile already');
  const id = options.primitives.random(DATABASE_ID_BYTES);
  reaching(() => draftDatabase(path, id));
  return openDatabase(options, await createVault(options, id, passphrase));
}

/** @throws StorageError wrong-passphrase, keys-damaged, database-newer, in-use, not-crash-safe, damaged, write-failed. */
export async function openStore(options: StoreOptions, passphrase: string): Promise<Store> {
  const path = databasePath(options.folder);
  requireNoLock(path);
  if (existsSync(path)) reaching(() => inspectDatabase(path));
  return openDatabase(options, await openVault(options, passphrase));
}

function openDatabase(options: StoreOptions, vault: OpenedVault): Store {
  const path = databasePath(options.folder);
  try {
    return reaching(() => {
      adoptDraft(path);
      finishSweep(path);
      inspectDatabase(path);
      return assemble(options, vault, new Database(path));
    });
  } finally {
    wipe(vault.masterKey, ...vault.earlier);
  }
}

/** A file system that refuses is told as the disk that it is. @throws StorageError write-failed, its cause with the code. */
function reaching<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new StorageError('write-failed', 'the disk refused', error);
  }
}

function assemble(options: StoreOptions, vault: OpenedVault, database: Database): Store {
  try {
    migrate(database);
    const owner = database.row('SELECT database FROM profile')?.bytes('database');
    if (!owner || !equal(owner, vault.database))
      throw new StorageError('damaged', 'this database belongs to other keys');
    const { primitives, onDamaged } = options;
    const sealing = new Sealing({ primitives, ...vault, onDamaged: onDamaged ?? (() => undefined) });
    return new ProfileStore(options, database, sealing, vault.passphraseSet);
  } catch (error) {
    database.close();
    throw error;
  }
}

class ProfileStore implements Store {
  readonly journal: GroupJournal;
  readonly identity: IdentityTable;
  readonly contacts: ContactTable;
  readonly pictures: PictureTable;
  readonly conversations: ConversationTable;
  readonly drafts: DraftTable;
  readonly marks: MarkTable;
  readonly timers: TimerTable;
  readonly messages: MessageTable;
  readonly waitingActs: WaitingActTable;
  readonly seen: SeenTable;
  readonly outbox: OutboxTable;
  readonly sessions: SessionTable;
  readonly requests: RequestTable;
  readonly settings: SettingTable;
  readonly invites: InviteTable;
  readonly transfers: TransferTable;
  readonly files: FileFolder;
  readonly rowSet: RowSet;
  readonly resealer: Resealer;
  readonly #options: StoreOptions;
  readonly #database: Database;
  readonly #sealing: Sealing;
  #passphraseSet: boolean;
  #closed = false;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: StoreOptions, database: Database, sealing: Sealing, passphraseSet: boolean) {
    this.#options = options;
    this.#database = database;
    this.#sealing = sealing;
    this.#passphraseSet = passphraseSet;
    this.journal = new GroupJournal(database);
    this.files = new FileFolder(options.folder);
    const rowids = new Rowids(database);
    const identity = (this.identity = new SealedIdentity(database, sealing));
    this.messages = new SealedMessages(database, sealing, rowids);
    const waitingActs = (this.waitingActs = new SealedWaitingActs(database, sealing, rowids));
    const seen = (this.seen = new SealedSeen(database, sealing, rowids));
    this.conversations = new ClearConversations(database, rowids);
    const drafts = (this.drafts = new SealedDrafts(database, sealing, rowids));
    const marks = (this.marks = new SealedMarks(database, sealing, rowids));
    const timers = (this.timers = new SealedTimers(database, sealing, rowids));
    const outbox = (this.outbox = new SealedOutbox(database, sealing, rowids));
    const contacts = (this.contacts = new SealedContacts(database, sealing, rowids));
    const pictures = (this.pictures = new SealedPictures(database, sealing, rowids));
    const sessions = (this.sessions = new SealedSessions(database, sealing));
    const requests = (this.requests = new SealedRequests(database, sealing));
    const settings = (this.settings = new SealedSettings(database, sealing));
    const invites = (this.invites = new SealedInvites(database, sealing));
    const transfers = (this.transfers = new SealedTransfers(database, sealing, rowids));
    const people = [identity, contacts, sessions, requests, settings, invites];
    const conversations = [drafts, marks, timers, waitingActs, seen, transfers];
    // Last among what is sealed anew: it counts the rows as the others leave them.
    const rowSet = (this.rowSet = new RowSet({ database, sealing, primitives: options.primitives, identity }));
    this.resealer = new Resealer({
      ...{ database, sealing, journal: this.journal },
      small: [...people, ...conversations, rowSet],
      large: [new ResealedMessages(database, sealing, rowids), outbox, pictures],
      forget: (ids) => forgetEarlierKeys(options, ids),
    });
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  get passphraseSet(): boolean {
    return this.#passphraseSet;
  }

  changePassphrase(current: string, next: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#makeRoom();
      const rotation = await rotateVault(this.#options, current, next);
      try {
        if (this.#closed) throw new StorageError('write-failed', 'the profile was closed');
        rotation.adopt();
        this.#sealing.ring.rotate(rotation.masterKey);
      } finally {
        wipe(rotation.masterKey);
      }
      this.#passphraseSet = next !== '';
      this.resealer.begin();
      await this.resealer.step();
    });
  }

  checkPassphrase(passphrase: string): Promise<void> {
    return this.#inTurn(() => checkVaultPassphrase(this.#options, passphrase));
  }

  close(): void {
    this.#closed = true;
    try {
      this.journal.flush();
    } finally {
      this.#database.close();
      this.rowSet.wipe();
      this.#sealing.wipe();
    }
  }

  /** keys.json takes so many earlier keys and no more. */
  async #makeRoom(): Promise<void> {
    let more = this.#sealing.ring.earlier.length >= MAX_EARLIER_KEYS;
    while (more) more = await this.resealer.step();
  }

  /** One after the other: of two changes at once, each would read the keys before the other has written them. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
