import { UsageError } from '../../../options.ts';
import { daemonCommand } from '../../command.ts';
import { placeIs } from '../../daemon.ts';
import { localTime } from '../../terminal/local-time.ts';
import { jsonLine } from '../../terminal/printable.ts';

const HOUR = 60 * 60;

/** By word, seconds. */
const times: Readonly<Record<string, number>> = { '1h': HOUR, '8h': 8 * HOUR, '1w': 7 * 24 * HOUR, off: 0 };

export const muteCommand = daemonCommand({
  name: 'mute',
  usage: 'CONTACT [1h | 8h | 1w | off]',
  summary: 'does not count or announce what comes in a conversation, for a while or until “mute CONTACT off”',
  words: [1, 2],
  options: {},
  check: ({ words }) => void secondsOf(words[1]),
  async run({ words: [who = '', word], json, terminal }, daemon) {
    const place = await daemon.place(who);
    const { conversation } = place;
    const { marks } = await daemon.request('conversation.mute', { conversation, seconds: secondsOf(word) });
    if (json) terminal.print(jsonLine(await daemon.shown(place)));
    else terminal.tell(`${placeIs(place)} ${stateOf(marks.muted)}.`);
  },
});

/** Null: until you say so. @throws UsageError. */
function secondsOf(word: string | undefined): number | null {
  if (word === undefined) return null;
  const seconds = Object.hasOwn(times, word) ? times[word] : undefined;
  if (seconds === undefined) throw new UsageError(`mute: “${word}” is none of ${Object.keys(times).join(', ')}`);
  return seconds;
}

function stateOf(muted: { readonly until: number | null } | null): string {
  if (muted === null) return 'no longer muted';
  return muted.until === null ? 'muted' : `muted until ${localTime(muted.until)}`;
}
