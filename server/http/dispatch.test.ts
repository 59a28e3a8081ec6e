import { beforeEach, describe, expect, it } from 'vitest';
import type { EventMessage } from '../contract/events.ts';
import { EventLog } from '../engine/event-log.ts';
import type { Application } from '../engine/application.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { smallDispatcher } from '../testing/network/http-edge.ts';
import { Dispatcher } from './dispatch.ts';
import type { Caller, Connection } from './dispatch.ts';
import { EVENTS_BYTES } from '../contract/limits.ts';
import { COMMANDS_RUNNING } from './limits.ts';

type Parts = ReturnType<typeof smallDispatcher>;
let parts: Parts;
beforeEach(() => (parts = smallDispatcher(new FakeClock())));

interface Tab {
  readonly connection: Connection;
  readonly sent: Record<string, unknown>[];
}

/** A tab's session; which one makes no difference here. */
const browser: Caller = {
  key: new Uint8Array(32),
  keepsake: Buffer.alloc(32),
  before: null,
  whenRevoked: () => () => undefined,
};

function open(caller: Caller = browser, dispatcher = parts.dispatcher): Tab {
  const sent: Record<string, unknown>[] = [];
  const connection = dispatcher.open(caller, (text) => sent.push(JSON.parse(text) as Record<string, unknown>));
  return { connection, sent };
}

/** Asks, and waits for the reply. */
async function ask({ connection, sent }: Tab, command: string, params: unknown = {}): Promise<Record<string, unknown>> {
  const before = sent.length;
  expect(connection.receive(JSON.stringify({ id: 5, command, params }))).toBe(true);
  while (sent.length === before) await new Promise((resolve) => setImmediate(resolve));
  return sent.at(-1)!;
}

const failure = (code: string): unknown => ({
  id: 5,
  ok: false,
  error: { code, message: expect.any(String) as string },
});

describe('a request', () => {
  it('has its parameters parsed, defaults filled in, before the application sees it', async () => {
    const contact = '0'.repeat(32);
    expect(await ask(open(), 'message.page', { conversation: contact })).toEqual({
      id: 5,
      ok: true,
      result: { done: true },
    });
    expect(parts.application.executed).toEqual([
      { command: 'message.page', params: { conversation: contact, limit: 50 } },
    ]);
  });

  it('is refused by name, parameters or shape, and never reaches the application', async () => {
    const tab = open();
    for (const name of ['no.such', 'toString', '__proto__', '']) {
      expect(await ask(tab, name)).toEqual(failure('unknown-command'));
    }
    for (const params of [null, [], 'x', { contact: 'x' }, { contact: '0'.repeat(32), more: 1 }]) {
      expect(await ask(tab, 'contact.remove', params)).toEqual(failure('bad-request'));
    }
    expect(await ask(tab, 'x'.repeat(65))).toEqual(failure('bad-request'));
    const shapes = [
      '{"id":5}',
      '{"id":5,"command":"status.get","params":{},"more":1}',
      '{"id":5,"command":7,"params":{}}',
    ];
    for (const text of shapes) {
      expect(tab.connection.receive(text)).toBe(true);
      expect(tab.sent.at(-1)).toEqual(failure('bad-request'));
    }
    expect(parts.application.executed).toEqual([]);
  });

  it('without a number cannot be answered', () => {
    const tab = open();
    const texts = [
      '',
      'x',
      'null',
      '[]',
      '{}',
      '{"id":-1}',
      '{"id":1.5,"command":"status.get","params":{}}',
      '{"id":"5"}',
    ];
    for (const text of texts) expect(tab.connection.receive(text)).toBe(false);
    expect(tab.sent).toEqual([]);
  });

  it('fails with its code when the caller is at fault', async () => {
    expect(await ask(open(), 'vault.lock')).toEqual({
      id: 5,
      ok: false,
      error: { code: 'locked', message: 'Locked already.' },
    });
    expect(parts.bugs).toEqual([]);
  });

  it('fails without a word on why when we are, and tells us', async () => {
    const reply = await ask(open(), 'network.status');
    expect(reply).toEqual(failure('internal'));
    expect(JSON.stringify(reply)).not.toContain('secret');
    expect(parts.bugs).toEqual([new Error('a bug with a secret in its text')]);
  });

  it('is one of a bounded number at a time', () => {
    const application: Application = {
      events: new EventLog('boot'),
      files: null,
      execute: () => new Promise(() => undefined),
    };
    const { access } = parts;
    const dispatcher = new Dispatcher({
      application,
      access,
      url: () => Promise.resolve(''),
      stop: () => undefined,
      onBug: () => undefined,
    });
    const tab = open(browser, dispatcher);
    const text = JSON.stringify({ id: 5, command: 'status.get', params: {} });
    for (let i = 0; i < COMMANDS_RUNNING; i++) tab.connection.receive(text);
    expect(tab.sent).toEqual([]);
    tab.connection.receive(text);
    expect(tab.sent).toEqual([failure('too-many')]);
  });

  it('gets no answer on a connection that is closed', async () => {
    const tab = open();
    tab.connection.receive(JSON.stringify({ id: 5, command: 'status.get', params: {} }));
    tab.connection.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(tab.sent).toEqual([]);
    expect(parts.application.executed.length).toBe(1);
  });
});

