// Links with people we do not have as contacts: answered, listened to for a minute, told that nothing was accepted.
import { toHex } from '../crypto/bytes.ts';
import { parseEnvelope } from '../protocol/envelope.ts';
import { STRANGER_LINK_MS } from '../protocol/limits.ts';
import { BYE, encodeNack, NACK, RECORD } from '../protocol/records.ts';
import type { Channel } from './channel.ts';
import type { Clock } from './clock.ts';
import { whoGivesWay } from './fair-share.ts';

/** Links of strangers at once: each may hold a record that has not come whole. */
const STRANGERS = 64;

export class Strangers {
  readonly #clock: Clock;
  readonly #channels = new Map<Channel, { who: string; busy: boolean; cancel: () => void }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One link of each, and so many in all: the oldest of the lot that has most makes room, unless a person is busy with it. */
  hold(channel: Channel, ik: Uint8Array, onPair: (body: Uint8Array) => void): void {
    this.release(ik);
    if (this.#channels.size >= STRANGERS) {
      const idle = [...this.#channels].flatMap(([each, { busy }]) => (busy ? [] : [each]));
      const gone = whoGivesWay([...idle, channel], ({ remoteHost }) => remoteHost);
      gone.bye(BYE.busy);
      if (gone === channel) return;
    }
    this.#channels.set(channel, { who: toHex(ik), busy: false, cancel: this.#timer(channel, STRANGER_LINK_MS) });
    channel.listener = {
      onSecured: () => undefined,
      onRecord: ({ type, body }) => {
        if (type === RECORD.pair) onPair(body);
        if (type !== RECORD.envelope) return;
        channel.send(RECORD.nack, encodeNack(parseEnvelope(body).messageId, NACK.notAccepted));
      },
      onClosed: () => {
        this.#channels.get(channel)?.cancel();
        this.#channels.delete(channel);
      },
    };
  }

  /** Somebody we are busy with has `ms` from now. */
  prolong(channel: Channel, ms: number): void {
    const held = this.#channels.get(channel);
    if (!held) return;
    held.busy = true;
    held.cancel();
    held.cancel = this.#timer(channel, ms);
  }

  /** Ends the links of one identity, or of all. */
  release(ik?: Uint8Array): void {
    const wanted = ik && toHex(ik);
    for (const [channel, { who }] of [...this.#channels]) if (!wanted || who === wanted) channel.bye(BYE.goingOffline);
  }

  #timer(channel: Channel, ms: number): () => void {
    return this.#clock.after(ms, () => channel.bye(BYE.goingOffline));
  }
}
