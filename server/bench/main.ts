// What Loom's inner parts do in a second on this machine: messages through the ratchet, their state serialised as it is
// for every message that is stored, and commits to disk. Started by `npm run bench`.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { choosePrimitives } from '../crypto/choose.ts';
import type { Primitives } from '../crypto/primitives.ts';
import { parseEnvelope } from '../protocol/envelope.ts';
import { makeRatchetKey, Session } from '../protocol/session.ts';
import { Database } from '../storage/database.ts';
import { measure, table } from './measure.ts';
import type { Measurement } from './measure.ts';

const ROUND_MS = 400;
const TEXT_BYTES = 100;

/** Two sessions that speak with each other. */
class Pair {
  readonly #primitives: Primitives;
  readonly #random: (length: number) => Uint8Array;
  readonly #text: Uint8Array;
  #sides: [Session, Session];

  constructor(primitives: Primitives) {
    this.#primitives = primitives;
    this.#random = (length) => primitives.random(length);
    this.#text = primitives.random(TEXT_BYTES);
    const [one, other] = [primitives.random(32), primitives.random(32)];
    const handshake = { handshakeHash: primitives.random(32), exportKey: primitives.random(32) };
    const ratchet = makeRatchetKey(primitives, this.#random);
    const theirRatchet = new Uint8Array(ratchet.publicKey);
    this.#sides = [
      Session.establish(
        { primitives, ourIdentity: one, theirIdentity: other },
        { ...handshake, role: 'initiator', theirRatchet, random: this.#random },
      ),
      Session.establish(
        { primitives, ourIdentity: other, theirIdentity: one },
        { ...handshake, role: 'responder', ratchet },
      ),
    ];
  }

  /** One message, both states serialised as for storage. */
  pass(): void {
    const [sender, receiver] = this.#sides;
    const sent = sender.encrypt(this.#primitives.random(16), this.#text, this.#random);
    sent.next.serialize();
    const got = receiver.decrypt(parseEnvelope(sent.envelope), this.#random, 0);
    got.next.serialize();
    this.#sides = [sent.next, got.next];
  }

  turn(): void {
    this.#sides.reverse();
  }
}

function ratchet(kind: 'native' | 'portable'): readonly Measurement[] {
  const primitives = choosePrimitives(kind === 'portable' ? kind : undefined);
  const oneWay = new Pair(primitives);
  const pingPong = new Pair(primitives);
  return [
    measure(`ratchet ${primitives.name}, one way, ${TEXT_BYTES} B`, ROUND_MS, (times) => {
      for (let done = 0; done < times; done += 1) oneWay.pass();
    }),
    measure(`ratchet ${primitives.name}, ping-pong, ${TEXT_BYTES} B`, ROUND_MS, (times) => {
      for (let done = 0; done < times; done += 1) {
        pingPong.pass();
        pingPong.turn();
      }
    }),
  ];
}

function commits(): readonly Measurement[] {
  const folder = mkdtempSync(join(tmpdir(), 'loom-bench-'));
  const path = join(folder, 'bench.db');
  writeFileSync(path, '');
  const database = new Database(path);
  try {
    database.transaction(() => database.script('CREATE TABLE row (id INTEGER PRIMARY KEY, sealed BLOB)'));
    return [1, 100].map((rows) =>
      measure(`commit of ${rows} row${rows > 1 ? 's' : ''}, 512 B each, synced`, ROUND_MS, (times) => {
        for (let done = 0; done < times; done += 1) insert(database, rows);
      }),
    );
  } finally {
    database.close();
    rmSync(folder, { recursive: true });
  }
}

function insert(database: Database, rows: number): void {
  const sealed = new Uint8Array(512);
  database.transaction(() => {
    for (let row = 0; row < rows; row += 1) database.change('INSERT INTO row (sealed) VALUES (?)', sealed);
  });
}

console.log(`Node ${process.versions.node} on ${process.platform} ${process.arch}; medians\n`);
console.log(table([...ratchet('native'), ...ratchet('portable'), ...commits()]));
