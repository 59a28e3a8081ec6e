// Two people who meet, each with a whole Loom, over a network in memory and a clock that the test moves.
import { directConversation } from '../../storage/rows/conversation-rowids.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Pairing, PairingState } from '../../contract/model.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { pass, until } from '../../testing/passing-time.ts';
import { TestLoom } from '../../testing/test-loom.ts';
import { MemoryNetwork } from '../../transport/memory.ts';

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

async function visible(host: TestLoom): Promise<void> {
  await host.run('network.visibility', { mode: 'everyone' });
}

async function start(guest: TestLoom, host: TestLoom): Promise<Pairing> {
  const { token } = await host.run('identity.token');
  return guest.run('pairing.start', { token, address: host.address });
}

async function stateOf<K extends PairingState['kind']>(
  who: TestLoom,
  kind: K,
): Promise<Extract<PairingState, { kind: K }>> {
  let state: PairingState | undefined;
  await until(clock, async () => {
    state = (await who.run('pairing.get'))?.state;
    return state?.kind === kind;
  });
  return state as Extract<PairingState, { kind: K }>;
}

function other(code: string): string {
  return code === '000000' ? '000001' : '000000';
}

/** Ann shows a code, Bob is asked for it. */
async function meet(): Promise<string> {
  await visible(ann);
  await start(bob, ann);
  const { code } = await stateOf(ann, 'showing');
  await stateOf(bob, 'wanting');
  return code;
}

async function online(who: TestLoom, name: string): Promise<boolean> {
  const contacts = await who.run('contact.list');
  return contacts.some((contact) => contact.name === name && contact.connection === 'online');
}

describe('pairing', () => {
  it('makes verified contacts of both, who can talk at once', async () => {
    const code = await meet();
    expect(await ann.run('pairing.get')).toMatchObject({ role: 'host', name: 'Bob' });
    expect(await bob.run('pairing.get')).toMatchObject({ role: 'guest', name: 'Ann', state: { left: 3 } });
    await bob.run('pairing.enter', { code: `${code.slice(0, 3)} ${code.slice(3)}` });
    const { contact } = await stateOf(bob, 'paired');
    await stateOf(ann, 'paired');
    await until(clock, async () => (await online(ann, 'Bob')) && (await online(bob, 'Ann')));
    expect(await bob.contact('Ann')).toMatchObject({ id: contact, verified: true, addedBy: 'code' });
    expect(await ann.contact('Bob')).toMatchObject({ verified: true, addedBy: 'code' });
    // There is nothing to accept.
    expect(await ann.run('request.list')).toEqual([]);
    await bob.run('message.send', { conversation: directConversation(contact), body: 'so it was you' });
    await until(clock, async () => (await ann.texts('Bob', 'in')).length === 1);
    expect(ann.events.filter(({ event }) => event === 'pairing.changed').length).toBeGreaterThan(1);
  });

  it('forgives two slips', async () => {
    const code = await meet();
    for (const left of [2, 1]) {
      await bob.run('pairing.enter', { code: other(code) });
      await until(clock, async () => {
        const state = (await bob.run('pairing.get'))?.state;
        return state?.kind === 'wanting' && state.left === left;
      });
      expect((await ann.run('pairing.get'))?.state).toMatchObject({ kind: 'showing', left });
    }
    await bob.run('pairing.enter', { code });
    await stateOf(ann, 'paired');
    await stateOf(bob, 'paired');
  });

  it('ends with the third wrong code, and leaves nothing behind', async () => {
    const code = await meet();
    for (let i = 0; i < 3; i += 1) {
      await stateOf(bob, 'wanting');
      await bob.run('pairing.enter', { code: other(code) });
      await until(clock, async () => (await bob.run('pairing.get'))?.state.kind !== 'checking');
    }
    expect(await stateOf(bob, 'ended')).toEqual({ kind: 'ended', reason: 'wrong-code' });
    expect(await stateOf(ann, 'ended')).toEqual({ kind: 'ended', reason: 'wrong-code' });
    expect([await ann.run('contact.list'), await ann.run('request.list'), await bob.run('contact.list')]).toEqual([
      [],
      [],
      [],
    ]);
    await expect(bob.run('pairing.enter', { code })).rejects.toMatchObject({ code: 'pairing-none' });
  });

  it('ends after two minutes on both sides', async () => {
    await meet();
    await pass(clock, 121_000);
    expect((await bob.run('pairing.get'))?.state).toEqual({ kind: 'ended', reason: 'expired' });
    expect((await ann.run('pairing.get'))?.state).toEqual({ kind: 'ended', reason: 'expired' });
  });

  it('is not cut off by the minute that strangers have', async () => {
    const code = await meet();
    await pass(clock, 90_000);
    await bob.run('pairing.enter', { code });
    await stateOf(ann, 'paired');
  });

  it.each(['host', 'guest'] as const)('is cancelled by the %s', async (who) => {
    await meet();
    const [canceller, left] = who === 'host' ? [ann, bob] : [bob, ann];
    await canceller.run('pairing.cancel');
    expect(await stateOf(canceller, 'ended')).toEqual({ kind: 'ended', reason: 'cancelled' });
    expect(await stateOf(left, 'ended')).toEqual({ kind: 'ended', reason: 'cancelled' });
    // And there is room for the next one.
    await meet();
  });

  it('needs a host who is visible', async () => {
    await start(bob, ann);
    expect(await stateOf(bob, 'ended')).toEqual({ kind: 'ended', reason: 'refused' });
    expect(await ann.run('pairing.get')).toBeNull();
    expect(await ann.run('request.list')).toEqual([]);
    await visible(ann);
    await pass(clock, 600_000);
    expect(await ann.run('network.status')).toMatchObject({ visibility: { mode: 'contacts', until: null } });
    await start(bob, ann);
    expect(await stateOf(bob, 'ended')).toEqual({ kind: 'ended', reason: 'refused' });
  });

  it('says when nobody is there', async () => {
    const { token } = await ann.run('identity.token');
    await bob.run('pairing.start', { token, address: '10.0.0.9:4000' });
    expect(await stateOf(bob, 'ended')).toEqual({ kind: 'ended', reason: 'unreachable' });
    await bob.run('pairing.start', { token });
    expect(await stateOf(bob, 'ended')).toEqual({ kind: 'ended', reason: 'unreachable' });
  });

  it('is one at a time', async () => {
    await meet();
    const carol = await loom('Carol', '10.0.0.3');
    await start(carol, ann);
    expect(await stateOf(carol, 'ended')).toEqual({ kind: 'ended', reason: 'refused' });
    await expect(start(bob, ann)).rejects.toMatchObject({ code: 'pairing-busy' });
    expect((await ann.run('pairing.get'))?.name).toBe('Bob');
  });

  it('refuses our own token, a blocked contact, and what is no code', async () => {
    await expect(start(ann, ann)).rejects.toMatchObject({ code: 'token-own' });
    const { id } = await ann.add(bob, 'Bob');
    await ann.run('contact.block', { contact: id, blocked: true });
    await expect(start(ann, bob)).rejects.toMatchObject({ code: 'contact-blocked' });
    await expect(ann.run('pairing.enter', { code: '12345' })).rejects.toMatchObject({ code: 'pairing-code' });
    await expect(ann.run('pairing.enter', { code: '123456' })).rejects.toMatchObject({ code: 'pairing-none' });
  });

  it('verifies those who are contacts already, without disturbing their line', async () => {
    await ann.add(bob, 'Bobby');
    await bob.add(ann, 'Annie');
    await until(clock, async () => (await online(ann, 'Bobby')) && (await online(bob, 'Annie')));
    const code = await meet();
    expect(await online(ann, 'Bobby')).toBe(true);
    // By the names they have here, whatever they call themselves.
    expect([(await ann.run('pairing.get'))?.name, (await bob.run('pairing.get'))?.name]).toEqual(['Bobby', 'Annie']);
    await bob.run('pairing.enter', { code });
    await stateOf(ann, 'paired');
    await stateOf(bob, 'paired');
    expect(await ann.contact('Bobby')).toMatchObject({ verified: true, addedBy: 'token', connection: 'online' });
    expect(await bob.contact('Annie')).toMatchObject({ verified: true });
  });

  it('ends with the host, for the guest as well', async () => {
    await meet();
    await ann.stop();
    expect((await stateOf(bob, 'ended')).reason).toBe('cancelled');
    await ann.start();
    expect(await ann.run('pairing.get')).toBeNull();
  });
});

