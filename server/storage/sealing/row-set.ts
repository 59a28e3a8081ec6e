// Says whether the small tables hold what this Loom left in them. Each row is sealed to its place, but not to a time: an
// older one of the same place would open (a contact before it was blocked, an invite before it was used). So one more row,
// the root, holds a hash of all of them, and is written by each transaction that changes any, once.
//
//   open ── root against rows ──▶ the same │ not the same: noticed, told until dismissed ──▶ commits carry the root along
//
// Beside messages stands no hash: each would cost one. Counters of a contact and ratchet states change with each message,
// and are safe without: older ones do what an older database does, which the protocol survives (SPEC §4, §6). The hash
// holds no count of commits: every sealing has a nonce, so no state of the rows ever comes again by itself.
import { z } from 'zod';
import { concat, utf8, wipe } from '../../crypto/bytes.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { SecretBytes } from '../../crypto/secret.ts';
import type { CommitParticipant, Database } from '../database.ts';
import { StorageError } from '../errors.ts';
import type { SealedIdentity } from '../tables/identity.ts';
import type { Resealable } from './resealable.ts';
import { coveredTables, membersOf, RowChanges, type CoveredTable, type RowChange } from './row-changes.ts';
import { bytesSchema, float64, type Sealing, type TableSeal } from './sealing.ts';
import { emptySet, sameSet, SetHasher, type SetHash } from './set-hash.ts';

const KEY = utf8('root');
const HASH_KEY_BYTES = 32;
const COUNT_BYTES = 8;
const SET_BYTES = 32 + COUNT_BYTES;

type Sets = Readonly<Partial<Record<CoveredTable, SetHash>>>;

/** The hash key stands in the root, so that another master key changes none of the hashes until they are made anew. */
interface Root {
  readonly key: Uint8Array;
  readonly sets: Sets;
  readonly noticed: readonly CoveredTable[];
}

/** `sets`: sum(32) ‖ count(8, a float) for each table in its order; a table that came later has none yet. */
const bodySchema = z.object({ key: bytesSchema, sets: bytesSchema, noticed: z.array(z.enum(coveredTables)) });

export interface RowSetOptions {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly primitives: Primitives;
  readonly identity: Pick<SealedIdentity, 'isCounted' | 'markCounted'>;
}

type Stored = { readonly kind: 'none' | 'damaged' } | { readonly kind: 'root'; readonly root: Root };

export class RowSet implements Resealable, CommitParticipant {
  readonly #options: RowSetOptions;
  readonly #seal: TableSeal;
  readonly #changes: RowChanges;
  /** As of the last commit. */
  #root: Root;
  /** As of the commit that is under way. */
  #next: Root | null = null;

  /**
   * Compares the rows with the root; from now on each commit keeps it up to date.
   * @throws StorageError damaged when the file cannot be read, write-failed.
   */
  constructor(options: RowSetOptions) {
    const { database, sealing } = options;
    this.#options = options;
    this.#seal = sealing.table('row set');
    const planted = dropPlanted(database);
    const stored = this.#stored();
    this.#root = this.#compared(stored, planted);
    this.#changes = new RowChanges(database);
    database.joinCommits(this);
    this.#keep(stored);
  }

  /** Tables in which rows were put back, removed or added while nobody had the profile open, until that is dismissed. */
  get noticed(): readonly CoveredTable[] {
    return this.#root.noticed;
  }

  /** The person knows: nothing is `noticed` any more once this is committed. Inside `within`. */
  dismiss(): void {
    this.#changes.wish('dismiss');
  }

  /** With the commit, all hashes are made anew under a new key: another could be known, as an earlier master key could. */
  reseal(): void {
    this.#changes.wish('renew');
  }

  prepare(): void {
    this.#next = null;
    const noted = this.#changes.take();
    if (!noted) return;
    const renewed = noted.wishes.includes('renew') ? this.#counted() : this.#followed(noted.rows);
    this.#next = { ...renewed, noticed: noted.wishes.includes('dismiss') ? [] : this.#root.noticed };
    const { key, sets, noticed } = this.#next;
    const sealed = this.#seal.seal(KEY, { key, sets: packed(sets), noticed });
    this.#options.database.change('UPDATE profile SET row_set = ? WHERE one = 1', sealed);
  }

