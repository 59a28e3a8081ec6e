// Commands that set something about a conversation, or take it back with `off`.
import type { ConversationId } from '../../../contract/ids.ts';
import { UsageError } from '../../../options.ts';
import { daemonCommand } from '../../command.ts';
import { placeIs, type Daemon } from '../../daemon.ts';
import { jsonLine } from '../../terminal/printable.ts';

interface OnOff {
  readonly name: string;
  readonly summary: string;
  readonly set: (daemon: Daemon, conversation: ConversationId, on: boolean) => Promise<unknown>;
  /** What their conversation is afterwards. */
  readonly on: string;
  readonly off: string;
}

function onOffCommand({ name, summary, set, on, off }: OnOff): ReturnType<typeof daemonCommand> {
  return daemonCommand({
    name,
    usage: 'CONTACT [off]',
    summary,
    words: [1, 2],
    options: {},
    check: ({ words }) => void isOn(name, words[1]),
    async run({ words: [who = '', word], json, terminal }, daemon) {
      const place = await daemon.place(who);
      const isSet = isOn(name, word);
      await set(daemon, place.conversation, isSet);
      if (json) terminal.print(jsonLine(await daemon.shown(place)));
      else terminal.tell(`${placeIs(place)} ${isSet ? on : off}.`);
    },
  });
}

/** @param word what stands behind the contact. @throws UsageError for anything but `on` and `off`. */
function isOn(command: string, word: string | undefined): boolean {
  if (word === undefined || word === 'on') return true;
  if (word === 'off') return false;
  throw new UsageError(`${command}: “${word}” is not “off”; put a name with spaces in quotes`);
}

export const pinCommand = onOffCommand({
  name: 'pin',
  summary: 'keeps a conversation on top of the list; off: no more',
  set: (daemon, conversation, pinned) => daemon.request('conversation.pin', { conversation, pinned }),
  on: 'pinned',
  off: 'no longer pinned',
});

export const archiveCommand = onOffCommand({
  name: 'archive',
  summary: 'takes a conversation out of the list, until there is something new in it and it is not muted; off: back',
  set: (daemon, conversation, archived) => daemon.request('conversation.archive', { conversation, archived }),
  on: 'archived',
  off: 'back in the list',
});
