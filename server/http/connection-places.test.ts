import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { Places } from './connection-places.ts';

it('holds so many; one more, and the oldest goes that is not kept', async () => {
  const places = new Places<Socket>(3);
  const taken: Socket[] = [];
  const server = createServer((socket) => {
    taken.push(socket);
    places.take(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const come = async (): Promise<void> => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    await Promise.all([once(socket, 'connect'), once(server, 'connection')]);
  };
  const open = (): number[] => taken.flatMap((socket, at) => (socket.destroyed ? [] : [at]));

  for (let at = 0; at < 3; at++) await come();
  places.keep(taken[0]!);
  await come();
  expect(open()).toEqual([0, 1, 2, 3]);
  await come();
  expect(open()).toEqual([0, 2, 3, 4]);
  // One that has left makes room.
  taken[2]!.destroy();
  await once(taken[2]!, 'close');
  await come();
  expect(open()).toEqual([0, 3, 4, 5]);
  await come();
  await come();
  expect(open()).toEqual([0, 5, 6, 7]);
  for (const socket of taken) socket.destroy();
  server.close();
});
