// The real profile behind the real door: what a tab may do while it is locked, and who is still in afterwards.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Profile } from '../engine/profile/profile.ts';
import { enter, openDoorOf, openPage, TestPage } from '../testing/network/http-edge.ts';
import type { OpenDoor } from '../testing/network/http-edge.ts';
import { Town } from '../testing/test-loom.ts';
import type { TestLoom } from '../testing/test-loom.ts';
import { commands } from '../contract/commands.ts';

const passphrase = 'correct horse';

let loom: TestLoom;
let door: OpenDoor<Profile>;
beforeEach(async () => {
  loom = await new Town().make('Ann', { passphrase });
  door = await openDoorOf(loom.profile);
});
afterEach(async () => {
  await door.close();
  await loom.remove();
});

const done = { ok: true, result: { done: true } };
const failed = (code: string): object => ({ ok: false, error: { code } });

/** Close code 4401: this session opens nothing any more. */
async function isRefused(session: ReturnType<typeof enter>): Promise<boolean> {
  const page = new TestPage(door.port, door.origin);
  await page.prove(session, door.origin);
  return (await page.closed) === 4401;
}

/** What a page that is closed had still to read. */
async function allOf(page: TestPage): Promise<Record<string, unknown>[]> {
  const all: Record<string, unknown>[] = [];
  for (;;) {
    const message = await page.next().catch(() => null);
    if (message === null) return all;
    all.push(message);
  }
}

it('a locked profile answers a tab with its state, and takes the passphrase; nothing else', async () => {
  const page = await openPage(door);
  expect(await page.ask('vault.lock')).toMatchObject(done);
  // With parameters that fit, as far as they are the same for all.
  const id = '0'.repeat(32);
  const fitting: Readonly<Record<string, unknown>> = {
    'identity.create': { name: 'Eve', passphrase: '' },
    'identity.rename': { name: 'Eve' },
    'vault.passphrase': { current: passphrase, next: '' },
    'contact.add': { token: 'x', name: 'Eve' },
    'message.send': { contact: id, body: 'x' },
    'message.page': { contact: id },
    'contact.rename': { contact: id, name: 'x' },
  };
  const answered: string[] = [];
  let asking = page;
  for (const [at, command] of Object.keys(commands).entries()) {
    if (command === 'vault.unlock') continue;
    const params = [fitting[command] ?? {}, { contact: id }, { passphrase }];
    // One page alone may not ask as much within a second.
    if (at % 40 === 39) asking = await openPage(door);
    for (const each of params) if ((await asking.ask(command, each)).ok === true) answered.push(command);
  }
  expect(answered).toEqual(['status.get', 'identity.get']);
  expect(await page.ask('identity.get')).toMatchObject({ ok: true, result: null });
  expect(await page.ask('session.code')).toMatchObject(failed('locked'));
  expect(await page.ask('session.renew')).toMatchObject(failed('not-allowed'));
  page.send({ id: 1, command: 'events.subscribe', params: { cursor: 0, boot: loom.profile.events.boot } });
  expect(await page.next()).toMatchObject({ id: 1, ok: true, result: { missed: null } });
  expect(await page.ask('vault.unlock', { passphrase: 'wrong' })).toMatchObject(failed('wrong-passphrase'));
});

it('unlocking in one tab ends all others, copies of its own session included, and gives it another', async () => {
  const [session, stolen] = [enter(door), enter(door)];
  const page = await openPage(door, {}, session);
  const copy = await openPage(door, {}, session);
  const thief = await openPage(door, {}, stolen);
  for (const each of [copy, thief]) await each.ask('events.subscribe', { cursor: null, boot: null });
  await page.ask('vault.lock');
  const meanwhile = await openPage(door);

  expect(await page.ask('vault.unlock', { passphrase })).toMatchObject(done);
  expect(await Promise.all([copy, thief, meanwhile].map(({ closed }) => closed))).toEqual([4401, 4401, 4401]);
  expect([await isRefused(session), await isRefused(stolen)]).toEqual([true, true]);
  // What they heard last is that it was locked.
  for (const each of [copy, thief]) {
    const heard = await allOf(each);
    expect(heard.at(-1)).toMatchObject({ event: 'state.changed', data: { state: 'locked' } });
  }

  const renewed = await page.ask('session.renew');
  const again = await openPage(door, {}, renewed.result as typeof session);
  expect(await again.ask('contact.list')).toMatchObject({ ok: true, result: [] });
  expect(await page.ask('contact.list')).toMatchObject({ ok: true, result: [] });
  expect(await page.ask('session.renew')).toMatchObject(failed('not-allowed'));
  const { result } = await page.ask('session.code');
  expect(door.access.redeem((result as { code: string }).code)).not.toBeNull();
});

it('a wrong passphrase that waits behind the right one gets nobody in', async () => {
  const [page, thief] = [await openPage(door), await openPage(door)];
  await page.ask('vault.lock');
  const [right, wrong] = [page.ask('vault.unlock', { passphrase }), thief.ask('vault.unlock', { passphrase: 'x' })];
  await expect(wrong).rejects.toThrow('closed');
  expect(await right).toMatchObject(done);
  expect(await thief.closed).toBe(4401);
});

it('a wrong one before the right one changes nothing for either', async () => {
  const [page, other] = [await openPage(door), await openPage(door)];
  await page.ask('vault.lock');
  const wrong = other.ask('vault.unlock', { passphrase: 'x' });
  const right = page.ask('vault.unlock', { passphrase });
  expect(await wrong).toMatchObject(failed('wrong-passphrase'));
  expect(await right).toMatchObject(done);
  expect(await other.closed).toBe(4401);
  expect(await page.ask('contact.list')).toMatchObject({ ok: true });
});

it('unlocking on the command line ends the tabs of before, and leaves those it let in since', async () => {
  const sent: string[] = [];
  const control = door.dispatcher.open('control', (text) => sent.push(text));
  const ask = async (command: string, params: unknown = {}): Promise<Record<string, unknown>> => {
    const before = sent.length;
    control.receive(JSON.stringify({ id: 1, command, params }));
    while (sent.length === before) await new Promise((resolve) => setTimeout(resolve, 5));
    return JSON.parse(sent.at(-1)!) as Record<string, unknown>;
  };
  const before = await openPage(door);
  const { code } = (await before.ask('session.code')).result as { code: string };
  expect(await ask('vault.lock')).toMatchObject(done);
  expect(door.access.redeem(code)).toBeNull();
  const { code: fresh } = (await ask('session.code')).result as { code: string };
  const since = await openPage(door, {}, door.access.redeem(fresh)!);
  expect(await since.ask('contact.list')).toMatchObject(failed('locked'));
  const { code: unused } = (await ask('session.code')).result as { code: string };

  expect(await ask('vault.unlock', { passphrase })).toMatchObject(done);
  expect(await before.closed).toBe(4401);
  expect(await since.ask('contact.list')).toMatchObject({ ok: true });
  expect(door.access.redeem(unused)).not.toBeNull();
  // Ready already: unlocking again is nothing, whoever asks.
  expect(await since.ask('vault.unlock', { passphrase: 'x' })).toMatchObject(done);
  expect(await since.ask('session.renew')).toMatchObject(failed('not-allowed'));
});
