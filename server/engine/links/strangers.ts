// Links with people we do not have as contacts: answered, listened to for a minute, told that nothing was accepted.
import { toHex } from '../../crypto/bytes.ts';
import type { IdentityPublicKey } from '../../crypto/keys.ts';
import { parseEnvelope } from '../../protocol/envelope.ts';
import { STRANGER_LINK_MS } from '../../protocol/limits.ts';
import { BYE, encodeNack, NACK, RECORD } from '../../protocol/records.ts';
import type { Link } from './link.ts';
import type { Clock } from '../../timing/clock.ts';
import { pickVictim } from '../contacts/eviction.ts';

/** Links of strangers at once: each may hold a record that has not come whole. */
const STRANGERS = 64;

export class Strangers {
  readonly #clock: Clock;
  readonly #channels = new Map<Link, { who: string; busy: boolean; cancel: () => void }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One link of each, and so many in all: the oldest of the lot that has most makes room, unless a person is busy with it. */
  hold(link: Link, ik: IdentityPublicKey, onPair: (body: Uint8Array) => void): void {
    this.release(ik);
    if (this.#channels.size >= STRANGERS) {
      const idle = [...this.#channels].flatMap(([each, { busy }]) => (busy ? [] : [each]));
      const gone = pickVictim([...idle, link], ({ remoteHost }) => remoteHost);
      gone.bye(BYE.busy);
      if (gone === link) return;
    }
    this.#channels.set(link, { who: toHex(ik), busy: false, cancel: this.#timer(link, STRANGER_LINK_MS) });
    link.listener = {
      onSecured: () => undefined,
      onRecord: ({ type, body }) => {
        if (type === RECORD.pair) onPair(body);
        if (type !== RECORD.envelope) return;
        link.send(RECORD.nack, encodeNack(parseEnvelope(body).messageId, NACK.notAccepted));
      },
      onClosed: () => {
        this.#channels.get(link)?.cancel();
        this.#channels.delete(link);
      },
    };
  }

  /** Somebody we are busy with has `ms` from now. */
  prolong(link: Link, ms: number): void {
    const held = this.#channels.get(link);
    if (!held) return;
    held.busy = true;
    held.cancel();
    held.cancel = this.#timer(link, ms);
  }

  /** Ends the links of one identity, or of all. */
  release(ik?: IdentityPublicKey): void {
    const wanted = ik && toHex(ik);
    for (const [link, { who }] of [...this.#channels]) if (!wanted || who === wanted) link.bye(BYE.goingOffline);
  }

  #timer(link: Link, ms: number): () => void {
    return this.#clock.after(ms, () => link.bye(BYE.goingOffline));
  }
}
