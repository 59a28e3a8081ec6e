// The real door, over a real profile: who gets a file, who does not, and in which pieces.
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UPLOAD_PIECE_BYTES } from '../contract/limits.ts';
import type { Message } from '../contract/messages.ts';
import type { Profile } from '../engine/profile/profile.ts';
import { diskError, SEALED_BYTES, sealedFiles, watchSealedFiles } from '../testing/disk/sealed-files.ts';
import { openDoorOf, type OpenDoor } from '../testing/network/http-edge.ts';
import { Town, type TestLoom } from '../testing/test-loom.ts';
import { rangeOf } from './files.ts';

const PIECE = 'application/offset+octet-stream';

let town: Town;
let ann: TestLoom;
let door: OpenDoor<Profile>;

beforeEach(async () => {
  town = new Town();
  ({ ann } = await town.pair());
  door = await openDoorOf(ann.profile);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await door.close();
  await town.end();
  // Whatever a disk does is none.
  expect(door.bugs).toEqual([]);
});

async function lock(): Promise<void> {
  await ann.run('vault.passphrase', { current: '', next: 'correct horse' });
  await ann.run('vault.lock');
}

function piece(
  ticket: string,
  offset: number,
  body: Uint8Array,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${door.origin}/files/in/${ticket}`, {
    method: 'PATCH',
    headers: { Origin: door.origin, 'Upload-Offset': String(offset), 'Content-Type': PIECE, ...headers },
    body,
  });
}

const get = (ticket: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${door.origin}/files/out/${ticket}`, { headers });

async function begin(size: number, type = 'image/png'): Promise<string> {
  return (await ann.run('file.begin', { name: 'a.png', size, type })).ticket;
}

/** A picture from Ann is fetched by Bob without asking, what is of no type is not. */
async function handedOver(bytes: Uint8Array, type?: string): Promise<Message> {
  const ticket = await begin(bytes.length, type);
  expect((await piece(ticket, 0, bytes)).status).toBe(204);
  const { conversation } = await ann.contact('Bob');
  return ann.run('file.send', { conversation, ticket });
}

async function ticketFor({ conversation, author, id }: Message, purpose: 'view' | 'save'): Promise<string> {
  return (await ann.run('file.ticket', { conversation, author, id, purpose })).ticket;
}

describe('a file that is handed over', () => {
  it('comes in pieces, each where the last ended', async () => {
    const bytes = randomBytes(3_000_000);
    const ticket = await begin(bytes.length);
    const first = await piece(ticket, 0, bytes.subarray(0, 1_500_001));
    expect([first.status, first.headers.get('Upload-Offset')]).toEqual([204, '1500001']);
    const again = await piece(ticket, 0, bytes.subarray(0, 10));
    expect([again.status, again.headers.get('Upload-Offset')]).toEqual([409, '1500001']);
    expect((await piece(ticket, 1_500_001, bytes.subarray(1_500_001))).status).toBe(204);
    const { conversation } = await ann.contact('Bob');
    const message = await ann.run('file.send', { conversation, ticket });
    const saved = await get(await ticketFor(message, 'save'));
    expect(bytes.equals(Buffer.from(await saved.arrayBuffer()))).toBe(true);
  });

  it('is refused where it does not fit', async () => {
    const ticket = await begin(10);
    expect((await piece(ticket, 0, randomBytes(11))).status).toBe(413);
    expect((await piece('0'.repeat(32), 0, randomBytes(1))).status).toBe(404);
    expect((await piece('..%2f..%2fetc', 0, randomBytes(1))).status).toBe(400);
    const other = await begin(10);
    expect((await piece(other, 0, randomBytes(1), { 'Content-Type': 'text/plain' })).status).toBe(415);
    expect((await piece(other, 0, randomBytes(1), { 'Upload-Offset': '-1' })).status).toBe(400);
    expect((await piece(other, 0, randomBytes(1), { Origin: 'http://elsewhere.example' })).status).toBe(403);
  });

  it('has a bound for each piece', async () => {
    const ticket = await begin(2 * UPLOAD_PIECE_BYTES);
    expect((await piece(ticket, 0, new Uint8Array(UPLOAD_PIECE_BYTES + 1))).status).toBe(413);
    expect((await piece(ticket, 0, new Uint8Array(UPLOAD_PIECE_BYTES))).status).toBe(204);
  });

  it('is offered only when all of it is here', async () => {
    const ticket = await begin(10);
    await piece(ticket, 0, randomBytes(9));
    const { conversation } = await ann.contact('Bob');
    await expect(ann.run('file.send', { conversation, ticket })).rejects.toMatchObject({ code: 'file-state' });
  });
});

