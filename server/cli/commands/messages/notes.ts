import { PAGE_MESSAGES_DEFAULT } from '../../../contract/limits.ts';
import { sentAt } from '../../../contract/words/time.ts';
import { daemonCommand } from '../../command.ts';
import { localTime } from '../../terminal/local-time.ts';
import { messageJson } from '../../terminal/message-json.ts';
import { noteLine } from '../../terminal/message-line.ts';
import { jsonLine } from '../../terminal/printable.ts';
import { printRows } from '../../terminal/rows.ts';
import { typedText } from '../../terminal/typed-text.ts';

export const notesCommand = daemonCommand({
  name: 'notes',
  usage: '[TEXT | -] [--ids]',
  summary: 'keeps a note to yourself, or shows the newest; other commands take “notes” for CONTACT',
  words: [0, 1],
  options: { ids: { help: 'show their ids, which edit, delete, react and forward take' } },
  async run({ words: [text], values, json, terminal }, daemon) {
    const { id: conversation } = await daemon.request('conversation.notes', {});
    if (text !== undefined) {
      const body = text === '-' ? await typedText(terminal) : text;
      const note = await daemon.request('message.send', { conversation, body });
      terminal.print(json ? jsonLine(messageJson(note)) : note.id);
      return;
    }
    const { messages } = await daemon.request('message.page', { conversation, limit: PAGE_MESSAGES_DEFAULT });
    printRows(terminal, messages, (note) => {
      if (json) return jsonLine(messageJson(note));
      const line = noteLine(note, localTime(sentAt(note)));
      return values.ids ? `${note.id}  ${line}` : line;
    });
  },
});
