// What a system may withhold: the list of network adapters, and file descriptors. Loom goes on, and says what it cannot do.
import { directConversation } from '../../server/storage/rows/conversation-rowids.ts';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ContactId } from '../../server/contract/ids.ts';
import { Daemon } from '../support/daemon.ts';
import { expect, test } from '../support/fixtures.ts';

const DENY_SOCKET = fileURLToPath(new URL('../support/deny-socket.py', import.meta.url));
const NETLINK = '16';
const DESCRIPTORS = 128;
const QUIET = ['--peer-host', '127.0.0.1'];

async function begin(daemon: Daemon, name: string): Promise<string> {
  await daemon.start();
  return daemon.ask(async (control) => {
    await control.request('identity.create', { name, passphrase: '' });
    return (await control.request('identity.token', {})).token;
  });
}

/** Each knows the other's token, one an address. @returns the id of Bob at Ann's. */
async function acquaint(ann: Daemon, bob: Daemon): Promise<ContactId> {
  const [anns, bobs] = [await begin(ann, 'Ann'), await begin(bob, 'Bob')];
  await bob.ask((control) => control.request('contact.add', { token: anns, name: 'Ann' }));
  const address = `127.0.0.1:${bob.ready.peerPort}`;
  return ann.ask(async (control) => (await control.request('contact.add', { token: bobs, name: 'Bob', address })).id);
}

async function meets(daemon: Daemon, contact: ContactId): Promise<void> {
  const list = (): Promise<string | undefined> =>
    daemon.ask(
      async (control) => (await control.request('contact.list', {})).find(({ id }) => id === contact)?.connection,
    );
  await expect.poll(list, { timeout: 30_000 }).toBe('online');
}

test('without the list of adapters people meet by address, and the doctor says what is missing', async () => {
  const command = ['python3', DENY_SOCKET, NETLINK];
  const works = spawnSync(command[0]!, [...command.slice(1), 'true']).status === 0;
  test.skip(!works, 'needs python3 and seccomp on x86-64');
  const ann = new Daemon('ann', [], { command, options: QUIET });
  const bob = new Daemon('bob', [], { command: [], options: ['--no-discovery', ...QUIET] });
  try {
    const contact = await acquaint(ann, bob);
    await meets(ann, contact);
    const told = await ann.ask((control) => control.request('network.doctor', {}));
    expect(told.findings).toEqual(['adapters-unreadable']);
    expect(told.discovery).toEqual({ status: 'unavailable', reason: expect.stringContaining('network adapters') });
    await ann.ask((control) => control.request('invite.create', { expires: '1h' }));
    expect(await ann.stop()).toBe(0);
  } finally {
    await ann.remove();
    await bob.remove();
  }
});

test('out of file descriptors a Loom does less for a while, and all of it after', { tag: '@slow' }, async () => {
  test.skip(process.platform === 'win32', 'needs ulimit');
  const limited = ['bash', '-c', `ulimit -n ${DESCRIPTORS}; exec "$0" "$@"`];
  const ann = new Daemon('ann', [], { command: limited, options: QUIET });
  const bob = new Daemon('bob', [], { command: [], options: ['--no-discovery', ...QUIET] });
  const sockets: Socket[] = [];
  try {
    const contact = await acquaint(ann, bob);
    await meets(ann, contact);
    const control = await ann.control();
    const ports = [Number(new URL(ann.ready.url).port), ann.ready.peerPort];
    for (let i = 0; i < 2 * DESCRIPTORS; i += 1) {
      const socket = connect(ports[i % 2]!, '127.0.0.1').on('error', () => undefined);
      sockets.push(socket);
    }
    const open = `/proc/${ann.ready.pid}/fd`;
    if (existsSync(open)) await expect.poll(() => readdirSync(open).length).toBeGreaterThan(DESCRIPTORS - 8);
    // What is open already goes on; what needs a descriptor is refused, with a code of its own or as a failed dial.
    await control.request('message.send', { conversation: directConversation(contact), body: 'meanwhile' });
    for (const [request, params] of [
      ['network.doctor', {}],
      ['network.doctor', { contact }],
      ['backup.create', { file: join(ann.folder, 'some.backup'), passphrase: 'four or five words', current: '' }],
      ['invite.create', { expires: '1h' }],
    ] as const)
      await control.request(request, params as never).catch((error: unknown) => expect(error).toHaveProperty('code'));
    // Several looks at the adapters, and at the network.
    await new Promise((resolve) => setTimeout(resolve, 7_000));
    for (const socket of sockets) socket.destroy();
    for (const socket of sockets) if (!socket.closed) await once(socket, 'close');
    control.close();
    await meets(ann, contact);
    const told = await ann.ask((again) => again.request('network.doctor', {}));
    expect(told.findings).not.toContain('adapters-unreadable');
    expect(await ann.stop()).toBe(0);
  } finally {
    for (const socket of sockets) socket.destroy();
    await ann.remove();
    await bob.remove();
  }
});