describe('a file that is handed over, and a disk that refuses', () => {
  /** @returns the status; null: the connection is cut. @param half what happens in the middle. */
  function slowly(ticket: string, bytes: Uint8Array, half: () => Promise<void>): Promise<number | null> {
    const middle = Math.floor(bytes.length / 2);
    const headers = { Origin: door.origin, 'Upload-Offset': 0, 'Content-Type': PIECE, 'Content-Length': bytes.length };
    return new Promise((resolve, reject) => {
      const patch = request(`${door.origin}/files/in/${ticket}`, { method: 'PATCH', headers });
      patch.on('response', (response) => resolve(response.statusCode ?? 0));
      patch.on('error', () => resolve(null));
      patch.write(bytes.subarray(0, middle));
      half().then(() => patch.end(bytes.subarray(middle)), reject);
    });
  }

  it('is gone when the profile is locked in the middle of a piece', async () => {
    const ticket = await begin(6_000_000);
    const taken = watchSealedFiles('write');
    const status = await slowly(ticket, randomBytes(6_000_000), async () => {
      await vi.waitFor(() => expect(taken).toHaveBeenCalled());
      await lock();
    });
    expect(status).toBe(404);
    expect(sealedFiles(ann.folder)).toEqual([]);
  });

  it('is gone when it is discarded in the middle of a piece', async () => {
    const ticket = await begin(10);
    const status = await slowly(ticket, randomBytes(10), async () => {
      await vi.waitFor(() => expect(ann.profile.files?.received(ticket)).toBe(5));
      await ann.run('file.discard', { ticket });
    });
    expect(status).toBe(404);
  });

  it.each([
    ['EIO', 500],
    ['ENOSPC', 507],
    ['EMFILE', 503],
  ])('goes on after %s, and every byte is there', async (code, status) => {
    const bytes = randomBytes(1_500_000);
    const ticket = await begin(bytes.length);
    watchSealedFiles('write').mockRejectedValueOnce(diskError(code));
    const refused = await piece(ticket, 0, bytes);
    expect(refused.status).toBe(status);
    const offset = Number(refused.headers.get('Upload-Offset'));
    expect((await piece(ticket, offset, bytes.subarray(offset))).status).toBe(204);
    const { conversation } = await ann.contact('Bob');
    const saved = await get(await ticketFor(await ann.run('file.send', { conversation, ticket }), 'save'));
    expect(bytes.equals(Buffer.from(await saved.arrayBuffer()))).toBe(true);
  });

  it('has no place where there is no folder', async () => {
    writeFileSync(join(ann.folder, 'files'), '');
    await expect(begin(10)).rejects.toMatchObject({ code: 'storage-failed' });
  });

  it('is not offered when it is not safe on the disk', async () => {
    const ticket = await begin(10);
    await piece(ticket, 0, randomBytes(10));
    watchSealedFiles('sync').mockRejectedValueOnce(diskError('EIO'));
    const { conversation } = await ann.contact('Bob');
    await expect(ann.run('file.send', { conversation, ticket })).rejects.toMatchObject({ code: 'storage-failed' });
    expect(sealedFiles(ann.folder)).toEqual([]);
    await expect(ann.run('file.send', { conversation, ticket })).rejects.toMatchObject({ code: 'file-unknown' });
  });
});

