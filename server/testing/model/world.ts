// A few real Looms on a network in memory, what happens to them, and what must be so once nothing more happens.
import { directConversation } from '../../storage/tables/conversation-rowids.ts';
import { CommandError } from '../../contract/errors.ts';
import { choosePrimitives } from '../../crypto/choose.ts';
import { toHex } from '../../crypto/bytes.ts';
import { anyId } from '../ids.ts';
import { parseEnvelope } from '../../protocol/envelope.ts';
import { OLD_SESSIONS } from '../../protocol/limits.ts';
import { RECORD } from '../../protocol/records.ts';
import { Session } from '../../protocol/session.ts';
import type { ActiveLink } from '../../engine/links/active-link.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import { seededRandom } from '../seeded-random.ts';
import { tapRecords } from '../network/link-records.ts';
import { watchKeys, type KeyWatch } from '../network/session-pair.ts';
import type { TempProfile } from '../disk/temp-profile.ts';
import { Town, turns, type TestLoom } from '../test-loom.ts';
import type { Label, Operation, Schedule } from './operations.ts';
import { Direction } from './oracle.ts';

const YEAR_MS = 365 * 24 * 3600 * 1000;
/** A session with everything it may keep. */
const SESSION_BYTES = 512 * 1024;
const REPLAYED = 1000;
/** How long peace may take to come: backoff and dead links are all shorter. */
const ROUND_MS = 50;
const ROUNDS = 10_000;

const native = choosePrimitives(undefined);

interface Citizen {
  readonly index: number;
  readonly loom: TestLoom;
  readonly watch: KeyWatch;
  snapshot: TempProfile | null;
  killAt: { label: Label; nth: number } | null;
  /** Since it was started last. */
  killed: boolean;
}

/** Plays a schedule and checks what is left. @returns how many operations were done, messages included. @throws Error naming what is wrong. */
export async function play(schedule: Schedule): Promise<number> {
  const world = new World(schedule);
  try {
    await world.settle();
    for (const operation of schedule.operations) await world.run(operation);
    await world.peace();
    await world.check();
    return world.done;
  } finally {
    await world.end();
  }
}

