// The search index beside SQLite's own for substrings, FTS5 with trigrams, on the same texts in the same process: the newest
// fifty that hold a term. Whatever the reference finds, the index must find.
import sqlite from 'node-sqlite3-wasm';
import { fold } from '../engine/search/fold.ts';
import { TextIndex } from '../engine/search/text-index.ts';
import type { Row } from './report.ts';
import { quantile, spreadOf, type Spread } from './statistics.ts';

export interface SearchScale {
  readonly texts: number;
  readonly rounds: number;
}

/** What people look for: rare and common, in another script, part of an address, and nowhere. */
const TERMS = ['word17', 'ord9', '喝绿茶', 'example/menu', 'word12 word3', 'not in any of them', 'e', 'word99 '];
const PAGE = 50;
/** Goals for each 100,000 texts: 15 ms for 99 of 100 queries, and a third more than the texts take. */
const QUERY_MS = 15;
const MEMORY = 1.3;
const MEGABYTE = 1024 * 1024;

const never = new AbortController().signal;

interface Reference {
  find(term: string): readonly number[];
  end(): void;
}

export async function measureSearch({ texts: count, rounds }: SearchScale): Promise<readonly Row[]> {
  const texts = Array.from({ length: count }, (_, at) => fold(textOf(at)));
  const index = new TextIndex();
  for (const [at, text] of texts.entries()) index.addNewer({ row: at + 1, tag: 0, time: 0, text });
  const reference = fts5(texts);
  const measured: { ours: number; reference: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const term of TERMS) measured.push(await sideBySide(index, reference, fold(term)));
  }
  reference.end();
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / MEGABYTE;
  const size = index.size / MEGABYTE;
  index.wipe();
  return [queryRow(count, measured), memoryRow(count, size, bytes)];
}

function queryRow(count: number, measured: readonly { readonly ours: number; readonly reference: number }[]): Row {
  const [ours, reference] = [
    slowest(measured.map((each) => each.ours)),
    slowest(measured.map((each) => each.reference)),
  ];
  return {
    what: `${count.toLocaleString('en')} messages searched, newest 50, p99`,
    unit: 'ms',
    ours,
    reference: { what: 'FTS5 trigram', ...reference },
    ratio: constant(ours.median - reference.median),
    goal: { kind: 'at-most-more', by: (QUERY_MS * count) / 100_000 },
  };
}

function memoryRow(count: number, size: number, bytes: number): Row {
  return {
    what: `${count.toLocaleString('en')} messages: memory of the search index`,
    unit: 'MB',
    ours: constant(size),
    reference: { what: 'the texts', ...constant(bytes) },
    ratio: constant(size / bytes),
    goal: { kind: 'at-most', ratio: MEMORY },
  };
}

/** @throws Error when the reference found what the index did not. */
async function sideBySide(
  index: TextIndex,
  reference: Reference,
  term: string,
): Promise<{ ours: number; reference: number }> {
  const start = performance.now();
  const ours = await newest(index, term);
  const middle = performance.now();
  const theirs = reference.find(term);
  const end = performance.now();
  const missing = theirs.filter((row) => !ours.includes(row));
  if (missing.length > 0) throw new Error(`the index misses ${missing.length} texts with “${term}”`);
  return { ours: middle - start, reference: end - middle };
}

async function newest(index: TextIndex, term: string): Promise<number[]> {
  const rows: number[] = [];
  const wanted = { terms: [Buffer.from(term)], accepts: () => true, below: Infinity };
  for await (const { row } of index.find(wanted, never)) {
    rows.push(row);
    if (rows.length === PAGE) break;
  }
  return rows;
}

/** In memory, as nothing of what people write may lie on the disk in clear. It finds terms of three letters and more. */
function fts5(texts: readonly string[]): Reference {
  const database = new sqlite.Database(':memory:');
  database.exec(`CREATE VIRTUAL TABLE said USING fts5 (text, content = '', tokenize = 'trigram')`);
  database.exec('BEGIN');
  const insert = database.prepare('INSERT INTO said (rowid, text) VALUES (?, ?)');
  for (const [at, text] of texts.entries()) insert.run([at + 1, text]);
  insert.finalize();
  database.exec('COMMIT');
  const select = database.prepare('SELECT rowid AS row FROM said WHERE said MATCH ? ORDER BY rowid DESC LIMIT ?');
  return {
    find: (term) => select.all([`"${term}"`, PAGE]).map((found) => Number(found.row)),
    end: () => {
      select.finalize();
      database.close();
    },
  };
}

/** 77 bytes on average; one in fifty Chinese, one in twenty with an address. Ever the same. */
function textOf(at: number): string {
  if (at % 50 === 7) return `我们今天下午一起去喝绿茶还是咖啡${at % 97}`;
  const words = Array.from({ length: 6 + ((at * 7) % 9) }, (_, nth) => `word${(at * 31 + nth * 17) % 4001}`);
  if (at % 20 === 3) words.push(`https://tea${at % 13}.example/menu?x=${at}`);
  return words.join(' ');
}

/** What 99 of 100 stay under, with the median and that as its spread. */
function slowest(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.99), low: spreadOf(values).median, high: quantile(sorted, 1) };
}

function constant(value: number): Spread {
  return { median: value, low: value, high: value };
}
