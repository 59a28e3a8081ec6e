// Our presence on all networks: one persona for each adapter, all under the same keys.
import { equal, wipe } from '../../crypto/bytes.ts';
import type { TimerClock } from '../../timing/timer-group.ts';
import type { Card, RendezvousKeys, Presence } from '../discovery.ts';
import { NONCE_LENGTH, rendezvousSlots, presenceHint, quarterHour, turnOf } from '../hint.ts';
import type { Hmac } from '../hint.ts';
import type { Adapter, AdapterLink } from '../../network/adapters.ts';
import type { Announce } from './medium.ts';
import type { Message, PointerRecord } from './dns/packet.ts';
import { AdapterAdvert } from './adapter-advert.ts';
import { encodeText } from './dns/txt-record.ts';

export interface AnnouncerOptions {
  readonly primitives: Hmac;
  readonly clock: TimerClock;
  readonly random: (length: number) => Uint8Array;
  /** Keys are copied. */
  readonly presence: Presence;
  /** TCP. */
  readonly port: number;
  readonly announce: Announce;
}

export class Announcer {
  readonly #options: AnnouncerOptions;
  /** By the adapter's name; of one that is gone until it is idle. */
  readonly #personas = new Map<string, AdapterAdvert>();
  #key: Uint8Array;
  #unmet: readonly RendezvousKeys[];
  #card: Card | null;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
    const { ownKey, unmet, card } = options.presence;
    this.#key = ownKey.slice();
    this.#unmet = unmet.map(copyOf);
    this.#card = card;
  }

  owns(label: string): boolean {
    return this.#all().some((persona) => persona.owns(label));
  }

  /** What we would answer to our own question on this link, which comes back to us by loop: known, so it need not be said. */
  knownAnswersOn(link: AdapterLink): PointerRecord[] {
    return this.#all().flatMap((persona) => persona.pointersOn(link));
  }

  /** New names where adapters came or changed; `anew`: on all, as what was said before may not have gone out. */
  follow(adapters: readonly Adapter[], anew: boolean): void {
    for (const [name, persona] of this.#personas) {
      if (!adapters.some((adapter) => adapter.name === name)) persona.follow(null);
    }
    for (const adapter of adapters) this.#personaOn(adapter.name).follow(adapter, anew);
    this.#forgetIdle();
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
    for (const persona of this.#all()) {
      if (newcomers) persona.beginRounds();
      if (rename) persona.rotate();
      else if (newcomers) persona.renewText();
    }
  }

  /** Called every few seconds. */
  tick(): void {
    for (const persona of this.#all()) persona.tick();
    this.#forgetIdle();
  }

  /** Says everything once more. */
  repeat(): void {
    for (const persona of this.#all()) persona.repeat();
  }

  receive(message: Message, link: AdapterLink, source: string): void {
    for (const persona of this.#all()) persona.receive(message, link, source);
  }

  /** Says goodbye under every name. */
  stop(): void {
    for (const persona of this.#all()) persona.stop();
    this.#personas.clear();
    this.#wipe();
  }

  #all(): AdapterAdvert[] {
    return [...this.#personas.values()];
  }

  #personaOn(adapter: string): AdapterAdvert {
    const known = this.#personas.get(adapter);
    if (known) return known;
    const { clock, random, port, announce } = this.#options;
    const text = (label: string, round: number): Buffer[] => this.#text(label, round);
    const persona = new AdapterAdvert({ clock, random, port, announce, text });
    this.#personas.set(adapter, persona);
    return persona;
  }

  #forgetIdle(): void {
    for (const [name, persona] of this.#personas) {
      if (!persona.idle) continue;
      persona.stop();
      this.#personas.delete(name);
    }
  }

  #wipe(): void {
    wipe(this.#key, ...this.#unmet.flatMap(({ ours, theirs }) => [ours, theirs]));
  }

  #text(label: string, round: number): Buffer[] {
    const { primitives, clock, random, port } = this.#options;
    const nonce = random(NONCE_LENGTH);
    const moment = { quarter: quarterHour(clock.now()), label, nonce, port };
    const hint = presenceHint(primitives, this.#key, moment);
    const turn = turnOf(this.#unmet, round).map(({ ours }) => ours);
    const slots = rendezvousSlots(primitives, random, turn, moment);
    return encodeText({ nonce, hint, slots, ...(this.#card && { card: this.#card }) });
  }
}

function copyOf({ contact, ours, theirs }: RendezvousKeys): RendezvousKeys {
  return { contact, ours: ours.slice(), theirs: theirs.slice() };
}