describe('a file that is fetched', () => {
  /** Its header says that it is as wide as high. */
  const pngOf = (side: number): Buffer => {
    const bytes = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR', 'latin1'), randomBytes(200_000)]);
    bytes.writeUInt32BE(side, 16);
    bytes.writeUInt32BE(side, 20);
    return bytes;
  };
  const png = pngOf(100);

  it('is shown to elements that show it, as often as they like, and in ranges', async () => {
    const ticket = await ticketFor(await handedOver(png), 'view');
    const whole = await get(ticket, { 'Sec-Fetch-Dest': 'image' });
    expect([whole.status, whole.headers.get('Content-Type')]).toEqual([200, 'image/png']);
    expect(whole.headers.get('Content-Security-Policy')).toBe("sandbox; default-src 'none'");
    expect(whole.headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(png.equals(Buffer.from(await whole.arrayBuffer()))).toBe(true);
    const part = await get(ticket, { 'Sec-Fetch-Dest': 'image', Range: 'bytes=65530-65545' });
    expect([part.status, part.headers.get('Content-Range')]).toEqual([206, `bytes 65530-65545/${png.length}`]);
    expect(png.subarray(65_530, 65_546).equals(Buffer.from(await part.arrayBuffer()))).toBe(true);
    expect((await get(ticket, { 'Sec-Fetch-Dest': 'image', Range: `bytes=${png.length}-` })).status).toBe(416);
  });

  it.each([
    ['bytes=0-1', 206, 'bytes 0-1/200016', 2],
    ['bytes=-500', 206, 'bytes 199516-200015/200016', 500],
    ['bytes=200000-300000', 206, 'bytes 200000-200015/200016', 16],
    ['bytes=200016-', 416, 'bytes */200016', 0],
    ['bytes=0-1,5-6', 200, null, 200_016],
  ] as const)('asked for %s, is given so', async (range, status, contentRange, length) => {
    const ticket = await ticketFor(await handedOver(png), 'view');
    const part = await get(ticket, { 'Sec-Fetch-Dest': 'image', Range: range });
    expect([part.status, part.headers.get('Content-Range')]).toEqual([status, contentRange]);
    expect((await part.arrayBuffer()).byteLength).toBe(length);
  });

  it('is given whole to who has a part of another', async () => {
    const ticket = await ticketFor(await handedOver(png), 'view');
    const asked = { 'Sec-Fetch-Dest': 'image', Range: 'bytes=5-9' };
    const tag = (await get(ticket, asked)).headers.get('ETag') ?? '';
    expect((await get(ticket, { ...asked, 'If-Range': tag })).status).toBe(206);
    expect((await get(ticket, { ...asked, 'If-Range': '"another"' })).status).toBe(200);
    expect((await get(ticket, { ...asked, 'If-Range': 'Tue, 01 Dec 2026 12:00:00 GMT' })).status).toBe(200);
  });

  it('is not shown as a page, a script or a frame', async () => {
    const ticket = await ticketFor(await handedOver(png), 'view');
    for (const dest of ['document', 'script', 'iframe', 'object', 'empty'])
      expect((await get(ticket, { 'Sec-Fetch-Dest': dest })).status).toBe(403);
    expect((await get(ticket)).status).toBe(403);
  });

  it('is saved once, under its own name', async () => {
    const ticket = await ticketFor(await handedOver(png), 'save');
    const saved = await get(ticket);
    expect(saved.headers.get('Content-Disposition')).toBe("attachment; filename*=UTF-8''a.png");
    expect(saved.headers.get('Content-Type')).toBe('application/octet-stream');
    await saved.arrayBuffer();
    expect((await get(ticket)).status).toBe(404);
  });

  it('is not to be shown unless it is what browsers show', async () => {
    const message = await handedOver(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'));
    await expect(ticketFor(message, 'view')).rejects.toMatchObject({ code: 'file-state' });
  });

  it('is not to be shown when it says that it takes gigabytes to draw', async () => {
    const [largest, larger] = [await handedOver(pngOf(8_000)), await handedOver(pngOf(8_001))];
    const ticket = await ticketFor(largest, 'view');
    expect((await get(ticket, { 'Sec-Fetch-Dest': 'image' })).status).toBe(200);
    await expect(ticketFor(larger, 'view')).rejects.toMatchObject({ code: 'file-state' });
    expect((await get(await ticketFor(larger, 'save'))).status).toBe(200);
  });

  it('is shown as a picture only where it was looked at as one', async () => {
    const avif = Buffer.concat([Buffer.from('\0\0\0\x1cftypavif\0\0\0\0avifmif1', 'latin1'), randomBytes(1000)]);
    const [film, picture] = [await handedOver(avif), await handedOver(png)];
    const status = async (message: Message, dest: string): Promise<number> =>
      (await get(await ticketFor(message, 'view'), { 'Sec-Fetch-Dest': dest })).status;
    expect(await status(film, 'image')).toBe(403);
    expect(await status(film, 'video')).toBe(200);
    expect(await status(film, 'audio')).toBe(200);
    expect(await status(picture, 'video')).toBe(403);
    expect(await status(picture, 'constructor')).toBe(403);
  });

  it('is refused, and no more, where it is damaged', async () => {
    const ticket = await ticketFor(await handedOver(png), 'view');
    const [path = ''] = sealedFiles(ann.folder);
    const sealed = readFileSync(path);
    sealed[70_000]! ^= 1;
    writeFileSync(path, sealed);
    expect((await get(ticket, { 'Sec-Fetch-Dest': 'image' })).status).toBe(500);
    expect((await get(ticket, { 'Sec-Fetch-Dest': 'image', Range: 'bytes=0-9' })).status).toBe(206);
  });

  it('ends in the middle where that is damaged', async () => {
    const ticket = await ticketFor(await handedOver(randomBytes(1_000_000)), 'save');
    const [path = ''] = sealedFiles(ann.folder);
    const sealed = readFileSync(path);
    sealed[900_000]! ^= 1;
    writeFileSync(path, sealed);
    const response = await get(ticket);
    expect(response.status).toBe(200);
    await expect(response.arrayBuffer()).rejects.toThrow();
  });

  it('is read no further once the profile is locked', async () => {
    const ticket = await ticketFor(await handedOver(randomBytes(8_000_000), ''), 'save');
    const read = watchSealedFiles('read');
    const closed = watchSealedFiles('close');
    const response = await get(ticket);
    await vi.waitFor(() => expect(read).toHaveBeenCalled());
    await lock();
    expect(closed).toHaveBeenCalled();
    await expect(response.arrayBuffer()).rejects.toThrow();
  });

  it('is closed when nobody begins to read it', async () => {
    const ticket = await ticketFor(await handedOver(png, ''), 'save');
    const closed = watchSealedFiles('close');
    const download = await ann.profile.files?.download(ticket);
    download?.bytes(0, 10).destroy();
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
  });

  it('is opened for a range, and no more of it than that', async () => {
    const ticket = await ticketFor(await handedOver(png), 'view');
    const read = watchSealedFiles('read');
    await (await get(ticket, { 'Sec-Fetch-Dest': 'image', Range: 'bytes=5-9' })).arrayBuffer();
    expect(read.mock.calls).toEqual([[5, 5]]);
  });

  it('of which a part is sought, is read from the disk but for one chunk more', async () => {
    const size = 2_000_000;
    const film = Buffer.concat([Buffer.from('\0\0\0\x1cftypisom', 'latin1'), randomBytes(size - 12)]);
    const ticket = await ticketFor(await handedOver(film, 'video/mp4'), 'view');
    const [path = ''] = sealedFiles(ann.folder);
    const probe = await open(path);
    const read = vi.spyOn(Object.getPrototypeOf(probe) as FileHandle, 'read');
    await probe.close();
    const from = 700_001;
    const part = await get(ticket, { 'Sec-Fetch-Dest': 'video', Range: `bytes=${from}-` });
    expect(film.subarray(from).equals(Buffer.from(await part.arrayBuffer()))).toBe(true);
    const results = await Promise.all(read.mock.results.map(({ value }) => value as Promise<{ bytesRead: number }>));
    const total = results.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
    expect(total).toBeGreaterThanOrEqual(size - from);
    const tags = Math.ceil(size / SEALED_BYTES) * 16;
    expect(total).toBeLessThanOrEqual(size - from + SEALED_BYTES + tags);
  });

  it('is gone when the profile is closed', async () => {
    const ticket = await ticketFor(await handedOver(png), 'view');
    await lock();
    expect((await get(ticket, { 'Sec-Fetch-Dest': 'image' })).status).toBe(404);
    await ann.run('vault.unlock', { passphrase: 'correct horse' });
    expect((await get(ticket, { 'Sec-Fetch-Dest': 'image' })).status).toBe(404);
  });
});

it.each([
  ['bytes=0-1', { from: 0, to: 2 }],
  ['bytes=5-', { from: 5, to: 10 }],
  ['bytes=-3', { from: 7, to: 10 }],
  ['bytes=-30', { from: 0, to: 10 }],
  ['bytes=0-99', { from: 0, to: 10 }],
  ['bytes=10-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=3-2', null],
  ['bytes=0-1,4-5', null],
  ['lines=0-1', null],
  ['bytes=-', null],
])('range %s of ten bytes', (header, range) => {
  expect(rangeOf(header, 10)).toEqual(range);
});
