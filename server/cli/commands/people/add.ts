import { PASTED_LENGTH } from '../../../contract/limits.ts';
import { UsageError } from '../../../options.ts';
import { daemonCommand } from '../../command.ts';
import { jsonLine } from '../../terminal/printable.ts';
import { readText } from '../../terminal/terminal.ts';
import { describeContact } from './contacts.ts';

export const addCommand = daemonCommand({
  name: 'add',
  usage: 'CODE | - --name NAME [--address HOST:PORT]',
  summary: 'adds a contact by contact code or invite, or by a text that holds one; - reads it from stdin',
  words: [1, 1],
  options: {
    name: { value: 'NAME', help: 'what you call them' },
    address: { value: 'HOST:PORT', help: 'where they are, if Loom does not find them by itself' },
  },
  check({ values }) {
    if (values.name === undefined) throw new UsageError('add needs --name NAME');
  },
  async run({ values: { name = '', address }, words: [token = ''], json, terminal }, daemon) {
    const contact = await daemon.request('contact.add', {
      token: token === '-' ? await readText(terminal.stdin, PASTED_LENGTH) : token,
      name,
      ...(address === undefined ? {} : { address }),
    });
    terminal.print(json ? jsonLine(contact) : `Added: ${describeContact(contact)}`);
  },
});
