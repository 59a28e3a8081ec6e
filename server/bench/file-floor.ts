// The least that a file to a sealed place on another's disk takes: its bytes cross a TCP connection as they are, are sealed by the
// cipher that Loom's sealed files have, and are on the disk before the answer. What Loom's time is compared with.
import { createCipheriv, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { options, serve } from './process.ts';

const CHUNK_BYTES = 64 * 1024;

const { folder } = options() as { readonly folder: string };
const key = randomBytes(32);

const service = {
  /** Takes files from now on, one a connection. @returns the port. */
  listen(): Promise<number> {
    const server = createServer({ allowHalfOpen: true }, (connection) => void take(connection));
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
  },

  /** @returns milliseconds until it is on their disk. */
  async send({ port, path }: { port: number; path: string }): Promise<number> {
    const start = performance.now();
    const connection = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const answered = new Promise((resolve) => connection.once('data', resolve));
    await pipeline(createReadStream(path, { highWaterMark: CHUNK_BYTES }), connection, { end: true });
    await answered;
    connection.destroy();
    return performance.now() - start;
  },
};

export type FileFloorService = typeof service;

async function take(connection: Socket): Promise<void> {
  const file = await open(join(folder, 'taken'), 'w');
  let number = 0;
  // The answer goes back the same way: reading to its end must not close it.
  for await (const bytes of connection.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE((number += 1));
    const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
    await file.writev([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  }
  await file.sync();
  await file.close();
  connection.end('.');
}

serve(service);
