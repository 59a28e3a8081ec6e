// Links with people we do not have as contacts: answered, listened to for a minute, told that nothing was accepted.
import { toHex } from '../../crypto/bytes.ts';
import type { IdentityPublicKey } from '../../crypto/keys.ts';
import { parseEnvelope } from '../../protocol/envelope.ts';
import { STRANGER_LINK_MS } from '../../protocol/limits.ts';
import { BYE, encodeNack, NACK, RECORD } from '../../protocol/records.ts';
import type { Clock } from '../../timing/clock.ts';
import { pickVictim } from '../contacts/eviction.ts';
import type { GreetedLink } from './greeter.ts';
import type { Link } from './link.ts';
import type { RecordRouter } from './record-router.ts';
import { weightless } from './flow/record-weight.ts';

/** Links of strangers at once: each may hold a record that has not come whole. */
const STRANGERS = 64;

export class Strangers {
  readonly #clock: Clock;
  readonly #router: RecordRouter;
  readonly #links = new Map<Link, { who: string; busy: boolean; cancel: () => void }>();

  constructor(clock: Clock, router: RecordRouter) {
    this.#clock = clock;
    this.#router = router;
    router.on(RECORD.envelope, ['stranger'], {
      weight: weightless,
      handle: ({ link }, body) => link.send(RECORD.nack, encodeNack(parseEnvelope(body).messageId, NACK.notAccepted)),
    });
  }

  /** One link of each, and so many in all: the oldest of the lot that has most makes room, unless a person is busy with it. */
  hold(greeted: GreetedLink): void {
    const { link, greeting } = greeted;
    this.release(greeting.theirs.ik);
    if (this.#links.size >= STRANGERS) {
      const idle = [...this.#links].flatMap(([each, { busy }]) => (busy ? [] : [each]));
      const gone = pickVictim([...idle, link], ({ remoteHost }) => remoteHost);
      gone.bye(BYE.busy);
      if (gone === link) return;
    }
    const who = toHex(greeting.theirs.ik);
    this.#links.set(link, { who, busy: false, cancel: this.#timer(link, STRANGER_LINK_MS) });
    link.handOver({
      ...this.#router.to('stranger', greeted),
      onClosed: () => {
        this.#links.get(link)?.cancel();
        this.#links.delete(link);
      },
    });
  }

  /** Somebody we are busy with has `ms` from now. */
  prolong(link: Link, ms: number): void {
    const held = this.#links.get(link);
    if (!held) return;
    held.busy = true;
    held.cancel();
    held.cancel = this.#timer(link, ms);
  }

  /** Ends the links of one identity, or of all. */
  release(ik?: IdentityPublicKey): void {
    const wanted = ik && toHex(ik);
    for (const [link, { who }] of [...this.#links]) if (!wanted || who === wanted) link.bye(BYE.goingOffline);
  }

  #timer(link: Link, ms: number): () => void {
    return this.#clock.after(ms, () => link.bye(BYE.goingOffline));
  }
}
