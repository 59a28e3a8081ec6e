// What must be so in the end, whatever happened: kept beside the Looms, by whoever asked them to send and to act.
import { OURSELVES } from '../../contract/messages.ts';
import type { Message } from '../../contract/model.ts';
import type { MessageId } from '../../contract/ids.ts';
import { Steps, type Fate } from './steps.ts';

/** Who of the two: who wrote a message, or who it is for. */
export type Party = 'writer' | 'reader';

export interface Sent {
  readonly id: MessageId;
  readonly body: string;
  fate: Fate;
  /** Whether it disappears; unknown: the process died over it. */
  fades: boolean | 'unknown';
  readonly words: Steps<string>;
  readonly deleted: Steps<boolean>;
  /** Empty: none. */
  readonly reaction: Readonly<Record<Party, Steps<string>>>;
}

/** One direction between two people. */
export class Direction {
  readonly #sent: Sent[] = [];
  /** For how long texts are there, as either of them has asked; seconds, 0: they stay. */
  readonly #lives = new Set([0]);
  /** Messages up to here may be missing: one of the two went back to an older database. */
  #forgiven = 0;
  #wentBack = false;
  /** Read by somebody who has blocked the sender: told only with something that is read later. */
  readonly #silent = new Set<string>();
  #holed = false;
  #ordered = true;

  /** Said before the command is given, so that the order is that of the commands. */
  asked(id: MessageId, body: string): Sent {
    const reaction = { writer: new Steps(''), reader: new Steps('') };
    const sent: Sent = {
      ...{ id, body, fate: 'unknown', fades: 'unknown' },
      ...{ words: new Steps(body), deleted: new Steps(false), reaction },
    };
    this.#sent.push(sent);
    return sent;
  }

