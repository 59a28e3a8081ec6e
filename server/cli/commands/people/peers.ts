import { daemonCommand } from '../../command.ts';
import { jsonLine, printable } from '../../terminal/printable.ts';

export const peersCommand = daemonCommand({
  name: 'peers',
  usage: '',
  summary: 'lists contacts seen on the network right now',
  words: [0, 0],
  options: {},
  async run({ json, terminal }, daemon) {
    const [peers, contacts] = await Promise.all([daemon.request('peer.list', {}), daemon.request('contact.list', {})]);
    for (const peer of peers) {
      const { name = '', publicKey = '' } = contacts.find(({ id }) => id === peer.contact) ?? {};
      const line = `key ${publicKey.slice(0, 16)}  ${peer.addresses.join(' ')}  ${printable(name)}`;
      terminal.print(json ? jsonLine({ ...peer, name }) : line);
    }
  },
});
