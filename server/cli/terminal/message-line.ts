// A message as a person reads it in a terminal.
import type { Message } from '../../contract/model.ts';
import { lifeWords } from '../../contract/words/life.ts';
import { printable } from './printable.ts';

/** @param name of the contact. @param time as it is to be shown. */
export function messageLine(message: Message, name: string, time: string): string {
  const who = (message.direction === 'in' ? printable(name) : 'you') + marksOf(message);
  const state = message.direction === 'out' ? `  (${message.state})` : '';
  return `${time}  ${who}: ${linesOf(message)}${state}`;
}

/** The same of a note to oneself: who wrote it, and how far it got, goes without saying. */
export function noteLine(message: Message, time: string): string {
  return `${time}${marksOf(message)}  ${linesOf(message)}`;
}

/** Each line of a text on its own, so that none can pass for another message. */
function linesOf(message: Message): string {
  return textOf(message).split('\n').map(printable).join('\n    ');
}

/** What acts have made of it; before the text, which could otherwise pretend to it. */
function marksOf(message: Message): string {
  const edited = message.kind === 'text' && message.edits !== undefined ? ['edited'] : [];
  const reactions = (message.reactions ?? []).map(({ emoji, by }) => `${printable(emoji)} ${by.length}`);
  const fades = message.disappears === undefined ? [] : [`disappears after ${lifeWords(message.disappears.after)}`];
  const marks = [...edited, ...fades, ...reactions];
  return marks.length === 0 ? '' : ` (${marks.join(', ')})`;
}

/** What becomes of what is written from now on, as it stands behind a name. @param seconds 0: it stays. */
export function timerWords(seconds: number): string {
  if (seconds === 0) return 'turned off disappearing messages';
  return `set messages to disappear ${lifeWords(seconds)} after they are read`;
}

function textOf(message: Message): string {
  switch (message.kind) {
    case 'text':
      return message.body;
    case 'introduction':
      return `(introduces ${message.introduced.name})`;
    case 'change':
      return `(${timerWords(message.change.timer)})`;
    case 'deleted':
      return '(deleted)';
    case 'unknown':
      return '(of a kind this version can’t show)';
  }
}
