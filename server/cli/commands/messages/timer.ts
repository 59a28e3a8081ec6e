import { lifeWords, parseLife } from '../../../contract/words/life.ts';
import { UsageError } from '../../../options.ts';
import { daemonCommand } from '../../command.ts';
import { jsonLine, printable } from '../../terminal/printable.ts';

export const timerCommand = daemonCommand({
  name: 'timer',
  usage: 'CONTACT [5m | 1h | 8h | 1d | 1w | 4w | off]',
  summary: 'has messages of a conversation disappear so long after they are read, or tells what is set',
  words: [1, 2],
  options: {},
  check: ({ words }) => void secondsOf(words[1]),
  async run({ words: [who = '', word], json, terminal }, daemon) {
    const place = await daemon.place(who);
    const { conversation, contact } = place;
    const seconds = secondsOf(word);
    if (seconds !== null) await daemon.request('conversation.timer', { conversation, seconds });
    const shown = await daemon.shown(place);
    if (json) terminal.print(jsonLine(shown));
    else terminal.tell(contact ? sentence(contact.name, shown.timer) : noteSentence(shown.timer));
  },
});

/** Null: it is only asked for. @throws UsageError. */
function secondsOf(word: string | undefined): number | null {
  if (word === undefined) return null;
  const seconds = word === 'off' ? 0 : parseLife(word);
  if (seconds === null) throw new UsageError(`timer: “${word}” is not off, nor from 1m to 4w, like 90m, 8h, 1d or 2w`);
  return seconds;
}

function sentence(name: string, seconds: number): string {
  if (seconds === 0) return `Messages with ${printable(name)} stay.`;
  return `New messages with ${printable(name)} disappear ${lifeWords(seconds)} after they are read.`;
}

function noteSentence(seconds: number): string {
  return seconds === 0 ? 'Notes stay.' : `New notes disappear ${lifeWords(seconds)} after they are written.`;
}
