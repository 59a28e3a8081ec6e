// Two contacts test each other (protocol §10): each dials the other and tells what came of it, since each sees only half
// of why they do not reach each other. What they answer is their word, shown to people and used for nothing else.
import type { CheckResult } from '../../contract/diagnosis.ts';
import type { ContactId } from '../../contract/ids.ts';
import { toHex } from '../../crypto/bytes.ts';
import { formatAddress, isLoopbackAddress, withoutScope } from '../../network/addresses.ts';
import { encodeCheck, encodeChecked, parseCheck, parseChecked, type DialBack } from '../../protocol/check.ts';
import {
  CHECK_DEADLINE_MS,
  CHECK_DIALS_MS,
  CHECK_EVERY_MS,
  CHECK_ID_BYTES,
  CHECK_TRIES,
} from '../../protocol/limits.ts';
import { RECORD } from '../../protocol/records.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import { deferred } from '../../timing/deferred.ts';
import { runInBackground } from '../background.ts';
import type { Dialler } from '../links/dialler.ts';
import type { Clock } from '../../timing/clock.ts';
import type { Roster } from '../contacts/roster.ts';
import type { PresenceService } from '../presence/presence-service.ts';
import type { ActiveLink } from '../links/active-link.ts';
import type { RecordRouter } from '../links/record-router.ts';
import { knownAddresses, type KnownAddress } from '../presence/known-addresses.ts';

/** We ask a contact no sooner again, but tell what it answered: a little longer than it takes for them to answer again. */
const ASK_EVERY_MS = CHECK_EVERY_MS + 1_000;

interface Question {
  readonly contact: ContactId;
  /** When it was asked, on both clocks. */
  readonly now: number;
  readonly monotonic: number;
  readonly settle: (compared: CheckResult | null) => void;
}

interface Asked {
  readonly at: number;
  readonly answer: Promise<CheckResult | null>;
}

export interface TwoWayCheckOptions {
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
  readonly roster: Roster;
  readonly presence: PresenceService;
  readonly dialler: Dialler;
  readonly router: RecordRouter;
  /** IP addresses of this machine, without scope. */
  readonly hosts: () => ReadonlySet<string>;
}

export class TwoWayCheck {
  readonly #options: TwoWayCheckOptions;
  /** By the id of the CHECK, in hex. */
  readonly #questions = new Map<string, Question>();
  /** By contact: what was asked last, and when we answered last. */
  readonly #asked = new Map<string, Asked>();
  readonly #answered = new Map<ContactId, number>();

