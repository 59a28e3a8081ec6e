// What is asked of others, and when (RFC 6762 §5.2, §7.1).
import { randomBetween } from '../../timing/timer-group.ts';
import type { TimerGroup } from '../../timing/timer-group.ts';
import { isComplete, isHeardOn } from './advert-cache.ts';
import type { Advert } from './advert-cache.ts';
import type { AdapterLink } from '../../network/adapters.ts';
import * as limits from './limits.ts';
import { encodeQuery, encodedLength } from './dns/packet.ts';
import type { MdnsRecord, PointerRecord, Question } from './dns/packet.ts';
import { QUESTION_FOR_ALL, answerFor, questionsFor } from './dns/questions.ts';

export interface AskerOptions {
  readonly timers: TimerGroup;
  readonly random: (length: number) => Uint8Array;
  /** All links there are at the moment. */
  readonly links: () => readonly AdapterLink[];
  readonly send: (link: AdapterLink, bytes: Uint8Array) => void;
  /** Our own answers to the question for all on a link. */
  readonly ownAnswers: (link: AdapterLink) => readonly PointerRecord[];
  /** All that are known. */
  readonly adverts: () => readonly Advert[];
  /** How long an advert is still believed, ms. */
  readonly left: (advert: Advert) => number;
}

/** Its timers end with their owner. */
export class Asker {
  readonly #options: AskerOptions;
  #cancelBrowsing: () => void = () => undefined;
  #completing = false;

  constructor(options: AskerOptions) {
    this.#options = options;
  }

  /** Asks soon, and then ever more rarely. */
  browse(): void {
    this.#cancelBrowsing();
    const { low, high } = limits.ANSWER_DELAY;
    const again = (round: number): void => {
      for (const link of this.#options.links()) this.askAll(link, this.#options.ownAnswers(link));
      const delay = limits.BROWSE_DELAYS[Math.min(round, limits.BROWSE_DELAYS.length - 1)] ?? 0;
      this.#cancelBrowsing = this.#options.timers.after(delay, () => again(round + 1));
    };
    this.#cancelBrowsing = this.#options.timers.after(randomBetween(this.#options.random, low, high), () => again(0));
  }

  /** An advert came in parts. */
  completeSoon(): void {
    this.#completeAfter(limits.COMPLETION_DELAY);
  }

  #completeAfter(delay: number): void {
    if (this.#completing) return;
    this.#completing = true;
    this.#options.timers.after(delay, () => {
      this.#completing = false;
      this.#complete();
    });
  }

  #complete(): void {
    const open = this.#options
      .adverts()
      .filter((advert) => !isComplete(advert) && advert.completions < limits.MAX_COMPLETIONS);
    const asked = open.slice(0, limits.MAX_ASKED_TOGETHER);
    for (const advert of asked) advert.completions += 1;
    this.askAbout(asked, []);
    if (open.length > 0) this.#completeAfter(limits.COMPLETION_INTERVAL);
  }

  /** Asks about adverts, on the adapters they were heard on: what is near on one network is no other's business. */
  askAbout(adverts: readonly Advert[], also: readonly Question[]): void {
    for (const link of this.#options.links()) {
      const questions = adverts.filter((advert) => isHeardOn(advert, link)).flatMap(questionsFor);
      if (questions.length > 0)
        this.#options.send(link, encodeQuery([...also, ...questions], this.#options.ownAnswers(link)));
    }
  }

  /** The question for all, with the answers from this adapter we need not hear again (RFC 6762 §7.1). */
  askAll(link: AdapterLink, own: readonly MdnsRecord[]): void {
    const known = [...own];
    let length = encodeQuery([QUESTION_FOR_ALL], known).length;
    for (const advert of this.#options.adverts()) {
      const left = this.#options.left(advert);
      if (!isComplete(advert) || left * 2 < advert.lifetime || !isHeardOn(advert, link)) continue;
      const record = answerFor(advert.label, Math.floor(left / 1000));
      length += encodedLength(record);
      if (length > limits.MAX_SENT_BYTES) break;
      known.push(record);
    }
    this.#options.send(link, encodeQuery([QUESTION_FOR_ALL], known));
  }
}
