// When and what to answer (RFC 6762 §6, §7): collects what was asked on a link for a moment, drops what the asker
// knows, and says a record once a second at most.
import { randomBetween } from '../../timing/timer-group.ts';
import type { TimerGroup } from '../../timing/timer-group.ts';
import { linkKey } from '../../network/adapters.ts';
import type { AdapterLink } from '../../network/adapters.ts';
import { ANSWER_DELAY, ANSWER_INTERVAL, DEFENCE_INTERVAL, OWN_TTL_SECONDS, TRUNCATED_DELAY } from './limits.ts';
import { recordKey } from './dns/packet.ts';
import type { MdnsRecord, Message, Question } from './dns/packet.ts';

interface Outlet {
  readonly link: AdapterLink;
  /** By `recordKey`. */
  readonly pending: Map<string, MdnsRecord>;
  /** Who asked; null once there are several. */
  asker: string | null;
  waiting: boolean;
  resting: boolean;
  /** A defence went out a moment ago. */
  defended: boolean;
}

export interface AnswererOptions {
  readonly timers: TimerGroup;
  readonly random: (length: number) => Uint8Array;
  /** All records of ours that may be asked for on a link. */
  readonly records: (link: AdapterLink) => readonly MdnsRecord[];
  readonly send: (link: AdapterLink, answers: readonly MdnsRecord[]) => void;
}

export class Answerer {
  readonly #options: AnswererOptions;
  readonly #outlets = new Map<string, Outlet>();

  constructor(options: AnswererOptions) {
    this.#options = options;
  }

  /** Takes a query in; answers later, if there is anything to say. */
  receive(query: Message, link: AdapterLink, source: string): void {
    const known = new Set(query.answers.filter(isFreshlyKnown).map(recordKey));
    const asked = this.#options.records(link).filter((record) => query.questions.some((q) => asksFor(q, record)));
    const wanted = asked.filter((record) => !known.has(recordKey(record)));
    const outlet = this.#outlet(link);
    if (query.questions.length === 0 && outlet.asker === source) this.#forget(outlet, known);
    if (wanted.length === 0) return;
    if (query.authorities.length > 0) this.#defend(outlet, wanted);
    else this.#collect(outlet, wanted, source, query.truncated);
  }

  /** Forgets what was asked; the owner's timers end with it. */
  clear(): void {
    this.#outlets.clear();
  }

  /** Someone probes for a name of ours: they must hear of it before they have finished (RFC 6762 §8.1). */
  #defend(outlet: Outlet, records: readonly MdnsRecord[]): void {
    if (outlet.defended) return;
    outlet.defended = true;
    this.#options.timers.after(DEFENCE_INTERVAL, () => (outlet.defended = false));
    this.#options.send(outlet.link, records);
  }

  #collect(outlet: Outlet, records: readonly MdnsRecord[], source: string, truncated: boolean): void {
    outlet.asker = outlet.pending.size === 0 || outlet.asker === source ? source : null;
    for (const record of records) outlet.pending.set(recordKey(record), record);
    if (outlet.waiting) return;
    outlet.waiting = true;
    const { low, high } = truncated ? TRUNCATED_DELAY : ANSWER_DELAY;
    this.#options.timers.after(randomBetween(this.#options.random, low, high), () => {
      outlet.waiting = false;
      this.#answer(outlet);
    });
  }

  #answer(outlet: Outlet): void {
    if (outlet.resting || outlet.pending.size === 0) return;
    // What was asked is said as it is now: an address or the TXT record may have changed since.
    const current = this.#options.records(outlet.link).filter((record) => outlet.pending.has(recordKey(record)));
    outlet.pending.clear();
    if (current.length === 0) return;
    outlet.resting = true;
    this.#options.timers.after(ANSWER_INTERVAL, () => {
      outlet.resting = false;
      if (!outlet.waiting) this.#answer(outlet);
    });
    this.#options.send(outlet.link, current);
  }

  #forget(outlet: Outlet, known: ReadonlySet<string>): void {
    for (const key of known) outlet.pending.delete(key);
  }

  #outlet(link: AdapterLink): Outlet {
    const key = linkKey(link);
    const existing = this.#outlets.get(key);
    if (existing) return existing;
    const outlet: Outlet = {
      link,
      pending: new Map(),
      asker: null,
      waiting: false,
      resting: false,
      defended: false,
    };
    this.#outlets.set(key, outlet);
    return outlet;
  }
}

function asksFor(question: Question, record: MdnsRecord): boolean {
  return question.name === record.name && (question.type === record.type || question.type === 'ANY');
}

/** RFC 6762 §7.1: known with at least half of its true life left. Ours all live equally long. */
function isFreshlyKnown(record: MdnsRecord): boolean {
  return record.ttl * 2 >= OWN_TTL_SECONDS;
}
