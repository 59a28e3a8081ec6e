import { PAGE_MESSAGES_DEFAULT } from '../../../contract/limits.ts';
import { sentAt } from '../../../contract/words/time.ts';
import { daemonCommand } from '../../command.ts';
import { localTime } from '../../terminal/local-time.ts';
import { jsonLine, printable } from '../../terminal/printable.ts';
import { printRows } from '../../terminal/rows.ts';
import { typedText } from '../../terminal/typed-text.ts';

export const notesCommand = daemonCommand({
  name: 'notes',
  usage: '[TEXT | -]',
  summary: 'keeps a note to yourself, or shows the newest',
  words: [0, 1],
  options: {},
  async run({ words: [text], json, terminal }, daemon) {
    const { id: conversation } = await daemon.request('conversation.notes', {});
    if (text !== undefined) {
      const body = text === '-' ? await typedText(terminal) : text;
      const note = await daemon.request('message.send', { conversation, body });
      terminal.print(json ? jsonLine(note) : note.id);
      return;
    }
    const { messages } = await daemon.request('message.page', { conversation, limit: PAGE_MESSAGES_DEFAULT });
    printRows(terminal, messages, (note) =>
      // Each line of a note on its own, so that none can pass for another note.
      json ? jsonLine(note) : `${localTime(sentAt(note))}  ${note.body.split('\n').map(printable).join('\n    ')}`,
    );
  },
});
