import type { Message } from '../../../contract/model.ts';
import { daemonCommand } from '../../command.ts';
import { fileLine } from '../../terminal/file-line.ts';
import { jsonLine } from '../../terminal/printable.ts';
import { printRows } from '../../terminal/rows.ts';

export const filesCommand = daemonCommand({
  name: 'files',
  usage: '[CONTACT]',
  summary: 'lists files that were offered, in either direction, and how far they are',
  words: [0, 1],
  options: {},
  async run({ words: [who], json, terminal }, daemon) {
    const place = who === undefined ? null : await daemon.place(who);
    const listed = await daemon.request('file.list', place ? { conversation: place.conversation } : {});
    printRows(terminal, listed, (message) =>
      json ? jsonLine(message) : fileLine(message as Message & { readonly kind: 'file' }),
    );
  },
});
