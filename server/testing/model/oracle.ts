// What must be so in the end, whatever happened: kept beside the Looms, by whoever asked them to send.
import type { Message } from '../../contract/model.ts';
import type { MessageId } from '../../contract/ids.ts';

/** `stored`: the command said so. `unknown`: the process died over it. */
export type Fate = 'stored' | 'unknown';

interface Sent {
  readonly id: MessageId;
  readonly body: string;
  fate: Fate;
}

/** One direction between two people. */
export class Direction {
  readonly #sent: Sent[] = [];
  /** Messages up to here may be missing: one of the two went back to an older database. */
  #forgiven = 0;
  #wentBack = false;
  #holed = false;
  #ordered = true;

  /** Said before the command is given, so that the order is that of the commands. */
  asked(id: MessageId, body: string): Sent {
    const sent: Sent = { id, body, fate: 'unknown' };
    this.#sent.push(sent);
    return sent;
  }

  /** It was refused, and is nowhere. */
  refused(sent: Sent): void {
    this.#sent.splice(this.#sent.indexOf(sent), 1);
  }

  restored(who: 'sender' | 'receiver'): void {
    this.#forgiven = this.#sent.length;
    this.#wentBack = true;
    if (who === 'receiver') this.holed();
    else if (this.#holed) this.#ordered = false;
  }

  /** The receiver may miss numbers: a sender that then goes back in time gives them to other messages. */
  holed(): void {
    this.#holed = true;
  }

  /** @throws Error naming what is wrong. @param out what the sender has. @param in_ what the receiver has. */
  check(out: readonly Message[], in_: readonly Message[]): void {
    const said = new Map(this.#sent.map((sent) => [sent.id, sent]));
    for (const [side, messages] of [
      ['sender', out],
      ['receiver', in_],
    ] as const) {
      const ids = messages.map(({ id }) => id);
      const there = new Set(ids);
      if (there.size !== ids.length) throw new Error(`the ${side} has a message twice`);
      for (const { id, body } of messages) {
        if (said.get(id)?.body !== body) throw new Error(`the ${side} has "${body}", which nobody said`);
      }
      const missing = this.#sent.slice(this.#forgiven).find(({ id, fate }) => fate === 'stored' && !there.has(id));
      if (missing) throw new Error(`the ${side} does not have "${missing.body}"`);
      const inOrder = this.#sent.map(({ id }) => id).filter((id) => there.has(id));
      if (this.#ordered && inOrder.join() !== ids.join())
        throw new Error(`the ${side} has another order: ${orderOf(messages, inOrder)}`);
    }
    const undelivered = out.find(({ state }) => state !== 'delivered');
    if (undelivered) throw new Error(`"${undelivered.body}" is ${undelivered.state}`);
    // What they had before may be missing, presence keys as well, and is said to be.
    if (this.#wentBack) return;
    const received = new Set(in_.map(({ id }) => id));
    const nowhere = out.find(({ id }) => !received.has(id));
    if (nowhere) throw new Error(`"${nowhere.body}" is delivered, and not there`);
    const holed = in_.find(({ missing }) => missing > 0);
    if (holed) throw new Error(`${holed.missing} are said to be missing before "${holed.body}"`);
  }
}

/** The first message that stands elsewhere, and what should stand there. */
function orderOf(messages: readonly Message[], inOrder: readonly string[]): string {
  const at = messages.findIndex(({ id }, index) => id !== inOrder[index]);
  const expected = messages.find(({ id }) => id === inOrder[at]);
  return `"${messages[at]?.body ?? ''}" where "${expected?.body ?? ''}" should be`;
}
