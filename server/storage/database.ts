// One SQLite connection, opened only so that a crash at any moment costs nothing that was committed: the lock held for
// good before the write-ahead log is switched on (node-sqlite3-wasm has no shared memory, and rolls a hot journal of the
// other modes back never), every commit synced. Statements are prepared once and kept.
//
// Ways of node-sqlite3-wasm kept in here: a statement that returned fewer rows than it has stays open and holds the log
// (so all rows are taken, always); one that failed refuses its next use (so it is thrown away); statements are not
// finalised by closing; strings end at a NUL (so none are bound); blobs come back as copies.
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { connect, openError, settings } from './connection.ts';
import { DeferredWrites } from './rows/deferred-writes.ts';
import { StorageError } from './errors.ts';
import { requireNoLock } from './profile-files/lock.ts';
import { Row, type Value } from './rows/row.ts';

type Statement = sqlite.Statement;

/** Has its say in each transaction, at the end. */
export interface CommitParticipant {
  /** Just before the COMMIT: may change things. What it throws fails the commit. */
  prepare(): void;
  /** The COMMIT stands. */
  committed(): void;
}

export class Database {
  readonly path: string;
  readonly #connection: sqlite.Database;
  readonly #statements = new Map<string, Statement>();
  /** `untouched`: the work that runs has changed nothing yet; `touched`: a savepoint stands before its first change. */
  #writing: 'no' | 'untouched' | 'touched' = 'no';
  readonly #deferred = new DeferredWrites();
  readonly #undoListeners: (() => void)[] = [];
  #scrub = false;
  #participant: CommitParticipant | null = null;

  /**
   * @param path of an existing file, or ':memory:'.
   * @throws StorageError in-use, not-crash-safe, damaged, write-failed; what the file system says.
   */
  constructor(path: string) {
    this.path = path;
    requireNoLock(path);
    this.#connection = connect(path);
    try {
      for (const [name, value, answer] of settings) this.#set(name, value, answer);
      // The first read makes the log anew; without the sync a power cut could take its name away, and commits with it.
      this.#connection.get('PRAGMA user_version');
      syncFolder(dirname(path));
    } catch (error) {
      this.#connection.close();
      throw openError(error);
    }
  }

  /**
   * Runs a statement that changes something; only inside `within`. @returns how many rows changed.
   * @throws what SQLite says; the journal makes a StorageError of it.
   */
  change(sql: string, ...values: Value[]): number {
    this.#touch();
    return this.#use(sql, (statement) => statement.run(values).changes);
  }