export class World {
  done = 0;
  readonly #town = new Town();
  readonly #schedule: Schedule;
  readonly #random: (length: number) => Uint8Array;
  readonly #citizens: Citizen[] = [];
  readonly #directions = new Map<string, Direction>();
  /** Envelopes that have come, by direction. */
  readonly #came = new Map<string, Uint8Array[]>();
  /** Sends what somebody keeps back, by direction. */
  readonly #kept = new Map<string, () => void>();
  #messages = 0;
  #restored = false;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
    this.#random = seededRandom(String(schedule.seed));
    const { network } = this.#town;
    network.onWritten = (host) => this.#reached(host, 'after-wire');
    network.onRead = (host) => this.#reached(host, 'before-read');
  }

  /** Everybody has everybody as a contact. */
  async settle(): Promise<void> {
    for (let index = 0; index < this.#schedule.looms; index += 1) {
      const watch = watchKeys({ ...native, random: this.#random });
      const loom = await this.#town.make(`L${index}`, { primitives: watch.primitives, random: this.#random });
      this.#citizens.push({ index, loom, watch, snapshot: null, killAt: null, killed: false });
    }
    for (const [a, b] of this.#pairs()) {
      await a.loom.add(b.loom, nameOf(b));
      this.#directions.set(keyOf(a, b), new Direction());
    }
    for (const citizen of this.#citizens) this.#observe(citizen);
  }

  async run(operation: Operation): Promise<void> {
    this.done += 1;
    switch (operation.kind) {
      case 'send':
        return this.#send(operation);
      case 'turns':
        return turns(operation.count);
      case 'wait':
        return this.#wait(operation.ms);
      case 'cut':
      case 'tear':
      case 'hold':
      case 'release':
      case 'heal':
        this.#disturb(operation);
        return;
      case 'dial-both':
        return this.#between(operation.a, operation.b, async (a, b) => {
          await Promise.all([this.#connect(a, b), this.#connect(b, a)]);
        });
      case 'replay':
      case 'shuffle':
        return this.#between(operation.from, operation.to, (from, to) => {
          if (operation.kind === 'replay') this.#replay(from, to, operation.count);
          else this.#keep(from, to, operation.count);
        });
      case 'block':
        return this.#between(operation.who, operation.whom, async (who, whom) => {
          if (who.loom.isRunning) await this.#block(who, whom, operation.blocked);
        });
      default:
        return this.#change(operation);
    }
  }

  /** Everything is mended, everybody is there and talks to everybody, until nothing is left to say. */
  async peace(): Promise<void> {
    for (const citizen of this.#citizens) {
      citizen.killAt = null;
      if (!citizen.loom.isRunning) await this.#start(citizen);
    }
    this.#town.network.heal();
    for (const give of this.#kept.values()) give();
    this.#kept.clear();
    for (const [a, b] of this.#pairs()) await this.#block(a, b, false);
    for (const [a, b] of this.#pairs()) await this.#connect(a, b);
    let round = 0;
    while (!this.#isQuiet()) {
      round += 1;
      if (round > ROUNDS) throw new Error(`no peace: ${await this.#report()}`);
      await turns();
      this.#town.clock.advance(ROUND_MS);
    }
    // Whatever was dialled at the same time is decided by now.
    await this.#wait(3000);
    if (!this.#isQuiet()) throw new Error(`no lasting peace: ${await this.#report()}`);
  }

  async check(): Promise<void> {
    for (const [a, b] of this.#pairs()) {
      const out = (await a.loom.history(nameOf(b))).filter(({ direction }) => direction === 'out');
      const in_ = (await b.loom.history(nameOf(a))).filter(({ direction }) => direction === 'in');
      const name = `${nameOf(a)} to ${nameOf(b)}`;
      try {
        this.#direction(a, b).check(out, in_);
      } catch (error) {
        throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
      this.#checkSessions(a, b);
      const { links } = await a.loom.run('network.status');
      const theirs = links.filter(({ contact }) => contact === this.#contact(a, b).id).length;
      if (theirs !== 1) throw new Error(`${name}: ${theirs} links`);
    }
    const [a, b] = this.#citizens;
    if (a && b) await this.#checkHealing(a, b);
    const seals = this.#citizens.flatMap(({ watch }) => watch.seals);
    if (new Set(seals).size !== seals.length) throw new Error('a key and nonce was used twice');
    await this.#checkFiles();
  }

  /** However it ended, and whole copies put back: nothing of that is a change that somebody made. */
  async #checkFiles(): Promise<void> {
    for (const { loom } of this.#citizens) {
      const { changedWhileClosed } = await loom.run('status.get');
      if (changedWhileClosed.length > 0) throw new Error(`taken for a change: ${changedWhileClosed.join()}`);
    }
  }

  async end(): Promise<void> {
    for (const { snapshot } of this.#citizens) snapshot?.remove();
    await this.#town.end();
  }

  async #send({ from, to, count }: { from: number; to: number; count: number }): Promise<void> {
    await this.#between(from, to, async (a, b) => {
      if (!a.loom.isRunning) return;
      const contact = this.#contact(a, b).id;
      const direction = this.#direction(a, b);
      const { profile } = a.loom;
      const sends = Array.from({ length: count }, async () => {
        this.#messages += 1;
        const body = `${nameOf(a)}${nameOf(b)} ${this.#messages}`;
        const id = anyId(this.#messages.toString(16).padStart(32, '0'));
        const sent = direction.asked(id, body);
        try {
          await profile.execute('message.send', { conversation: directConversation(contact), body, id });
          if (a.loom.isRunning && a.loom.profile === profile) sent.fate = 'stored';
        } catch (error) {
          const isBlocked = error instanceof CommandError && error.code === 'contact-blocked';
          if (isBlocked) direction.refused(sent);
          else if (a.loom.isRunning && a.loom.profile === profile) throw error;
        }
      });
      this.done += count;
      await Promise.all(sends);
    });
  }

  async #wait(ms: number): Promise<void> {
    const step = Math.max(20, Math.ceil(ms / 40));
    for (let passed = 0; passed < ms; passed += step) {
      await turns(2);
      this.#town.clock.advance(Math.min(step, ms - passed));
    }
  }

  #disturb(operation: Extract<Operation, { kind: 'cut' | 'tear' | 'hold' | 'release' | 'heal' }>): void {
    const { network } = this.#town;
    if (operation.kind === 'heal') {
      network.heal();
      return;
    }
    const [a, b] = [this.#citizen(operation.a).loom.host, this.#citizen(operation.b).loom.host];
    if (a === b) return;
    if (operation.kind === 'tear') network.tear(a, b, operation.kept);
    else network[operation.kind](a, b);
  }

  async #change(
    operation: Extract<Operation, { kind: 'kill' | 'kill-at' | 'restart' | 'snapshot' | 'restore' | 'clock' }>,
  ): Promise<void> {
    const citizen = this.#citizen(operation.who);
    const { loom } = citizen;
    switch (operation.kind) {
      case 'kill':
        this.#kill(citizen);
        return;
      case 'kill-at':
        citizen.killAt = { label: operation.label, nth: operation.nth };
        return;
      case 'restart':
        await loom.stop();
        return this.#start(citizen);
      case 'snapshot':
        citizen.snapshot?.remove();
        citizen.snapshot = loom.snapshot();
        return;
      case 'restore':
        if (citizen.snapshot) await this.#restore(citizen, citizen.snapshot);
        return;
      case 'clock':
        loom.wrongBy = operation.years * YEAR_MS;
    }
  }

  async #start(citizen: Citizen): Promise<void> {
    // The code of a killed process went on for a moment, and stored nothing of what it did.
    if (citizen.killed) citizen.watch.spent.clear();
    citizen.killed = false;
    await citizen.loom.start();
    this.#observe(citizen);
  }

  async #restore(citizen: Citizen, snapshot: TempProfile): Promise<void> {
    this.#kill(citizen);
    citizen.loom.restore(snapshot);
    this.#restored = true;
    for (const other of this.#citizens) {
      this.#directions.get(keyOf(citizen, other))?.restored('sender');
      this.#directions.get(keyOf(other, citizen))?.restored('receiver');
    }
    await this.#start(citizen);
  }

  #kill(citizen: Citizen): void {
    citizen.killAt = null;
    citizen.killed = true;
    // Steps that were not stored are undone: their keys are not gone.
    citizen.watch.spent.clear();
    for (const other of this.#citizens)
      for (const key of [keyOf(citizen, other), keyOf(other, citizen)]) this.#kept.delete(key);
    citizen.loom.kill();
  }

  #reached(host: string, label: Label): void {
    const citizen = this.#citizens.find(({ loom }) => loom.host === host);
    if (!citizen?.loom.isRunning || citizen.killAt?.label !== label) return;
    citizen.killAt.nth -= 1;
    if (citizen.killAt.nth <= 0) this.#kill(citizen);
  }

  /** Looks at commits and at envelopes that come, of the process that runs now. */
  #observe(citizen: Citizen): void {
    const { store, engine } = citizen.loom.profile.opened;
    const { journal } = store;
    const flush = journal.flush.bind(journal);
    journal.flush = () => {
      this.#reached(citizen.loom.host, 'before-commit');
      flush();
      this.#reached(citizen.loom.host, 'after-commit');
    };
    const watch = ({ contact, link }: ActiveLink): void => {
      const name = engine.roster.find(contact)?.name;
      const from = this.#citizens.find((other) => nameOf(other) === name);
      if (!from) return;
      tapRecords(link, ({ type, body }) => {
        if (type === RECORD.envelope) this.#cameFrom(from, citizen).push(body.slice());
      });
    };
    engine.links.activeLinks().forEach(watch);
    engine.links.activated.on(watch);
  }

  #replay(from: Citizen, to: Citizen, count: number): void {
    const came = this.#cameFrom(from, to);
    const link = this.#activeLinkOf(from, to)?.link;
    for (const body of came.slice(-count)) link?.send(RECORD.envelope, body);
    came.splice(0, came.length - REPLAYED);
  }

  #keep(from: Citizen, to: Citizen, count: number): void {
    const link = this.#activeLinkOf(from, to)?.link;
    const key = keyOf(from, to);
    // Nothing says that what comes before the first message is missing.
    if (!link || this.#kept.has(key) || !to.loom.isRunning || this.#contact(to, from).inSeq === 0) return;
    const send = link.send.bind(link);
    const kept: Uint8Array[] = [];
    this.#direction(from, to).holed();
    const give = (): void => {
      link.send = send;
      this.#kept.delete(key);
      for (const body of this.#shuffled(kept)) send(RECORD.envelope, body);
    };
    this.#kept.set(key, give);
    link.send = (type, body) => {
      if (type !== RECORD.envelope) send(type, body);
      else if (kept.push(body) >= count) give();
    };
  }

  #shuffled<T>(items: readonly T[]): T[] {
    const order = items.map((item) => [toHex(this.#random(4)), item] as const);
    return order.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  }

  async #block(who: Citizen, whom: Citizen, blocked: boolean): Promise<void> {
    await this.#ask(who, () => who.loom.run('contact.block', { contact: this.#contact(who, whom).id, blocked }));
  }

  async #connect(who: Citizen, whom: Citizen): Promise<void> {
    if (who.loom.isRunning && !this.#contact(who, whom).blocked)
      await this.#ask(who, () => who.loom.run('contact.connect', { contact: this.#contact(who, whom).id }));
  }

  /** A command that a kill may interrupt. */
  async #ask(who: Citizen, command: () => Promise<unknown>): Promise<void> {
    const { profile } = who.loom;
    try {
      await command();
    } catch (error) {
      if (who.loom.isRunning && who.loom.profile === profile) throw error;
    }
  }

  #isQuiet(): boolean {
    for (const [a, b] of this.#pairs()) {
      const contact = this.#contact(a, b);
      if (!this.#activeLinkOf(a, b)) return false;
      const { outbox } = a.loom.profile.opened.store;
      if (outbox.pending({ contact: contact.id, device: contact.device }, -Infinity, 1).length > 0) return false;
    }
    return true;
  }

  async #report(): Promise<string> {
    const lines: string[] = [];
    for (const [a, b] of this.#pairs()) {
      const { connection, queued } = await a.loom.contact(nameOf(b));
      lines.push(`${nameOf(a)}>${nameOf(b)} ${connection} ${queued}`);
    }
    return lines.join(', ');
  }

  #checkSessions(a: Citizen, b: Citizen): void {
    const name = `${nameOf(a)} to ${nameOf(b)}`;
    const held = this.#sessions(a, b);
    if (held.length > 1 + OLD_SESSIONS) throw new Error(`${name}: ${held.length} sessions`);
    const current = held.find(({ role }) => role === 'current');
    const theirs = this.#sessions(b, a).find(({ role }) => role === 'current');
    if (!current || current.id !== theirs?.id) throw new Error(`${name}: they do not share a session`);
    for (const { state } of held) {
      if (state.length > SESSION_BYTES) throw new Error(`${name}: a session of ${state.length} bytes`);
      if (this.#restored) continue; // Old keys came back with the old database.
      const hex = toHex(state);
      for (const key of a.watch.spent)
        if (hex.includes(key)) throw new Error(`${name}: a key that was used is still there`);
    }
  }

  /** So many texts in turn, `first` first, each at rest before the next. */
  async #talk(first: Citizen, second: Citizen, count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      const [from, to] = n % 2 === 0 ? [first, second] : [second, first];
      await this.#send({ from: from.index, to: to.index, count: 1 });
      for (let round = 0; !this.#isQuiet(); round += 1) {
        if (round > ROUNDS) throw new Error('no answer');
        await turns();
        this.#town.clock.advance(ROUND_MS);
      }
    }
  }

  /** Who steals a state can follow for a while, and no more once both have answered under fresh keys. */
  async #checkHealing(a: Citizen, b: Citizen): Promise<void> {
    // An old database whose numbers fit into what the other side has seen is found out by what it sends next.
    if (this.#restored) await this.#talk(a, b, 2);
    const stolen = this.#sessions(a, b).find(({ role }) => role === 'current');
    if (!stolen) throw new Error('nothing to steal');
    const { sessions } = a.loom.profile.opened.engine;
    let thief = Session.parse(sessions.context(this.#contact(a, b)), stolen.state);
    const came = this.#cameFrom(b, a);
    came.length = 0;
    // The first two see to it that a key of before is not used on; then one round trip.
    await this.#talk(b, a, 5);
    const opened = came.map((body) => {
      try {
        thief = thief.decrypt(parseEnvelope(body), this.#random, this.#town.clock.now()).next;
        return true;
      } catch {
        return false;
      }
    });
    if (opened.at(0) !== true) throw new Error('the thief cannot even follow: this proves nothing');
    if (opened.at(-1) !== false) throw new Error('a stolen state never heals');
  }

  #sessions(a: Citizen, b: Citizen): ReturnType<typeof a.loom.profile.opened.store.sessions.load> {
    const { id, device } = this.#contact(a, b);
    return a.loom.profile.opened.store.sessions.load(id, device);
  }

  #activeLinkOf(a: Citizen, b: Citizen): ActiveLink | null {
    return a.loom.isRunning ? a.loom.profile.opened.engine.links.activeLinkOf(this.#contact(a, b).id) : null;
  }

  #contact(a: Citizen, b: Citizen): ContactRecord {
    const found = a.loom.profile.opened.engine.roster.list().find(({ name }) => name === nameOf(b));
    if (!found) throw new Error(`${nameOf(a)} does not know ${nameOf(b)}`);
    return found;
  }

  #cameFrom(from: Citizen, to: Citizen): Uint8Array[] {
    const key = keyOf(from, to);
    const came = this.#came.get(key) ?? [];
    this.#came.set(key, came);
    return came;
  }

  #direction(from: Citizen, to: Citizen): Direction {
    const direction = this.#directions.get(keyOf(from, to));
    if (!direction) throw new Error('no such direction');
    return direction;
  }

  #citizen(number: number): Citizen {
    const citizen = this.#citizens[number % this.#citizens.length];
    if (!citizen) throw new Error('nobody is there');
    return citizen;
  }

  async #between(a: number, b: number, action: (a: Citizen, b: Citizen) => void | Promise<void>): Promise<void> {
    const [first, second] = [this.#citizen(a), this.#citizen(b)];
    if (first !== second) await action(first, second);
  }

  #pairs(): (readonly [Citizen, Citizen])[] {
    return this.#citizens.flatMap((a) => this.#citizens.filter((b) => b !== a).map((b) => [a, b] as const));
  }
}

function nameOf({ index }: Citizen): string {
  return `L${index}`;
}

function keyOf(from: Citizen, to: Citizen): string {
  return `${from.index}>${to.index}`;
}