  /** @param life how long it is there, seconds; 0: it stays. @throws Error when nobody has asked for that. */
  stored(sent: Sent, life: number): void {
    if (!this.#lives.has(life)) throw new Error(`"${sent.body}" is there for ${life} s, which nobody has set`);
    sent.fate = 'stored';
    sent.fades = life > 0;
  }

  /** One of them asks for this life of what is said from now on. */
  timed(life: number): void {
    this.#lives.add(life);
  }

  /** It was refused, and is nowhere. */
  refused(sent: Sent): void {
    this.#sent.splice(this.#sent.indexOf(sent), 1);
  }

  /** @throws Error when nobody sent it. */
  of(id: MessageId): Sent {
    const sent = this.#sent.find((each) => each.id === id);
    if (!sent) throw new Error(`nobody sent ${id}`);
    return sent;
  }

  /** These are read, or about to be, while their sender is blocked. */
  readSilently(ids: readonly MessageId[]): void {
    for (const id of ids) this.#silent.add(id);
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

  /**
   * Of what was read here, with all before it, the sender knows; of nothing else.
   * @throws Error naming what is wrong. @param out what the sender has. @param in_ what the receiver has.
   */
  checkRead(out: readonly Message[], in_: readonly Message[]): void {
    if (this.#wentBack) return;
    // One that was taken back counts as read, though nobody has.
    const end = in_.findIndex(({ state, kind }) => state !== 'read' || kind === 'deleted');
    const read = in_.slice(0, end === -1 ? in_.length : end).map(({ id }) => id);
    const told = new Set(read.slice(0, read.findLastIndex((id) => !this.#silent.has(id)) + 1));
    const untold = out.find(({ id, state }) => told.has(id) && state !== 'read');
    if (untold) throw new Error(`"${untold.body}" was read, and is ${untold.state}`);
    const unread = new Set(in_.filter(({ state }) => state !== 'read').map(({ id }) => id));
    const claimed = out.find(({ id, state }) => unread.has(id) && state === 'read');
    if (claimed) throw new Error(`"${claimed.body}" was not read, and is said to be`);
  }

  /**
   * Once all is read and every life is over.
   * @throws Error naming what is wrong. @param out what the sender has. @param in_ what the receiver has.
   */
  check(out: readonly Message[], in_: readonly Message[]): void {
    this.#checkSide('sender', out.filter(isNoLine));
    this.#checkSide('receiver', in_.filter(isNoLine));
    const undelivered = out.find(({ state }) => state !== 'delivered' && state !== 'read');
    if (undelivered) throw new Error(`"${undelivered.body}" is ${undelivered.state}`);
    // What they had before may be missing, presence keys as well, and is said to be.
    if (this.#wentBack) return;
    checkLines(out, in_);
    const received = new Map(in_.map((message) => [message.id, message]));
    for (const message of out) {
      const theirs = received.get(message.id);
      if (theirs) checkAgreed(message, theirs);
    }
    // What was taken back before it went is never shown there.
    const nowhere = out.find(({ id, kind }) => !received.has(id) && kind !== 'deleted');
    if (nowhere) throw new Error(`"${nowhere.body}" is delivered, and not there`);
    const holed = in_.find(({ missing }) => missing > 0);
    if (holed) throw new Error(`${holed.missing} are said to be missing before "${holed.body}"`);
  }

  #checkSide(side: Side, messages: readonly Message[]): void {
    const said = new Map(this.#sent.map((sent) => [sent.id, sent]));
    const ids = messages.map(({ id }) => id);
    const there = new Set(ids);
    if (there.size !== ids.length) throw new Error(`the ${side} has a message twice`);
    const forgiven = new Set(this.#sent.slice(0, this.#forgiven).map(({ id }) => id));
    for (const message of messages) {
      const sent = said.get(message.id);
      if (!sent) throw new Error(`the ${side} has "${message.body}", which nobody said`);
      if (!forgiven.has(message.id)) checkActs(side, message, sent);
      const fades = sent.fades === true || message.disappears !== undefined;
      if (fades && message.kind !== 'deleted') throw new Error(`the ${side} still has "${message.body}"`);
    }
    const missing = this.#sent
      .slice(this.#forgiven)
      .find(({ id, fate, fades, deleted }) => fate === 'stored' && !fades && !there.has(id) && !deleted.allows(true));
    if (missing) throw new Error(`the ${side} does not have "${missing.body}"`);
    const inOrder = this.#sent.map(({ id }) => id).filter((id) => there.has(id));
    if (this.#ordered && inOrder.join() !== ids.join())
      throw new Error(`the ${side} has another order: ${orderOf(messages, inOrder)}`);
  }
}

type Side = 'sender' | 'receiver';

/** What people said, and not what they set. */
function isNoLine({ kind }: Message): boolean {
  return kind !== 'change';
}

/** @throws Error when the two sides tell of other settings. */
function checkLines(out: readonly Message[], in_: readonly Message[]): void {
  const [ours = '', theirs = ''] = [out, in_].map((messages) =>
    messages
      .map((message) => (message.kind === 'change' ? `${message.id} ${message.change.timer} s` : ''))
      .filter(Boolean)
      .join(),
  );
  if (ours !== theirs) throw new Error(`other settings: ${ours}, and there ${theirs}`);
}

const SIDE = {
  sender: { ours: 'writer', theirs: 'reader' },
  receiver: { ours: 'reader', theirs: 'writer' },
} as const;

/** @throws Error when a message is not what people made of it. */
function checkActs(side: Side, message: Message, sent: Sent): void {
  const isDeleted = message.kind === 'deleted';
  if (!sent.deleted.allows(isDeleted))
    throw new Error(`the ${side} has "${sent.body}" ${isDeleted ? 'deleted' : 'not deleted'}`);
  if (isDeleted) return;
  if (!sent.words.allows(message.body)) throw new Error(`the ${side} has "${message.body}" for "${sent.body}"`);
  const { ours, theirs } = SIDE[side];
  const given = { [ours]: emojiOf(message, true), [theirs]: emojiOf(message, false) } as Record<Party, string>;
  for (const party of [ours, theirs]) {
    if (!sent.reaction[party].allows(given[party]))
      throw new Error(`the ${side} has "${given[party]}" of the ${party} under "${sent.body}"`);
  }
}

/** @throws Error when the two sides of a message differ. */
function checkAgreed(out: Message, in_: Message): void {
  const [ours, theirs] = [out, in_].map((message) => ({
    kind: message.kind,
    body: message.body,
    reactions: [emojiOf(message, message === out), emojiOf(message, message !== out)],
    reply: message.kind === 'text' ? message.reply?.text : undefined,
  }));
  if (JSON.stringify(ours) !== JSON.stringify(theirs))
    throw new Error(`the two sides differ: ${JSON.stringify(ours)}, ${JSON.stringify(theirs)}`);
}

function emojiOf({ reactions = [] }: Message, isOurs: boolean): string {
  return reactions.find(({ by }) => by.some((author) => (author === OURSELVES) === isOurs))?.emoji ?? '';
}

/** The first message that stands elsewhere, and what should stand there. */
function orderOf(messages: readonly Message[], inOrder: readonly string[]): string {
  const at = messages.findIndex(({ id }, index) => id !== inOrder[index]);
  const expected = messages.find(({ id }) => id === inOrder[at]);
  return `"${messages[at]?.body ?? ''}" where "${expected?.body ?? ''}" should be`;
}
