import { daemonCommand } from '../../command.ts';
import { CommandFailure } from '../../exit.ts';
import { findContact } from '../../find-contact.ts';
import { printable } from '../../terminal/printable.ts';

export const introduceCommand = daemonCommand({
  name: 'introduce',
  usage: 'CONTACT CONTACT',
  summary: 'introduces two of your contacts; they can talk once both accept',
  words: [2, 2],
  options: {},
  async run({ words: [one = '', two = ''], json, terminal }, daemon) {
    const contacts = await daemon.request('contact.list', {});
    const [contact, other] = [findContact(contacts, one), findContact(contacts, two)];
    if (contact.id === other.id)
      throw new CommandFailure('failed', `Both are ${printable(contact.name)}. Name two different contacts.`);
    await daemon.request('contact.introduce', { contact: contact.id, other: other.id });
    if (!json)
      terminal.tell(
        `You introduced ${printable(contact.name)} and ${printable(other.name)}. Both are asked to accept.`,
      );
  },
});
