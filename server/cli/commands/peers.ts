import { daemonCommand } from '../command.ts';
import { printable } from '../printable.ts';

export const peersCommand = daemonCommand({
  name: 'peers',
  usage: '',
  summary: 'contacts seen on the network right now',
  words: [0, 0],
  options: {},
  async run({ json, terminal }, daemon) {
    const [peers, contacts] = await Promise.all([daemon.request('peer.list', {}), daemon.request('contact.list', {})]);
    for (const peer of peers) {
      const { name = '', publicKey = '' } = contacts.find(({ id }) => id === peer.contact) ?? {};
      const line = `${printable(name)}  ${peer.addresses.join(' ')}  key ${publicKey.slice(0, 16)}`;
      terminal.print(json ? JSON.stringify({ ...peer, name }) : line);
    }
  },
});
