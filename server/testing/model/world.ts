// A few real Looms on a network in memory, what happens to them, and what must be so once nothing more happens.
import type { Message } from '../../contract/model.ts';
import { choosePrimitives } from '../../crypto/choose.ts';
import { seededRandom } from '../seeded-random.ts';
import { watchKeys } from '../network/session-pair.ts';
import { turns } from '../passing-time.ts';
import { Town } from '../test-loom.ts';
import { FADING_MS, type Operation, type Schedule } from './operations.ts';
import { checkAgreed, checkFiles, checkHealing, checkSessions } from './checks.ts';
import { Citizens, nameOf, type Citizen } from './citizens.ts';
import { readSilently } from './deeds.ts';
import { Direction } from './oracle.ts';
import { Pace } from './pace.ts';
import { Processes } from './processes.ts';
import { Talk } from './talk.ts';
import { Wiretap } from './wiretap.ts';

const YEAR_MS = 365 * 24 * 3600 * 1000;

const native = choosePrimitives(undefined);

/** Plays a schedule and checks what is left. @returns how many operations were done, messages included. @throws Error naming what is wrong. */
export async function play(schedule: Schedule): Promise<number> {
  const world = new World(schedule);
  try {
    await world.settle();
    for (const operation of schedule.operations) await world.run(operation);
    await world.peace();
    await world.checkReading();
    await world.fade();
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
  readonly #citizens = new Citizens();
  readonly #wiretap: Wiretap;
  readonly #processes: Processes;
  readonly #talk: Talk;
  readonly #pace: Pace;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
    this.#random = seededRandom(String(schedule.seed));
    this.#wiretap = new Wiretap(this.#citizens, this.#random);
    this.#processes = new Processes(this.#citizens, this.#wiretap);
    this.#talk = new Talk(this.#citizens, this.#wiretap);
    this.#pace = new Pace(this.#town.clock, this.#citizens);
    const { network } = this.#town;
    network.onWritten = (host) => this.#processes.reached(host, 'after-wire');
    network.onRead = (host) => this.#processes.reached(host, 'before-read');
  }

  /** Everybody has everybody as a contact. */
  async settle(): Promise<void> {
    for (let index = 0; index < this.#schedule.looms; index += 1) {
      const watch = watchKeys({ ...native, random: this.#random });
      const loom = await this.#town.make(`L${index}`, { primitives: watch.primitives, random: this.#random });
      this.#citizens.all.push({ index, loom, watch, snapshot: null, killAt: null, killed: false });
    }
    for (const [a, b] of this.#citizens.pairs()) {
      await a.loom.add(b.loom, nameOf(b));
      this.#citizens.follow(a, b, new Direction());
    }
    for (const citizen of this.#citizens.all) this.#processes.observe(citizen);
  }

  async run(operation: Operation): Promise<void> {
    this.done += 1;
    switch (operation.kind) {
      case 'send':
        return this.#send(operation);
      case 'act':
        return this.#between(operation.from, operation.to, (a, b) => this.#talk.act(a, b, operation));
      case 'timer':
        return this.#between(operation.from, operation.to, (a, b) => this.#talk.setTimer(a, b, operation.seconds));
      case 'turns':
        return turns(operation.count);
      case 'wait':
        return this.#pace.wait(operation.ms);
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
        return this.#between(operation.from, operation.to, async (from, to) => {
          if (operation.kind === 'replay') this.#wiretap.replay(from, to, operation.count);
          else await this.#talk.shuffle(from, to, operation.count);
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
    for (const citizen of this.#citizens.all) {
      citizen.killAt = null;
      if (!citizen.loom.isRunning) await this.#processes.start(citizen);
    }
    this.#town.network.heal();
    this.#wiretap.release();
    for (const [a, b] of this.#citizens.pairs()) await this.#block(a, b, false);
    for (const [a, b] of this.#citizens.pairs()) await this.#connect(a, b);
    await this.#pace.untilPeace();
  }

  /** All has been told that a person has read. */
  checkReading(): Promise<void> {
    return this.#checkTalk((direction, out, in_) => direction.checkRead(out, in_));
  }

  /** Everybody reads everything, and every life is over. */
  async fade(): Promise<void> {
    for (const [a, b] of this.#citizens.pairs())
      await a.loom.run('message.read', { conversation: this.#citizens.conversation(a, b) });
    await this.#pace.wait(FADING_MS / 2);
    await this.#pace.wait(FADING_MS / 2);
    await this.#pace.untilPeace();
  }

  async check(): Promise<void> {
    await this.#checkTalk((direction, out, in_) => {
      direction.checkRead(out, in_);
      direction.check(out, in_);
    });
    for (const [a, b] of this.#citizens.pairs()) {
      const name = `${nameOf(a)} to ${nameOf(b)}`;
      checkSessions(this.#citizens, a, b, { restored: this.#processes.restored });
      const { links } = await a.loom.run('network.status');
      const theirs = links.filter(({ contact }) => contact === this.#citizens.contact(a, b).id).length;
      if (theirs !== 1) throw new Error(`${name}: ${theirs} links`);
    }
    const [a, b] = this.#citizens.all;
    if (a && b) {
      await checkHealing(this.#citizens, [a, b], {
        restored: this.#processes.restored,
        random: this.#random,
        now: () => this.#town.clock.now(),
        talk: (first, second, count) => this.#inTurn(first, second, count),
      });
    }
    const seals = this.#citizens.all.flatMap(({ watch }) => watch.seals);
    if (new Set(seals).size !== seals.length) throw new Error('a key and nonce was used twice');
    if (!this.#processes.restored) await checkAgreed(this.#citizens);
    await checkFiles(this.#citizens);
  }

  async end(): Promise<void> {
    for (const { snapshot } of this.#citizens.all) snapshot?.remove();
    await this.#town.end();
  }

  async #checkTalk(check: (direction: Direction, out: Message[], in_: Message[]) => void): Promise<void> {
    for (const [a, b] of this.#citizens.pairs()) {
      const out = (await a.loom.history(nameOf(b))).filter(({ direction }) => direction === 'out');
      const in_ = (await b.loom.history(nameOf(a))).filter(({ direction }) => direction === 'in');
      try {
        check(this.#citizens.direction(a, b), out, in_);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(`${nameOf(a)} to ${nameOf(b)}: ${why}`, { cause: error });
      }
    }
  }

  async #send({ from, to, count }: { from: number; to: number; count: number }): Promise<void> {
    await this.#between(from, to, async (a, b) => {
      if (!a.loom.isRunning) return;
      this.done += count;
      await Promise.all(Array.from({ length: count }, () => this.#talk.say(a, b)));
    });
  }

  #disturb(operation: Extract<Operation, { kind: 'cut' | 'tear' | 'hold' | 'release' | 'heal' }>): void {
    const { network } = this.#town;
    if (operation.kind === 'heal') {
      network.heal();
      return;
    }
    const [a, b] = [this.#citizens.citizen(operation.a).loom.host, this.#citizens.citizen(operation.b).loom.host];
    if (a === b) return;
    if (operation.kind === 'tear') network.tear(a, b, operation.kept);
    else network[operation.kind](a, b);
  }

  async #change(
    operation: Extract<
      Operation,
      { kind: 'describe' | 'kill' | 'kill-at' | 'restart' | 'snapshot' | 'restore' | 'clock' }
    >,
  ): Promise<void> {
    const citizen = this.#citizens.citizen(operation.who);
    const { loom } = citizen;
    switch (operation.kind) {
      case 'describe':
        return this.#talk.describe(citizen, operation.value);
      case 'kill':
        this.#processes.kill(citizen);
        return;
      case 'kill-at':
        citizen.killAt = { label: operation.label, nth: operation.nth };
        return;
      case 'restart':
        await loom.stop();
        return this.#processes.start(citizen);
      case 'snapshot':
        citizen.snapshot?.remove();
        citizen.snapshot = loom.snapshot();
        return;
      case 'restore':
        if (citizen.snapshot) await this.#processes.restore(citizen, citizen.snapshot);
        return;
      case 'clock':
        loom.wrongBy = operation.years * YEAR_MS;
    }
  }

  async #block(who: Citizen, whom: Citizen, blocked: boolean): Promise<void> {
    await this.#ask(who, async () => {
      if (blocked) await readSilently(this.#citizens, who, whom);
      await who.loom.run('contact.block', { contact: this.#citizens.contact(who, whom).id, blocked });
    });
  }

  async #connect(who: Citizen, whom: Citizen): Promise<void> {
    if (who.loom.isRunning && !this.#citizens.contact(who, whom).blocked)
      await this.#ask(who, () => who.loom.run('contact.connect', { contact: this.#citizens.contact(who, whom).id }));
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

  /** So many texts in turn, `first` first, each at rest before the next. */
  async #inTurn(first: Citizen, second: Citizen, count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      const [from, to] = n % 2 === 0 ? [first, second] : [second, first];
      await this.#send({ from: from.index, to: to.index, count: 1 });
      await this.#pace.untilQuiet();
    }
  }

  async #between(a: number, b: number, action: (a: Citizen, b: Citizen) => void | Promise<void>): Promise<void> {
    const [first, second] = [this.#citizens.citizen(a), this.#citizens.citizen(b)];
    if (first !== second) await action(first, second);
  }
}
