import { MESSAGE_BYTES } from '../../../contract/limits.ts';
import { daemonCommand } from '../../command.ts';
import { jsonLine } from '../../terminal/printable.ts';
import { roomSentences } from '../../terminal/room-notes.ts';
import { readText } from '../../terminal/terminal.ts';

/** A byte order mark before the text, and a line end behind it. */
const EDGES = 5;

export const sendCommand = daemonCommand({
  name: 'send',
  usage: 'CONTACT [TEXT | -]',
  summary: 'sends a text, or what stdin holds',
  words: [1, 2],
  options: {},
  async run({ words: [who = '', text = '-'], json, terminal }, daemon) {
    const contact = await daemon.contact(who);
    const body = text === '-' ? await typedText(terminal.stdin, terminal.tell) : text;
    const message = await daemon.request('message.send', { contact: contact.id, body });
    terminal.print(json ? jsonLine(message) : `${message.state}  ${message.id}`);
    for (const sentence of roomSentences({ ...contact, full: null })) terminal.tell(sentence);
  },
});

async function typedText(
  stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean },
  tell: (line: string) => void,
): Promise<string> {
  if (stdin.isTTY) tell('Type the message; Ctrl-D on an empty line sends it.');
  const text = await readText(stdin, MESSAGE_BYTES + EDGES);
  // The end of the last line is the shell's, not the message's.
  return text.replace(/\r?\n$/, '');
}
