// Who we are on one adapter: which name we go by there, and when to take another. A new name is out before the old one
// says goodbye, so that contacts see no gap. Two adapters share neither name nor text, and each changes them in its own
// time: who listens on two networks cannot tell by them that one profile is on both.
import { TimerGroup, randomBetween } from '../../timing/timer-group.ts';
import type { TimerClock } from '../../timing/timer-group.ts';
import { quarterHour } from '../hint.ts';
import { newLabel } from '../presence.ts';
import type { Adapter, AdapterLink } from '../../network/adapters.ts';
import * as limits from './limits.ts';
import type { Announce, Announced } from './medium.ts';
import type { Message, PointerRecord } from './dns/packet.ts';

export interface AdapterAdvertOptions {
  readonly clock: TimerClock;
  readonly random: (length: number) => Uint8Array;
  /** TCP. */
  readonly port: number;
  readonly announce: Announce;
  /** The TXT record of a name. @param round of those not met, whose turn it is. */
  readonly text: (label: string, round: number) => Buffer[];
}

export class AdapterAdvert {
  readonly #options: AdapterAdvertOptions;
  readonly #timers: TimerGroup;
  readonly #labels = new Set<string>();
  /** As it is now; null: it is gone, or has no network. */
  #adapter: Adapter | null = null;
  #current: Announced | null = null;
  /** Names on their way out, still answered for. */
  readonly #leaving = new Set<Announced>();
  #round = 0;
  #quarter = 0;
  #rotations = 0;
  #conflicts = 0;
  #defending = false;
  #rotationDue = false;
  #cancelNextRotation: () => void = () => undefined;

  constructor(options: AdapterAdvertOptions) {
    this.#options = options;
    this.#timers = new TimerGroup(options.clock);
  }

  /** Nothing would be lost by forgetting it: how often it took new names lately neither. */
  get idle(): boolean {
    return this.#adapter === null && this.#rotations === 0;
  }

  owns(label: string): boolean {
    return this.#labels.has(label);
  }

  /** What we would answer to our own question on this link. */
  pointersOn({ adapter }: AdapterLink): PointerRecord[] {
    if (adapter.name !== this.#adapter?.name) return [];
    return [...this.#leaving, this.#current].flatMap((announced) => announced?.pointer ?? []);
  }

  /** The adapter as it is now: a new name when it changed or `anew` is asked for, none when it is gone. */
  follow(adapter: Adapter | null, anew = false): void {
    if (!anew && adapter?.signature === this.#adapter?.signature) return;
    this.#adapter = adapter;
    if (adapter) this.rotate();
    else this.#fallSilent();
  }

  /** Takes a new name; a little later when that was done often just before. */
  rotate(): void {
    if (this.#rotations < limits.MAX_ROTATIONS_PER_MINUTE) {
      this.#rotateNow();
    } else {
      this.#rotateLater();
    }
  }

  /** Someone new is expected. The newest stand first: found now, not in a quarter of an hour. */
  beginRounds(): void {
    this.#round = 0;
  }

  renewText(): void {
    this.#current?.renewText(this.#options.text(this.#current.label, this.#round));
  }

  /** Called every few seconds: renews the TXT record in each new quarter-hour. */
  tick(): void {
    const quarter = quarterHour(this.#options.clock.now());
    if (quarter === this.#quarter) return;
    this.#quarter = quarter;
    const delay = randomBetween(this.#options.random, 0, limits.RENEWAL_SPREAD);
    this.#timers.after(delay, () => {
      this.#round += 1;
      this.renewText();
    });
  }

  /** Says everything once more. */
  repeat(): void {
    this.#current?.repeat();
  }

  receive(message: Message, link: AdapterLink, source: string): void {
    this.#current?.receive(message, link, source);
    for (const announced of this.#leaving) announced.receive(message, link, source);
  }

  /** Says goodbye under every name. */
  stop(): void {
    this.#timers.clear();
    this.#adapter = null;
    this.#fallSilent();
  }

  #fallSilent(): void {
    this.#cancelNextRotation();
    this.#leave();
    this.#current?.withdraw();
    this.#current = null;
  }

  #rotateLater(): void {
    if (this.#rotationDue) return;
    this.#rotationDue = true;
    this.#timers.after(limits.ROTATION_PAUSE, () => {
      this.#rotationDue = false;
      this.#rotateNow();
    });
  }

  #rotateNow(): void {
    const { clock, random, port, announce, text } = this.#options;
    if (!this.#adapter) return;
    this.#rotations += 1;
    this.#timers.after(60_000, () => (this.#rotations -= 1));
    this.#quarter = quarterHour(clock.now());
    const label = newLabel(random);
    this.#own(label);
    if (this.#current) this.#leaving.add(this.#current);
    const announced: Announced = announce({ label, port, text: text(label, this.#round) }, this.#adapter, {
      onEstablished: () => {
        // One that is on its way out itself says nothing about the next.
        if (this.#current === announced) this.#leave();
      },
      onConflict: () => this.#conflict(announced),
    });
    this.#current = announced;
    announced.start();
    this.#cancelNextRotation();
    const lifetime = limits.LABEL_LIFETIME + randomBetween(random, 0, limits.LABEL_SPREAD);
    this.#cancelNextRotation = this.#timers.after(lifetime, () => this.#rotateNow());
  }

  #leave(): void {
    for (const announced of this.#leaving) announced.withdraw();
    this.#leaving.clear();
  }

  #conflict(announced: Announced): void {
    if (this.#conflicts >= limits.MAX_RENAMES) {
      this.#defend(announced);
      return;
    }
    this.#conflicts += 1;
    this.#timers.after(limits.RENAMES_WINDOW, () => (this.#conflicts -= 1));
    announced.drop();
    this.#leaving.delete(announced);
    if (this.#current !== announced) return;
    this.#current = null;
    this.#rotateNow();
  }

  #defend(announced: Announced): void {
    if (this.#defending) return;
    this.#defending = true;
    this.#timers.after(limits.DEFENCE_PAUSE, () => {
      this.#defending = false;
      if (!announced.defend() && this.#current === announced) this.#rotateLater();
    });
  }

  #own(label: string): void {
    this.#labels.add(label);
    for (const oldest of this.#labels) {
      if (this.#labels.size <= limits.MAX_OWN_LABELS) break;
      this.#labels.delete(oldest);
    }
  }
}
