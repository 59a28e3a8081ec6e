import type { Contact } from '../../../contract/model.ts';
import { daemonCommand } from '../../command.ts';
import { jsonLine, printable } from '../../terminal/printable.ts';
import { printRows } from '../../terminal/rows.ts';

export const contactsCommand = daemonCommand({
  name: 'contacts',
  usage: '',
  summary: 'lists your contacts',
  words: [0, 0],
  options: {},
  async run({ json, terminal }, daemon) {
    const contacts = await daemon.withConversations(await daemon.request('contact.list', {}));
    printRows(terminal, contacts, (contact) => (json ? jsonLine(contact) : describeContact(contact, contact.unread)));
  },
});

/** One line for people. The name stands last: whatever it says, it says nothing about key or state. */
export function describeContact(contact: Contact, unread = 0): string {
  const facts = [
    contact.blocked ? 'blocked' : contact.connection,
    ...(contact.verified ? ['verified'] : []),
    ...(contact.invite === null
      ? []
      : [`their invite: ${contact.invite === 'open' ? 'not shown yet' : contact.invite}`]),
    ...(unread > 0 ? [`${unread} unread`] : []),
    ...(contact.queued > 0 ? [`${contact.queued} not yet delivered`] : []),
    ...(contact.full ? ['sends more than Loom takes'] : []),
    ...(contact.refuses ? ['can’t take more right now'] : []),
  ];
  return `key ${contact.publicKey.slice(0, 16)}  (${facts.join(', ')})  ${printable(contact.name)}`;
}
