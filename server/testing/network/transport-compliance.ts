// What every Transport must do, run against each implementation by its own test.
import { describe, expect, it } from 'vitest';
import type { Connection, Transport } from '../../transport/transport.ts';

export interface TransportUnderTest {
  readonly transport: Transport;
  readonly host: string;
}

interface Joined {
  readonly dialled: Connection;
  readonly accepted: Connection;
  readonly stop: () => Promise<void>;
}

async function join({ transport, host }: TransportUnderTest): Promise<Joined> {
  const incoming: ((connection: Connection) => void)[] = [];
  const accepted = new Promise<Connection>((resolve) => incoming.push(resolve));
  const listener = await transport.listen(host, 0, (connection) => incoming[0]?.(connection));
  const dialled = await transport.dial(host, listener.port, new AbortController().signal);
  return { dialled, accepted: await accepted, stop: () => listener.stop() };
}

function collect(connection: Connection): { text: () => string; closed: Promise<void> } {
  const parts: Uint8Array[] = [];
  connection.onData = (bytes) => parts.push(bytes);
  const closed = new Promise<void>((resolve) => {
    connection.onClose = resolve;
  });
  return { text: () => Buffer.concat(parts).toString(), closed };
}

export function transportCompliance(name: string, make: () => TransportUnderTest): void {
  describe(`${name} is a transport`, () => {
    it('carries bytes both ways, in order, and all of them before the end', async () => {
      const { dialled, accepted, stop } = await join(make());
      const atAccepted = collect(accepted);
      const atDialled = collect(dialled);
      for (let i = 0; i < 500; i += 1) {
        dialled.write(Buffer.from(`${i},`));
        accepted.write(Buffer.from(`${-i},`));
      }
      dialled.close();
      await atAccepted.closed;
      accepted.close();
      await atDialled.closed;
      expect(atAccepted.text()).toBe(Array.from({ length: 500 }, (_, i) => `${i},`).join(''));
      expect(atDialled.text()).toBe(Array.from({ length: 500 }, (_, i) => `${-i},`).join(''));
      await stop();
    });

    it('tells both sides of a destroyed connection once', async () => {
      const { dialled, accepted, stop } = await join(make());
      let closes = 0;
      const far = new Promise<void>((resolve) => {
        accepted.onClose = () => {
          closes += 1;
          resolve();
        };
      });
      dialled.destroy();
      dialled.destroy();
      await far;
      accepted.destroy();
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(closes).toBe(1);
      await stop();
    });

    it('keeps bytes back while paused', async () => {
      const { dialled, accepted, stop } = await join(make());
      const at = collect(accepted);
      accepted.pause();
      dialled.write(Buffer.from('later'));
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(at.text()).toBe('');
      accepted.resume();
      dialled.close();
      await at.closed;
      expect(at.text()).toBe('later');
      await stop();
    });

    it('refuses a dial to nobody and an aborted dial', async () => {
      const { transport, host } = make();
      const listener = await transport.listen(host, 0, (connection) => connection.destroy());
      const { port } = listener;
      await expect(transport.dial(host, port, AbortSignal.abort())).rejects.toThrow('aborted');
      await listener.stop();
      await expect(transport.dial(host, port, new AbortController().signal)).rejects.toThrow();
    });

    it('refuses a port that is taken', async () => {
      const { transport, host } = make();
      const first = await transport.listen(host, 0, (connection) => connection.destroy());
      const again = async (): Promise<unknown> => transport.listen(host, first.port, (c) => c.destroy());
      await expect(again()).rejects.toThrow();
      await first.stop();
    });
  });
}