describe('being visible', () => {
  it('ends with the tenth wrong code within an hour', async () => {
    await visible(ann);
    const guests = [
      bob,
      await loom('Carol', '10.0.0.3'),
      await loom('Dave', '10.0.0.4'),
      await loom('Eve', '10.0.0.5'),
    ];
    for (let wrong = 0; wrong < 10;) {
      const bob = guests.shift()!;
      await start(bob, ann);
      const { code } = await stateOf(ann, 'showing');
      for (let i = 0; i < 3 && wrong < 10; i += 1, wrong += 1) {
        await stateOf(bob, 'wanting');
        await bob.run('pairing.enter', { code: other(code) });
        await until(clock, async () => (await bob.run('pairing.get'))?.state.kind !== 'checking');
      }
      if (wrong < 10) await stateOf(ann, 'ended');
    }
    expect(await ann.run('network.status')).toMatchObject({ visibility: { mode: 'contacts' } });
  });

  it('lasts ten minutes, is not kept over a restart, and off is', async () => {
    await visible(ann);
    const { visibility } = await ann.run('network.status');
    expect(visibility).toEqual({ mode: 'everyone', until: clock.now() + 600_000 });
    await ann.stop();
    await ann.start();
    expect(await ann.run('network.status')).toMatchObject({ visibility: { mode: 'contacts', until: null } });
    await ann.run('network.visibility', { mode: 'off' });
    await ann.stop();
    await ann.start();
    expect(await ann.run('network.status')).toMatchObject({ visibility: { mode: 'off', until: null } });
    await visible(ann);
    await pass(clock, 600_000);
    expect(await ann.run('network.status')).toMatchObject({ visibility: { mode: 'off', until: null } });
  });
});