  /**
   * As `change`, but written with the commit, and not at all when another of the same key comes before it. Who reads what
   * may have been put off calls `settle` first. @param values asked when it is written.
   */
  later(key: string, sql: string, values: () => readonly Value[]): void {
    if (this.#writing === 'no') throw new Error('a change outside of journal.write');
    this.#deferred.put(key, { sql, values });
  }

  /** What was put off under keys that begin so is not written; only inside `within`. */
  cancel(prefix: string): void {
    this.#deferred.cancel(prefix);
  }

  /** Writes what was put off. @throws StorageError write-failed. */
  settle(): void {
    try {
      for (const { sql, values } of this.#deferred.pending()) {
        // A work may yet be undone, and this with it: the commit writes it again.
        if (this.#writing !== 'no') this.#touch();
        this.#use(sql, (statement) => statement.run([...values()]));
      }
    } catch (error) {
      if (!(error instanceof sqlite.SQLite3Error)) throw error;
      throw new StorageError('write-failed', 'what was put off could not be written', error);
    }
    if (this.#writing === 'no') this.#deferred.clear();
  }

  /** Runs statements that take no values; only inside `within`. */
  script(sql: string): void {
    this.#touch();
    this.#connection.exec(sql);
  }

  /** @throws StorageError damaged when the file cannot be read. */
  rows(sql: string, ...values: Value[]): Row[] {
    try {
      return this.#use(sql, (statement) => statement.all(values).map((columns) => new Row(columns)));
    } catch (error) {
      if (!(error instanceof sqlite.SQLite3Error)) throw error;
      throw new StorageError('damaged', 'the database cannot be read', error);
    }
  }

  row(sql: string, ...values: Value[]): Row | null {
    return this.rows(sql, ...values)[0] ?? null;
  }

  /**
   * Lets `work` change things; a transaction must be open. When it throws, what it changed is undone, and nothing else.
   * @throws what `work` threw; what SQLite says when it cannot undo.
   */
  within<T>(work: () => T): T {
    this.#writing = 'untouched';
    try {
      const result = work();
      this.#release();
      this.#deferred.keep();
      return result;
    } catch (error) {
      this.#deferred.drop();
      this.#undo();
      throw error;
    } finally {
      this.#writing = 'no';
    }
  }

  begin(): void {
    this.#use('BEGIN IMMEDIATE', (statement) => statement.run());
  }

  commit(): void {
    this.settle();
    this.#prepareCommit();
    this.#use('COMMIT', (statement) => statement.run());
    this.#participant?.committed();
    if (this.#scrub) this.#emptyLog();
  }

  rollback(): void {
    for (const listener of this.#undoListeners) listener();
    this.#deferred.clear();
    this.#scrub = false;
    // After some failures SQLite has rolled back by itself.
    if (this.#connection.inTransaction) this.#use('ROLLBACK', (statement) => statement.run());
  }

  /** One transaction around `work`, committed at once: for opening and migrating, before there is a journal. */
  transaction(work: () => void): void {
    this.begin();
    try {
      this.within(work);
      this.commit();
    } catch (error) {
      this.rollback();
      throw new StorageError('write-failed', 'the database could not be prepared', error);
    }
  }

  /** `listener` is called whenever something was undone: what was remembered of it may not be so. */
  whenUndone(listener: () => void): void {
    this.#undoListeners.push(listener);
  }

  joinCommits(participant: CommitParticipant): void {
    this.#participant = participant;
  }

  /** Lets temporary triggers call `listener` by `name`. */
  define(name: string, listener: () => void): void {
    this.#connection.function(name, () => (listener(), null));
  }

  /** Something was deleted for good: empties the log after the next commit, in which it would stand for a while yet. */
  scrub(): void {
    this.#scrub = true;
  }

  /** Nothing happens the second time. */
  close(): void {
    if (!this.#connection.isOpen) return;
    for (const statement of this.#statements.values()) statement.finalize();
    this.#statements.clear();
    this.#connection.close();
  }

  #prepareCommit(): void {
    // No savepoint: what the participant changes stands or falls with the transaction.
    this.#writing = 'touched';
    try {
      this.#participant?.prepare();
    } finally {
      this.#writing = 'no';
    }
  }

  #touch(): void {
    if (this.#writing === 'no') throw new Error('a change outside of journal.write');
    if (this.#writing === 'touched') return;
    this.#use('SAVEPOINT work', (statement) => statement.run());
    this.#writing = 'touched';
  }

  #release(): void {
    if (this.#writing === 'touched') this.#use('RELEASE work', (statement) => statement.run());
  }

  #undo(): void {
    for (const listener of this.#undoListeners) listener();
    // After some failures SQLite has rolled everything back by itself.
    if (this.#writing !== 'touched' || !this.#connection.inTransaction) return;
    this.#use('ROLLBACK TO work', (statement) => statement.run());
    this.#release();
  }

  #emptyLog(): void {
    try {
      this.#use('PRAGMA wal_checkpoint(TRUNCATE)', (statement) => statement.all());
      this.#scrub = false;
    } catch {
      // The commit itself stands; the next one tries again.
    }
  }

  #set(name: string, value: string, answer: string | number): void {
    const said = this.#connection.get(`PRAGMA ${name} = ${value}`);
    const holds = said ?? this.#connection.get(`PRAGMA ${name}`);
    if (holds?.[name] === answer) return;
    throw new StorageError('not-crash-safe', `SQLite refused ${name} = ${value}`);
  }

  #use<T>(sql: string, action: (statement: Statement) => T): T {
    const statement = this.#statements.get(sql) ?? this.#prepare(sql);
    try {
      return action(statement);
    } catch (error) {
      this.#discard(sql, statement);
      throw error;
    }
  }

  #prepare(sql: string): Statement {
    if (!this.#connection.isOpen) throw new Error('the database is closed');
    const statement = this.#connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #discard(sql: string, statement: Statement): void {
    this.#statements.delete(sql);
    try {
      statement.finalize();
    } catch {
      // Says once more what failed before; it is finalised all the same.
    }
  }
}

/** Makes names in a folder durable: files made, renamed or removed there. */
export function syncFolder(folder: string): void {
  // Windows opens no folders, and orders such changes by itself.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

export function isSqliteError(error: unknown): error is Error {
  return error instanceof sqlite.SQLite3Error;
}

/** A constraint of a table forbade it: nothing is wrong with the disk. */
export function isForbidden(error: Error): boolean {
  return error.message.includes('constraint failed');
}
