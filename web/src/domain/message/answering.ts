// What is written about: a message that is answered, or one of ours that gets other words.
import type { MessageContent, Reply } from '../../../../server/contract/model.ts';
import { isolateName } from '../names.ts';
import type { Shown } from './outgoing.ts';

/** UTF-16 code units of an answered message that are shown above the answer until the daemon has said what it keeps. */
const QUOTED = 200;

export interface About {
  readonly kind: 'reply' | 'edit';
  readonly message: Shown;
}

/** What is begun about a message. `words`: those that it is to have; of an answer they are the draft. */
export interface Begun {
  readonly about: About;
  readonly words: string;
}

/** Whether words would be lost that nobody else has. */
export function isChanged({ about, words }: Begun): boolean {
  return about.kind === 'edit' && words !== about.message.body;
}

/** What a message says: its words, or what it is called; empty: it says nothing. */
export function saidIn(message: MessageContent): string {
  return message.kind === 'file' && message.body === '' ? isolateName(message.file.name) : message.body;
}

/** The answered message as the answer's bubble shows it. */
export function replyTo({ author, id, body }: Shown): Reply {
  return { author, id, is: 'here', text: body.slice(0, QUOTED) };
}

/** The last that can be edited; undefined when there is none among those that are loaded. */
export function lastOwn(messages: readonly Shown[]): Shown | undefined {
  return messages.findLast(
    ({ direction, kind, state }) => direction === 'out' && kind === 'text' && state !== 'sending' && state !== 'failed',
  );
}
