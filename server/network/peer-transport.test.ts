import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { ChosenAdapters } from './adapter-choice.ts';
import type { AdapterChoice } from './adapter-choice.ts';
import { peerTransport } from './peer-transport.ts';
import { tempProfile } from '../testing/disk/temp-profile.ts';
import { transportCompliance } from '../testing/network/transport-compliance.ts';
import type { Connection, Listener } from '../transport/transport.ts';

const { folder, remove } = tempProfile();
process.once('exit', remove);
const [loopback = 'lo'] = Object.entries(networkInterfaces()).flatMap(([name, found]) =>
  found?.[0]?.internal ? [name] : [],
);
const never = new AbortController().signal;

function transportOf(choice: Partial<AdapterChoice>): ReturnType<typeof peerTransport> {
  return peerTransport(folder, new ChosenAdapters({ only: null, except: [], ...choice }));
}

transportCompliance('TCP over chosen adapters', () => ({
  transport: transportOf({ only: [loopback] }),
  host: '127.0.0.1',
}));

describe('an adapter that must not be used', () => {
  let listener: Listener | null = null;

  afterEach(() => listener?.stop());

  it('lets nobody in', async () => {
    const accepted: Connection[] = [];
    const guarded = transportOf({ except: [loopback] });
    listener = await guarded.listen('127.0.0.1', 0, (connection) => accepted.push(connection));
    const connection = await transportOf({}).dial('127.0.0.1', listener.port, never);
    await new Promise<void>((resolve) => (connection.onClose = resolve));
    expect(accepted).toEqual([]);
  });

  it('is not dialled over', async () => {
    const accepted: Connection[] = [];
    listener = await transportOf({}).listen('127.0.0.1', 0, (connection) => accepted.push(connection));
    await expect(transportOf({ except: [loopback] }).dial('127.0.0.1', listener.port, never)).rejects.toThrow();
    (await transportOf({}).dial('127.0.0.1', listener.port, never)).close();
    await expect.poll(() => accepted.length).toBe(1);
  });
});
