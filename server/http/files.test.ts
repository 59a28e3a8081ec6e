// The real door, over a real profile: who gets a file, who does not, and in which pieces.
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UPLOAD_PIECE_BYTES } from '../contract/limits.ts';
import type { Message } from '../contract/messages.ts';
import type { Profile } from '../engine/profile/profile.ts';
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
  await door.close();
  await town.end();
});

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

async function handedOver(bytes: Uint8Array): Promise<Message> {
  const ticket = await begin(bytes.length);
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
    expect((await piece('../../etc', 0, randomBytes(1))).status).not.toBe(204);
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

  it('is gone when the profile is closed', async () => {
    const ticket = await ticketFor(await handedOver(png), 'view');
    await ann.run('vault.passphrase', { current: '', next: 'correct horse' });
    await ann.run('vault.lock');
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
