import { UsageError } from '../../options.ts';
import { daemonCommand } from '../command.ts';
import { jsonLine } from '../printable.ts';
import { describeContact } from './contacts.ts';

export const addCommand = daemonCommand({
  name: 'add',
  usage: 'TOKEN --name NAME [--address HOST:PORT]',
  summary: 'adds a contact by identity token or invite',
  words: [1, 1],
  options: {
    name: { value: 'NAME', help: 'what you call them' },
    address: { value: 'HOST:PORT', help: 'where they are, if they are not found by themselves' },
  },
  check({ values }) {
    if (values.name === undefined) throw new UsageError('add needs --name NAME');
  },
  async run({ values: { name = '', address }, words: [token = ''], json, terminal }, daemon) {
    const contact = await daemon.request('contact.add', {
      token,
      name,
      ...(address === undefined ? {} : { address }),
    });
    terminal.print(json ? jsonLine(contact) : `Added: ${describeContact(contact)}`);
  },
});
