// The least that durable delivery takes: a message crosses TCP and comes back as an acknowledgement, each side having
// put one row on its disk before it spoke. No encryption, no protocol, no state: what Loom's time is compared with.
import { writeFileSync } from 'node:fs';
import { createServer, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { Database } from '../storage/database.ts';
import { options, serve } from './process.ts';

/** What one message of 100 bytes and its acknowledgement take on the wire of Loom, and its row on the disk. */
const MESSAGE_BYTES = 530;
const ACK_BYTES = 274;
const ROW_BYTES = 512;

const path = join((options() as { readonly folder: string }).folder, 'floor.db');
writeFileSync(path, '');
const database = new Database(path);
database.transaction(() => database.script('CREATE TABLE row (id INTEGER PRIMARY KEY, body BLOB)'));

let socket: Socket | null = null;

const service = {
  /** Answers from now on. @returns the port. */
  listen(): Promise<number> {
    const server = createServer((connection) => {
      connection.setNoDelay(true);
      onWhole(connection, MESSAGE_BYTES, () => {
        commit();
        connection.write(new Uint8Array(ACK_BYTES));
      });
    });
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
  },

  connect(port: number): Promise<void> {
    return new Promise((resolve) => {
      socket = connect(port, '127.0.0.1', resolve).setNoDelay(true);
    });
  },

  /** @returns milliseconds of each. */
  async sendSingly(count: number): Promise<number[]> {
    if (!socket) throw new Error('not connected');
    const connection = socket;
    let acknowledged: () => void = () => undefined;
    onWhole(connection, ACK_BYTES, () => acknowledged());
    const waits: number[] = [];
    for (let sent = 0; sent < count; sent += 1) {
      const start = performance.now();
      commit();
      const answer = new Promise<void>((resolve) => (acknowledged = resolve));
      connection.write(new Uint8Array(MESSAGE_BYTES));
      await answer;
      waits.push(performance.now() - start);
    }
    connection.removeAllListeners('data');
    return waits;
  },
};

export type FloorService = typeof service;

function commit(): void {
  database.begin();
  database.within(() => database.change('INSERT INTO row (body) VALUES (?)', new Uint8Array(ROW_BYTES)));
  database.commit();
}

/** Calls for each `length` bytes. */
function onWhole(connection: Socket, length: number, action: () => void): void {
  let waiting = 0;
  connection.on('data', (bytes) => {
    waiting += bytes.length;
    for (; waiting >= length; waiting -= length) action();
  });
}

serve(service);