describe('session and process', () => {
  it('mints codes for tabs and for the command line', async () => {
    for (const caller of [browser, 'control'] as const) {
      const { result } = await ask(open(caller), 'session.code');
      expect(parts.access.redeem((result as { code: string }).code)).not.toBeNull();
    }
  });

  it('gives the address to the command line alone', async () => {
    const { result } = await ask(open('control'), 'session.url');
    const { url } = result as { url: string };
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:1\/printed#code=[A-Za-z0-9_-]{22}$/);
    const launch = open('control');
    const launched = (await ask(launch, 'session.launch')).result as { url: string };
    const code = /opened#code=([\w-]{22})$/.exec(launched.url)?.[1] ?? '';
    expect(parts.access.redeem(code, true)).not.toBeNull();
    expect(await ask(launch, 'session.launched')).toMatchObject({ result: { arrived: true } });
    expect(await ask(open('control'), 'session.launched')).toMatchObject({ result: { arrived: false } });
    expect(await ask(open(browser), 'session.launch')).toEqual(failure('not-allowed'));
    expect(await ask(open('control'), 'session.url', { more: 1 })).toEqual(failure('bad-request'));
    expect(await ask(open(browser), 'session.url')).toEqual(failure('not-allowed'));
  });

  it('ends the process for the command line alone, reply first', async () => {
    expect(await ask(open(browser), 'process.stop')).toEqual(failure('not-allowed'));
    const tab = open('control');
    tab.connection.receive(JSON.stringify({ id: 5, command: 'process.stop', params: {} }));
    await Promise.resolve();
    expect(parts.stops()).toBe(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(tab.sent).toEqual([{ id: 5, ok: true, result: { done: true } }]);
    expect(parts.stops()).toBe(1);
  });
});

describe('a subscription', () => {
  const subscribe = (tab: Tab, cursor: number | null, boot: string | null = parts.application.events.boot): void => {
    tab.connection.receive(JSON.stringify({ id: 5, command: 'events.subscribe', params: { cursor, boot } }));
  };
  const cursors = (tab: Tab): unknown[] => tab.sent.map((message) => message.cursor ?? message.result);

  it('answers first, and goes on without a gap or a double', () => {
    const { events } = parts.application;
    parts.application.say('1');
    parts.application.say('2');
    const tab = open();
    subscribe(tab, 1);
    parts.application.say('3');
    parts.application.say('4');
    const missed = [{ cursor: 2, event: 'request.removed', data: { request: '2' } }];
    expect(cursors(tab)).toEqual([{ boot: events.boot, cursor: 2, missed }, 3, 4]);
  });

  it('begins anew when asked again, beside others that go on', () => {
    const tab = open();
    const first = open();
    subscribe(first, null);
    subscribe(tab, 0);
    for (let i = 0; i < 3; i++) parts.application.say('x');
    subscribe(tab, 3);
    parts.application.say('y');
    expect(cursors(tab)).toEqual([
      { boot: parts.application.events.boot, cursor: 0, missed: [] },
      1,
      2,
      3,
      { boot: parts.application.events.boot, cursor: 3, missed: [] },
      4,
    ]);
    expect(cursors(first).slice(1)).toEqual([1, 2, 3, 4]);
  });

  it('says to reload when there is no cursor, one of another start, or too much was missed', () => {
    const missedOf = (tab: Tab): unknown => (tab.sent[0]!.result as { missed: unknown }).missed;
    const wanted: [number | null, string | null][] = [
      [null, null],
      [0, 'another boot'],
      [99, parts.application.events.boot],
    ];
    for (const [cursor, boot] of wanted) {
      const tab = open();
      subscribe(tab, cursor, boot);
      expect(missedOf(tab)).toBeNull();
    }
    const events: EventMessage[] = [];
    parts.application.events.subscribe((event) => events.push(event));
    while (2 * JSON.stringify(events).length <= EVENTS_BYTES) parts.application.say('x'.repeat(256 * 1024));
    const [all, rest] = [open(), open()];
    subscribe(all, 0);
    subscribe(rest, events.length - 1);
    expect(missedOf(all)).toBeNull();
    expect(missedOf(rest)).toEqual(events.slice(-1));
  });

  it('ends with its connection', () => {
    const tab = open();
    subscribe(tab, null);
    tab.connection.close();
    parts.application.say('x');
    expect(tab.sent.length).toBe(1);
  });
});
