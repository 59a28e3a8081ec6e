// Invites, between whole Looms over a network in memory.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Contact, Invite } from '../../contract/model.ts';
import { choosePrimitives } from '../../crypto/choose.ts';
import { anyId } from '../../testing/ids.ts';
import { asIdentityKey } from '../../testing/keys.ts';
import { encodeToken, parseToken } from '../../protocol/token.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { pass, until } from '../../testing/passing-time.ts';
import { TestLoom } from '../../testing/test-loom.ts';
import { MemoryNetwork } from '../../transport/memory.ts';
import { listAdapters } from '../../network/adapters.ts';
import { endpointsFor, placesIn } from './invites.ts';

const primitives = choosePrimitives(undefined);

const DAY = 24 * 3_600_000;
const YEAR = 365 * DAY;

let clock: FakeClock;
let network: MemoryNetwork;
let looms: TestLoom[];
let ann: TestLoom;
let bob: TestLoom;

beforeEach(async () => {
  clock = new FakeClock();
  network = new MemoryNetwork();
  looms = [];
  ann = await loom('Ann', '10.0.0.1');
  bob = await loom('Bob', '10.0.0.2');
});

afterEach(async () => {
  for (const each of looms) await each.remove();
});

async function loom(name: string, host: string): Promise<TestLoom> {
  const started = await new TestLoom(network, clock, host).start();
  looms.push(started);
  return started.create(name);
}

function accept(guest: TestLoom, { token }: Invite, host: TestLoom = ann): Promise<Contact> {
  return guest.run('contact.add', { token, name: 'Ann', address: host.address });
}

async function online(who: TestLoom, name: string): Promise<boolean> {
  const contacts = await who.run('contact.list');
  return contacts.some((contact) => contact.name === name && contact.connection === 'online');
}

async function inviteOf(who: TestLoom): Promise<Contact['invite']> {
  return (await who.contact('Ann')).invite;
}

describe('an invite without a name for its host', () => {
  it('calls them what they call themselves, once they have answered', async () => {
    const { token } = await ann.run('invite.create', {});
    const added = await bob.run('contact.add', { token, name: '', address: ann.address });
    expect(added.name).toBe(added.publicKey.slice(0, 8));
    await until(clock, async () => await online(bob, 'Ann'));
    await ann.run('identity.rename', { name: 'Anna' });
    await ann.stop();
    await ann.start();
    await until(clock, async () => await online(bob, 'Ann'));
    // A code says nothing of a name, and nobody may ever answer.
    const card = await ann.run('identity.token');
    const guest = await loom('Carl', '10.0.0.3');
    await expect(guest.run('contact.add', { token: card.token, name: '' })).rejects.toMatchObject({
      code: 'name-empty',
    });
  });
});