  committed(): void {
    if (!this.#next) return;
    if (this.#next.key !== this.#root.key) wipe(this.#root.key);
    this.#root = this.#next;
    this.#next = null;
  }

  /** The profile is closed. */
  wipe(): void {
    wipe(this.#root.key);
  }

  #stored(): Stored {
    const { database } = this.#options;
    const sealed = database.row('SELECT CAST(row_set AS BLOB) AS root FROM profile')?.bytesOrNull('root');
    if (!sealed) return { kind: 'none' };
    try {
      const { key, sets, noticed } = this.#seal.open(KEY, sealed, bodySchema);
      const secret = new SecretBytes(key);
      wipe(key);
      return { kind: 'root', root: { key: secret, sets: unpacked(sets), noticed } };
    } catch (error) {
      if (error instanceof StorageError && error.code === 'damaged') return { kind: 'damaged' };
      throw error;
    }
  }

  #compared(stored: Stored, planted: boolean): Root {
    if (stored.kind !== 'root') {
      const found = this.#counted();
      const changed = planted || stored.kind === 'damaged' || this.#isMissing(found);
      return { ...found, noticed: changed ? coveredTables : [] };
    }
    const { key, sets, noticed } = stored.root;
    const found = this.#setsUnder(key);
    const changed = coveredTables.filter((table) => {
      const known = sets[table];
      // A table that is covered since this version has no hash yet.
      return planted || noticed.includes(table) || (known && !sameSet(known, found[table]));
    });
    return { key, sets: found, noticed: changed };
  }

  /** No root, and these rows: of an earlier Loom, which had none, or somebody took it away. */
  #isMissing({ sets }: Omit<Root, 'noticed'>): boolean {
    if (coveredTables.every((table) => sets[table]?.count === 0)) return false;
    try {
      return this.#options.identity.isCounted() !== false;
    } catch (error) {
      if (error instanceof StorageError && error.code === 'damaged') return true;
      throw error;
    }
  }

  /** What was found goes into the file at once, if that takes it; if not, it is found again at the next opening. */
  #keep(stored: Stored): void {
    const { database, identity } = this.#options;
    const isFirst = stored.kind === 'none' && this.noticed.length === 0;
    if (this.noticed.length === 0 && !isFirst) return;
    try {
      database.transaction(() => {
        if (isFirst) identity.markCounted();
        else this.#changes.wish('write');
      });
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== 'write-failed') throw error;
    }
  }

  /** All rows counted, under a new key. */
  #counted(): Omit<Root, 'noticed'> {
    const key = new SecretBytes(this.#options.primitives.random(HASH_KEY_BYTES));
    return { key, sets: this.#setsUnder(key) };
  }

  #setsUnder(key: Uint8Array): Record<CoveredTable, SetHash> {
    const { database, primitives } = this.#options;
    const setOf = (table: CoveredTable): SetHash => {
      const hasher = new SetHasher(primitives, key, table);
      return membersOf(database, table).reduce((set, member) => hasher.add(set, member), emptySet());
    };
    const entries = coveredTables.map((table) => [table, setOf(table)] as const);
    return Object.fromEntries(entries) as Record<CoveredTable, SetHash>;
  }

  #followed(changes: readonly RowChange[]): Omit<Root, 'noticed'> {
    const { key, sets } = this.#root;
    const next = { ...sets };
    for (const { table, before, after } of changes) {
      const hasher = new SetHasher(this.#options.primitives, key, table);
      let set = next[table] ?? emptySet();
      if (before) set = hasher.remove(set, before);
      if (after) set = hasher.add(set, after);
      next[table] = set;
    }
    return { key, sets: next };
  }
}

function packed(sets: Sets): Uint8Array {
  const known = coveredTables.map((table) => sets[table] ?? emptySet());
  return concat(...known.flatMap(({ sum, count }) => [sum, float64(count)]));
}

function unpacked(bytes: Uint8Array): Sets {
  const whole = coveredTables.slice(0, Math.floor(bytes.length / SET_BYTES));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = whole.map((table, index) => {
    const [start, end] = [index * SET_BYTES, (index + 1) * SET_BYTES];
    return [table, { sum: bytes.slice(start, end - COUNT_BYTES), count: view.getFloat64(end - COUNT_BYTES) }] as const;
  });
  return Object.fromEntries(entries);
}

/**
 * Loom keeps neither triggers nor views in the file: one that is there is somebody's, and could change rows at any time.
 * @returns whether there were any. @throws StorageError write-failed.
 */
function dropPlanted(database: Database): boolean {
  const sql = `SELECT type = 'view' AS view, CAST(name AS BLOB) AS name FROM sqlite_schema WHERE type IN ('trigger', 'view')`;
  const planted = database.rows(sql);
  if (planted.length === 0) return false;
  database.transaction(() => {
    for (const row of planted) {
      const name = Buffer.from(row.bytes('name')).toString().replaceAll('"', '""');
      // A trigger of a view goes with it.
      database.script(`DROP ${row.number('view') === 1 ? 'VIEW' : 'TRIGGER'} IF EXISTS "${name}"`);
    }
  });
  return true;
}
