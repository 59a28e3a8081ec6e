// What a killed process may cost: nothing. No browser here: real processes, driven over their control sockets.
import { expect, test } from '@playwright/test';
import { Daemon } from './daemon.ts';

const BURST = 200;
const ROUNDS = 10;

async function befriend(ann: Daemon, bob: Daemon): Promise<void> {
  const tokens = [];
  for (const daemon of [ann, bob]) {
    tokens.push(
      await daemon.ask(async (control) => {
        await control.request('identity.create', { name: daemon.profile, passphrase: '' });
        return control.request('identity.token', {});
      }),
    );
  }
  const [annToken, bobToken] = tokens;
  const address = (port: number): string => `127.0.0.1:${port}`;
  await ann.ask((c) =>
    c.request('contact.add', { token: bobToken!.token, name: 'Bob', address: address(bobToken!.peerPort) }),
  );
  await bob.ask((c) =>
    c.request('contact.add', { token: annToken!.token, name: 'Ann', address: address(annToken!.peerPort) }),
  );
}

const contactOf = async (daemon: Daemon): Promise<string> => {
  const [contact] = await daemon.ask((control) => control.request('contact.list', {}));
  return contact!.id;
};

const idOf = (label: string, round: number, n: number): string =>
  Buffer.from(`${label}-${round}-${n}`.padEnd(16, '.')).toString('hex');

/** Requests under way at once, as from somebody who pastes a long text line by line. */
const WINDOW = 20;

/** Sends a burst as a person's tab does: what was not answered is asked again, under the same id, after the restart. */
async function burst(daemon: Daemon, contact: string, label: string, round: number): Promise<void> {
  let next = 0;
  while (next < BURST) {
    const control = await daemon.control().catch(() => null);
    if (!control) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      continue;
    }
    try {
      while (next < BURST) {
        const window = Array.from({ length: Math.min(WINDOW, BURST - next) }, (_, i) => next + i);
        await Promise.all(
          window.map((n) =>
            control.request('message.send', { contact, body: `${label} ${round} ${n}`, id: idOf(label, round, n) }),
          ),
        );
        next += window.length;
      }
    } catch {
      // Killed before it answered.
    } finally {
      control.close();
    }
  }
}

async function texts(daemon: Daemon, contact: string, direction: 'in' | 'out'): Promise<string[]> {
  return daemon.ask(async (control) => {
    const all: string[] = [];
    let before: string | undefined;
    for (;;) {
      const page = await control.request('message.page', {
        contact,
        limit: 200,
        ...(before !== undefined && { before }),
      });
      all.unshift(...page.messages.filter((m) => m.direction === direction).map(({ body }) => body));
      before = page.messages[0]?.id;
      if (!page.more) return all;
    }
  });
}

test('kill -9 of either side in the middle of bursts loses, doubles and disorders nothing', async () => {
  test.setTimeout(240_000);
  const ann = new Daemon('ann', ['--peer-port', '0']);
  const bob = new Daemon('bob', ['--peer-port', '0']);
  await ann.start();
  await bob.start();
  await befriend(ann, bob);
  const [toBob, toAnn] = [await contactOf(ann), await contactOf(bob)];
  for (let round = 0; round < ROUNDS; round += 1) {
    const victim = round % 2 === 0 ? ann : bob;
    const bursts = Promise.all([burst(ann, toBob, 'a', round), burst(bob, toAnn, 'b', round)]);
    await new Promise((resolve) => setTimeout(resolve, 40 + 37 * round));
    await victim.kill();
    await victim.start();
    await bursts;
  }
  const expected = (label: string): string[] =>
    Array.from({ length: ROUNDS * BURST }, (_, i) => `${label} ${Math.floor(i / BURST)} ${i % BURST}`);
  await expect.poll(async () => (await texts(bob, toAnn, 'in')).length, { timeout: 120_000 }).toBe(ROUNDS * BURST);
  await expect.poll(async () => (await texts(ann, toBob, 'in')).length, { timeout: 120_000 }).toBe(ROUNDS * BURST);
  expect(await texts(bob, toAnn, 'in')).toEqual(expected('a'));
  expect(await texts(ann, toBob, 'in')).toEqual(expected('b'));
  expect(await texts(ann, toBob, 'out')).toEqual(expected('a'));
  expect(await texts(bob, toAnn, 'out')).toEqual(expected('b'));
  await ann.remove();
  await bob.remove();
});