describe('an invite', () => {
  it('makes contacts of both, with one side alone doing anything', async () => {
    const invite = await ann.run('invite.create', {});
    expect(invite).toMatchObject({ state: 'open', contact: null, expiresAt: clock.now() + 24 * 3_600_000 });
    const contact = await accept(bob, invite);
    expect(contact).toMatchObject({ addedBy: 'invite', invite: 'open', verified: false });
    await until(clock, async () => (await online(ann, 'Bob')) && (await online(bob, 'Ann')));
    expect(await ann.contact('Bob')).toMatchObject({ addedBy: 'invite', invite: null, verified: false });
    await until(clock, async () => (await inviteOf(bob)) === null);
    expect(await ann.run('request.list')).toEqual([]);
    const [used] = await ann.run('invite.list');
    expect(used).toMatchObject({ id: invite.id, state: 'used', contact: (await ann.contact('Bob')).id });
    await bob.run('message.send', { conversation: contact.conversation, body: 'thank you' });
    await until(clock, async () => (await ann.texts('Bob', 'in')).length === 1);
    expect(ann.events.some(({ event, data }) => event === 'invite.changed' && data.invite.state === 'used')).toBe(true);
  });

  it('survives restarts of both before it is used', async () => {
    const invite = await ann.run('invite.create', { expires: 'never' });
    await ann.stop();
    await accept(bob, invite);
    await bob.stop();
    await ann.start();
    expect(await ann.run('invite.list')).toEqual([{ ...invite, expiresAt: null }]);
    await bob.start();
    await until(clock, async () => (await online(ann, 'Bob')) && (await online(bob, 'Ann')));
  });

  it('lets one in, once: the second is told, and may still ask', async () => {
    const invite = await ann.run('invite.create', {});
    const carol = await loom('Carol', '10.0.0.3');
    await Promise.all([accept(bob, invite), accept(carol, invite)]);
    await until(clock, async () => (await ann.run('request.list')).length === 1);
    expect((await ann.run('contact.list')).length).toBe(1);
    const late = (await ann.run('contact.list'))[0]!.name === 'Bob' ? carol : bob;
    await until(clock, async () => (await inviteOf(late)) === 'used');
    await until(clock, async () => (await late.contact('Ann')).connection === 'waiting');
  });

  it('that expired is refused at the door, and once it is forgotten there, when pasted', async () => {
    const invite = await ann.run('invite.create', { expires: '1h' });
    clock.jump(3_600_000);
    await accept(bob, invite);
    await until(clock, async () => (await inviteOf(bob)) === 'expired');
    expect((await ann.run('invite.list'))[0]!.state).toBe('expired');
    const carol = await loom('Carol', '10.0.0.3');
    clock.jump(30 * 24 * 3_600_000);
    await expect(accept(carol, invite)).rejects.toMatchObject({ code: 'token-expired' });
  });

  it.each([-3 * YEAR, -7_200_000, 7_200_000, 20 * DAY])(
    'is open by its host’s clock, whatever the guest’s says: %i ms off',
    async (off) => {
      const invite = await ann.run('invite.create', { expires: '1h' });
      bob.wrongBy = off;
      await accept(bob, invite);
      await until(
        clock,
        async () => (await inviteOf(bob)) === null && (await bob.contact('Ann')).connection === 'online',
      );
    },
  );

  it('that was revoked is told as such, for good', async () => {
    const invite = await ann.run('invite.create', {});
    expect(await ann.run('invite.revoke', { invite: invite.id })).toMatchObject({ state: 'revoked' });
    await accept(bob, invite);
    await until(clock, async () => (await inviteOf(bob)) === 'revoked');
    // It is a plain contact now, waiting for an answer; another invite is another chance.
    expect((await ann.run('request.list')).length).toBe(1);
    const another = await ann.run('invite.create', {});
    expect(await accept(bob, another)).toMatchObject({ invite: 'open' });
    await until(clock, async () => (await online(ann, 'Bob')) && (await online(bob, 'Ann')));
    expect(await ann.run('request.list')).toEqual([]);
  });

  it('that was used cannot be revoked, nor one that never was', async () => {
    const invite = await ann.run('invite.create', {});
    await accept(bob, invite);
    await until(clock, () => online(ann, 'Bob'));
    await expect(ann.run('invite.revoke', { invite: invite.id })).rejects.toMatchObject({ code: 'invite-used' });
    await expect(ann.run('invite.revoke', { invite: anyId('a'.repeat(32)) })).rejects.toMatchObject({
      code: 'invite-unknown',
    });
    await expect(accept(bob, invite)).rejects.toMatchObject({ code: 'contact-exists' });
    await expect(accept(ann, invite)).rejects.toMatchObject({ code: 'token-own' });
  });

  it('with another secret proves nothing: who shows it asks like anybody', async () => {
    const invite = await ann.run('invite.create', {});
    const parsed = parseToken(primitives, invite.token);
    if (parsed.version !== 2) throw new Error('not an invite');
    const token = encodeToken(primitives, { ...parsed, secret: new Uint8Array(16) });
    await accept(bob, { ...invite, token });
    await until(clock, async () => (await ann.run('request.list')).length === 1);
    expect(await ann.run('contact.list')).toEqual([]);
    expect((await ann.run('invite.list'))[0]!.state).toBe('open');
    await until(clock, async () => (await bob.contact('Ann')).connection === 'waiting');
    expect(await inviteOf(bob)).toBe('open');
  });

  it('does not open the door to somebody blocked, who uses it up', async () => {
    const { token } = await bob.run('identity.token');
    const { id } = await ann.run('contact.add', { token, name: 'Bob' });
    await ann.run('contact.block', { contact: id, blocked: true });
    const invite = await ann.run('invite.create', {});
    await accept(bob, invite);
    await pass(clock, 5_000);
    expect((await ann.run('invite.list'))[0]).toMatchObject({ state: 'used', contact: id });
    expect(await inviteOf(bob)).toBe('used');
    expect([await online(bob, 'Ann'), await ann.run('request.list')]).toEqual([false, []]);
  });

  it('is on disk as it is in memory, after a disk that refused as well', async () => {
    const { engine } = ann.profile.opened;
    const { store } = engine.options;
    const invite = await ann.run('invite.create', {});
    await expect(
      store.journal.write(() => {
        engine.invites.spend(invite.id, asIdentityKey(new Uint8Array(32)));
        throw new Error('not to be kept');
      }),
    ).rejects.toThrow('not to be kept');
    expect(await ann.run('invite.list')).toEqual([invite]);
    await ann.run('invite.revoke', { invite: invite.id });
    const before = await ann.run('invite.list');
    await ann.stop();
    await ann.start();
    expect(await ann.run('invite.list')).toEqual(before);
    expect(before).toMatchObject([{ state: 'revoked' }]);
  });

  it('is one of a bounded number', async () => {
    for (let i = 0; i < 64; i += 1) await ann.run('invite.create', { expires: '1h' });
    await expect(ann.run('invite.create', {})).rejects.toMatchObject({ code: 'too-many' });
    clock.jump(3_600_000);
    await ann.run('invite.create', {});
    // Those that ended are forgotten in time.
    clock.jump(31 * 24 * 3_600_000);
    await ann.run('invite.create', {});
    expect((await ann.run('invite.list')).length).toBeLessThanOrEqual(2);
  });
});

