// The door to the browser in a process of its own: the real HTTP and WebSocket layer over the real event log, with a
// session for one tab; and beside it a bare WebSocket server that says a word back, or has the daemon tell an event.
import { once } from 'node:events';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Message } from '../contract/model.ts';
import { anyId } from '../testing/ids.ts';
import { openDoor, enter } from '../testing/network/http-edge.ts';
import { serve } from './process.ts';

/** A message of 100 bytes, as the interface is told of one. */
const MESSAGE: Message = {
  id: anyId('0'.repeat(32)),
  conversation: anyId('1'.repeat(32)),
  author: anyId('2'.repeat(32)),
  direction: 'in',
  kind: 'text',
  body: 'a'.repeat(100),
  at: 1_700_000_000_000,
  arrivedAt: 1_700_000_000_000,
  state: 'received',
  position: 1,
  missing: 0,
};
const ECHO = JSON.stringify({ cursor: 1, event: 'message.received', data: { message: MESSAGE } });

const service = {
  async open(): Promise<{ pagePort: number; barePort: number; sid: string; key: string }> {
    const door = await openDoor();
    const bare = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
    await once(bare, 'listening');
    bare.on('connection', (socket: WebSocket) => {
      socket.on('message', (data: Buffer) => {
        if (data.toString('utf8') === 'echo') socket.send(ECHO);
        else {
          const read = () => ({ message: MESSAGE });
          door.application.events.emit('message.received', read(), { about: MESSAGE.id, read });
        }
      });
    });
    const address = bare.address();
    const barePort = typeof address === 'object' && address ? address.port : 0;
    return { pagePort: door.port, barePort, ...enter(door) };
  },
};

export type DoorService = typeof service;

serve(service);