  constructor(options: TwoWayCheckOptions) {
    this.#options = options;
    const { router } = options;
    router.on(RECORD.check, ['active'], { handle: (activeLink, body) => this.#onCheck(activeLink, body) });
    router.on(RECORD.checked, ['active'], { handle: (activeLink, body) => this.#onChecked(activeLink, body) });
  }

  /** Asks who is at the other end of an active link. Null: no answer came. */
  ask(activeLink: ActiveLink): Promise<CheckResult | null> {
    const { clock } = this.#options;
    const last = this.#asked.get(activeLink.contact);
    if (last && clock.monotonic() - last.at < ASK_EVERY_MS) return last.answer;
    const answer = this.#ask(activeLink);
    this.#asked.set(activeLink.contact, { at: clock.monotonic(), answer });
    return answer;
  }

  #onCheck(activeLink: ActiveLink, body: Uint8Array): void {
    const id = parseCheck(body);
    const { clock } = this.#options;
    const begun = clock.monotonic();
    if (begun - (this.#answered.get(activeLink.contact) ?? -Infinity) < CHECK_EVERY_MS) return;
    this.#answered.set(activeLink.contact, begun);
    runInBackground(this.#answer(activeLink, id, { now: clock.now(), monotonic: begun }));
  }

  #onChecked(activeLink: ActiveLink, body: Uint8Array): void {
    const { id, at, took, nearby, tried } = parseChecked(body);
    const question = this.#questions.get(toHex(id));
    if (question?.contact !== activeLink.contact) return;
    const travelled = this.#options.clock.monotonic() - question.monotonic - took;
    question.settle({
      // It took half of the way there to be read, as far as anybody can know.
      clockDifference: Math.round(at - (question.now + Math.max(0, travelled) / 2)),
      theySeeUs: nearby,
      theyTried: tried.map(({ endpoint: { host, port }, outcome, ms }) => ({
        address: formatAddress(host, port),
        outcome,
        ms,
      })),
    });
  }

  stop(): void {
    for (const { settle } of [...this.#questions.values()]) settle(null);
  }

  #ask({ contact, link }: ActiveLink): Promise<CheckResult | null> {
    const { clock, random } = this.#options;
    const id = random(CHECK_ID_BYTES);
    return new Promise((resolve) => {
      const settle = (compared: CheckResult | null): void => {
        cancel();
        this.#questions.delete(toHex(id));
        resolve(compared);
      };
      const cancel = clock.after(CHECK_DEADLINE_MS, () => settle(null));
      this.#questions.set(toHex(id), { contact, now: clock.now(), monotonic: clock.monotonic(), settle });
      link.send(RECORD.check, encodeCheck(id));
    });
  }

  async #answer(
    activeLink: ActiveLink,
    id: Uint8Array,
    came: { readonly now: number; readonly monotonic: number },
  ): Promise<void> {
    const tried = await this.#dialBack(activeLink);
    const { presence, clock } = this.#options;
    const nearby = presence.list().some(({ contact }) => contact === activeLink.contact);
    const took = Math.min(CHECK_DEADLINE_MS, Math.round(clock.monotonic() - came.monotonic));
    activeLink.link.send(RECORD.checked, encodeChecked({ id, at: came.now, took, nearby, tried }));
  }

  /**
   * Dials who asks, at places that we know by ourselves. What other hosts answer is not theirs to know, nor how long
   * that takes: their advert may name anybody's.
   */
  async #dialBack(activeLink: ActiveLink): Promise<readonly DialBack[]> {
    const over = deferred<null>();
    const cancel = this.#options.clock.after(CHECK_DIALS_MS, () => over.resolve(null));
    const told: DialBack[] = [];
    await Promise.race([this.#dialAll(activeLink, told), over.promise]);
    cancel();
    return [...told];
  }

  /** Done when the link's host has answered and they were reached somewhere. @param told grows until then. */
  async #dialAll(activeLink: ActiveLink, told: DialBack[]): Promise<void> {
    const contact = this.#options.roster.find(activeLink.contact);
    if (!contact) return;
    const isTheirs = this.#isTheirHost(activeLink.link.remoteHost);
    const known = await knownAddresses(contact, this.#options.presence);
    const theirs = known.filter(isTheirs).slice(0, CHECK_TRIES);
    const others = known.filter((place) => !isTheirs(place)).slice(0, CHECK_TRIES - theirs.length);
    const reached = deferred<undefined>();
    const tell = (answer: DialBack): void => {
      told.push(answer);
      if (answer.outcome === 'reached') reached.resolve(undefined);
    };
    this.#dialEach(contact, others, 'untold', tell).forEach(runInBackground);
    await Promise.all(this.#dialEach(contact, theirs, 'told', tell));
    if (others.length > 0) await reached.promise;
  }

  #dialEach(
    { staticKey }: ContactRecord,
    places: readonly KnownAddress[],
    kind: 'told' | 'untold',
    tell: (answer: DialBack) => void,
  ): readonly Promise<void>[] {
    const targets = places.map(({ target }) => target);
    return this.#options.dialler.probe(staticKey, targets, kind).map(async (probe, index) => {
      const { outcome, ms } = await probe;
      const target = targets[index];
      if (!target || (kind === 'untold' && outcome !== 'reached')) return;
      const endpoint = { host: withoutScope(target.host), port: target.port };
      tell({ endpoint, outcome, ms: Math.min(CHECK_DEADLINE_MS, ms) });
    });
  }

  /** Where the link comes from, unless that is this computer: what listens here is nobody's to know. */
  #isTheirHost(remoteHost: string): (place: KnownAddress) => boolean {
    const ours = isLoopbackAddress(remoteHost) || this.#options.hosts().has(withoutScope(remoteHost));
    return ({ target: { host } }) => !ours && host === remoteHost;
  }
}