describe('the token of an invite', () => {
  it('says where we are, as network.status does', async () => {
    const { token } = await ann.run('invite.create', {});
    const parsed = parseToken(primitives, token);
    const { addresses } = await ann.run('network.status');
    if (parsed.version !== 2) throw new Error('not an invite');
    const written = parsed.endpoints.map(({ host, port }) =>
      host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    );
    expect(addresses).toEqual(expect.arrayContaining(written));
    expect(parsed.secret.length).toBe(16);
    expect(await bob.run('token.parse', { token })).toMatchObject({ version: 2, name: 'Ann' });
  });

  it('leaves out what leads nowhere from elsewhere', () => {
    expect(endpointsFor(['192.168.1.2', 'fe80::1%eth0', 'fd00::2', '169.254.1.1'], 4)).toEqual([
      { host: '192.168.1.2', port: 4 },
      { host: 'fd00::2', port: 4 },
    ]);
    expect(endpointsFor(['192.168.1.2'], 0)).toEqual([]);
    expect(
      endpointsFor(
        Array.from({ length: 20 }, (_, i) => `10.0.0.${i}`),
        4,
      ).length,
    ).toBe(8);
  });
});

describe('where an invite leads', () => {
  const address = (cidr: string) => {
    const [host = ''] = cidr.split('/');
    return { family: 'IPv6', address: host, cidr, netmask: '', mac: '', internal: false, scopeid: 0 } as const;
  };
  const adapters = listAdapters({ eth0: [address('fe80::5/64'), address('2001:db8:7::5/64')] });
  const at = (...hosts: string[]): string[] =>
    placesIn(
      hosts.map((host) => ({ host, port: 4712 })),
      adapters,
    );

  it('is a private network, a VPN, or one that we are on', () => {
    const near = ['192.168.7.7', '10.1.2.3', '100.64.0.9', 'fd00::1', '2001:db8:7::9'];
    expect(at(...near)).toHaveLength(near.length);
  });

  it('is nowhere on the Internet, and no group of hosts', () => {
    const others = [
      '8.8.8.8',
      '100.128.0.1',
      '2001:db8:8::9',
      '::ffff:10.0.0.1',
      '224.0.0.251',
      '255.255.255.255',
      '0.0.0.0',
      'ff02::fb',
    ];
    expect(at(...others)).toEqual([]);
  });

  it('is kept of what a pasted one names, and no more', async () => {
    const { token } = await ann.run('invite.create', {});
    const parsed = parseToken(primitives, token);
    if (parsed.version !== 2) throw new Error('no invite');
    const endpoints = ['203.0.113.7', '10.0.0.1', '127.0.0.1'].map((host) => ({ host, port: 4000 }));
    const forged = encodeToken(primitives, { ...parsed, endpoints });
    const { addresses } = await bob.run('contact.add', { token: forged, name: 'Ann' });
    expect(addresses).toEqual(['10.0.0.1:4000', '127.0.0.1:4000']);
  });
});
