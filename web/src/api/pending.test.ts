import { describe, expect, it } from 'vitest';
import type { Request } from '../../../server/contract/commands.ts';
import { anyId } from '../../../server/testing/ids.ts';
import { waitBeforeAttempt } from './backoff.ts';
import { CallError, isRepeatable, Pending } from './pending.ts';

const contact = anyId('0'.repeat(32));
const id = anyId('1'.repeat(32));

function line(): { sent: Request[]; transmit: (request: Request) => void } {
  const sent: Request[] = [];
  return { sent, transmit: (request) => sent.push(request) };
}

describe('pending requests', () => {
  it('gives each its own reply, in any order', async () => {
    const { sent, transmit } = line();
    const pending = new Pending();
    const first = pending.call('contact.list', {}, transmit);
    const second = pending.call('request.list', {}, transmit);
    expect(sent.map(({ command }) => command)).toEqual(['contact.list', 'request.list']);
    pending.settle({ id: sent[1]!.id, ok: true, result: ['second'] });
    pending.settle({ id: sent[0]!.id, ok: true, result: ['first'] });
    expect(await first).toEqual(['first']);
    expect(await second).toEqual(['second']);
  });

  it('hands an error on with its code, and ignores a reply to nothing', async () => {
    const { sent, transmit } = line();
    const pending = new Pending();
    const call = pending.call('contact.rename', { contact, name: '' }, transmit);
    pending.settle({ id: 99, ok: true, result: null });
    pending.settle({ id: sent[0]!.id, ok: false, error: { code: 'name-empty', message: 'empty' } });
    await expect(call).rejects.toMatchObject({ code: 'name-empty' });
  });

  it('sends a message again under the same id after a cut, once', async () => {
    const { sent, transmit } = line();
    const pending = new Pending();
    const call = pending.call('message.send', { conversation: contact, id, body: 'hello' }, transmit);
    pending.cut();
    const again = line();
    pending.resume(again.transmit);
    pending.resume(again.transmit);
    expect(again.sent).toEqual(sent);
    pending.settle({ id: again.sent[0]!.id, ok: true, result: { id } });
    expect(await call).toEqual({ id });
  });

  it('keeps a message written without a line, and the order of several', () => {
    const pending = new Pending();
    for (const body of ['one', 'two', 'three'])
      void pending.call('message.send', { conversation: contact, id, body }, null);
    const { sent, transmit } = line();
    pending.resume(transmit);
    expect(sent.map(({ params }) => (params as { body: string }).body)).toEqual(['one', 'two', 'three']);
  });

  it('fails what must not happen twice when the line is cut or missing', async () => {
    const { sent, transmit } = line();
    const pending = new Pending();
    const cut = pending.call('contact.remove', { contact }, transmit);
    pending.cut();
    await expect(cut).rejects.toBeInstanceOf(CallError);
    await expect(cut).rejects.toMatchObject({ code: 'disconnected' });
    await expect(pending.call('vault.lock', {}, null)).rejects.toMatchObject({ code: 'disconnected' });
    pending.resume(transmit);
    expect(sent).toHaveLength(1);
  });

  it('repeats a message only under an id of our own', () => {
    expect(isRepeatable('message.send', { conversation: contact, body: 'x', id })).toBe(true);
    expect(isRepeatable('message.send', { conversation: contact, body: 'x' })).toBe(false);
    expect(isRepeatable('contact.add', { token: '', name: '' })).toBe(false);
    expect(isRepeatable('message.page', { conversation: contact })).toBe(true);
  });
});

describe('the wait before another attempt', () => {
  it('grows, and stays within five seconds', () => {
    const waits = Array.from({ length: 40 }, (_, attempt) => waitBeforeAttempt(attempt));
    expect(waits[0]).toBe(250);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(Math.max(...waits)).toBe(5000);
  });
});
