// Our presence on the network: which name we go by, and when to take another. A new name is out before the old one
// says goodbye, so that contacts see no gap.
import { equal, wipe } from '../../crypto/bytes.ts';
import { TimerGroup, randomBetween } from '../clock.ts';
import type { DiscoveryClock } from '../clock.ts';
import type { Card, MeetingKeys, Presence } from '../discovery.ts';
import { NONCE_LENGTH, meetingSlots, newLabel, presenceHash, quarterHour, turnOf } from '../presence.ts';
import type { Hmac } from '../presence.ts';
import type { Adapter, Link } from './adapters.ts';
import { Announcement } from './announcement.ts';
import * as limits from './limits.ts';
import type { Message, PointerRecord } from './packet.ts';
import { encodeText } from './text.ts';

export interface AnnouncerOptions {
  readonly primitives: Hmac;
  readonly clock: DiscoveryClock;
  readonly random: (length: number) => Uint8Array;
  /** Keys are copied. */
  readonly presence: Presence;
  /** TCP. */
  readonly port: number;
  readonly send: (link: Link, bytes: Uint8Array) => void;
  readonly adapters: () => readonly Adapter[];
}

export class Announcer {
  readonly #options: AnnouncerOptions;
  readonly #timers: TimerGroup;
  readonly #labels = new Set<string>();
  #key: Uint8Array;
  #unmet: readonly MeetingKeys[];
  #card: Card | null;
  /** Of those not met, whose turn it is. */
  #round = 0;
  #current: Announcement | null = null;
  /** Names on their way out, still answered for. */
  readonly #leaving = new Set<Announcement>();
  #quarter = 0;
  #rotations = 0;
  #conflicts = 0;
  #rotationDue = false;
  #cancelNextRotation: () => void = () => undefined;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
    const { ownKey, unmet, card } = options.presence;
    this.#key = ownKey.slice();
    this.#unmet = unmet.map(copyOf);
    this.#card = card;
    this.#timers = new TimerGroup(options.clock);
  }

  owns(label: string): boolean {
    return this.#labels.has(label);
  }

  /** What we would answer to our own questions, which come back to us by loop: known, so it need not be said. */
  knownAnswers(): PointerRecord[] {
    return [...this.#leaving, this.#current].flatMap((announcement) => announcement?.pointer ?? []);
  }

  /** Takes a new name for the adapters as they are now; a little later when that was done often just before. */
  rotate(): void {
    if (this.#rotations < limits.MAX_ROTATIONS_PER_MINUTE) {
      this.#rotateNow();
    } else if (!this.#rotationDue) {
      this.#rotationDue = true;
      this.#timers.after(limits.ROTATION_PAUSE, () => {
        this.#rotationDue = false;
        this.#rotateNow();
      });
    }
  }

  /**
   * The name changes with the key: who held only the old one must not be able to follow. It changes with the card, too:
   * who read ours while we were visible must not know us by our name after.
   */
  use({ ownKey, unmet, card }: Presence): void {
    const rename = !equal(ownKey, this.#key) || card?.name !== this.#card?.name || card?.token !== this.#card?.token;
    const newcomers = unmet.some(({ contact }) => !this.#unmet.some((known) => known.contact === contact));
    this.#wipe();
    this.#key = ownKey.slice();
    this.#unmet = unmet.map(copyOf);
    this.#card = card;
    // The newest stand first: somebody just added is found now, not in a quarter of an hour.
    if (newcomers) this.#round = 0;
    if (rename) this.rotate();
    else if (newcomers) this.#renew();
  }

  /** Called every few seconds: renews the TXT record in each new quarter-hour. */
  tick(): void {
    const quarter = quarterHour(this.#options.clock.now());
    if (quarter === this.#quarter) return;
    this.#quarter = quarter;
    const delay = randomBetween(this.#options.random, 0, limits.RENEWAL_SPREAD);
    this.#timers.after(delay, () => {
      this.#round += 1;
      this.#renew();
    });
  }

  /** Says everything once more. */
  repeat(): void {
    this.#current?.repeat();
  }

  receive(message: Message, link: Link, source: string): void {
    this.#current?.receive(message, link, source);
    for (const announcement of this.#leaving) announcement.receive(message, link, source);
  }

  /** Says goodbye under every name. */
  stop(): void {
    this.#timers.clear();
    this.#leave();
    this.#current?.withdraw();
    this.#current = null;
    this.#wipe();
  }

  #renew(): void {
    this.#current?.renewText(this.#text(this.#current.label));
  }

  #wipe(): void {
    wipe(this.#key, ...this.#unmet.flatMap(({ ours, theirs }) => [ours, theirs]));
  }

  #rotateNow(): void {
    const { clock, random, port, send } = this.#options;
    this.#count(
      () => (this.#rotations += 1),
      () => (this.#rotations -= 1),
    );
    this.#quarter = quarterHour(clock.now());
    const label = newLabel(random);
    this.#own(label);
    if (this.#current) this.#leaving.add(this.#current);
    const announcement: Announcement = new Announcement(
      { label, port, text: this.#text(label) },
      this.#options.adapters(),
      {
        clock,
        random,
        send,
        onEstablished: () => this.#leave(),
        onConflict: () => this.#conflict(announcement),
      },
    );
    this.#current = announcement;
    announcement.start();
    this.#cancelNextRotation();
    const lifetime = limits.LABEL_LIFETIME + randomBetween(random, 0, limits.LABEL_SPREAD);
    this.#cancelNextRotation = this.#timers.after(lifetime, () => this.#rotateNow());
  }

  #leave(): void {
    for (const announcement of this.#leaving) announcement.withdraw();
    this.#leaving.clear();
  }

  #conflict(announcement: Announcement): void {
    if (this.#conflicts >= limits.MAX_RENAMES_PER_MINUTE) return;
    this.#count(
      () => (this.#conflicts += 1),
      () => (this.#conflicts -= 1),
    );
    announcement.drop();
    this.#leaving.delete(announcement);
    if (this.#current !== announcement) return;
    this.#current = null;
    this.#rotateNow();
  }

  #text(label: string): Buffer[] {
    const { primitives, clock, random, port } = this.#options;
    const nonce = random(NONCE_LENGTH);
    const quarter = quarterHour(clock.now());
    const hash = presenceHash(primitives, this.#key, quarter, label, nonce, port);
    const turn = turnOf(this.#unmet, this.#round).map(({ ours }) => ours);
    const slots = meetingSlots(primitives, random, turn, { quarter, label, nonce, port });
    return encodeText({ nonce, hash, slots, ...(this.#card && { card: this.#card }) });
  }

  #own(label: string): void {
    this.#labels.add(label);
    for (const oldest of this.#labels) {
      if (this.#labels.size <= limits.MAX_OWN_LABELS) break;
      this.#labels.delete(oldest);
    }
  }

  /** Counts something for a minute. */
  #count(up: () => void, down: () => void): void {
    up();
    this.#timers.after(60_000, down);
  }
}

function copyOf({ contact, ours, theirs }: MeetingKeys): MeetingKeys {
  return { contact, ours: ours.slice(), theirs: theirs.slice() };
}
