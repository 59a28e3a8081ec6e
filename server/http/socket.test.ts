import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { FakeClock } from '../testing/fake-clock.ts';
import { openDoor, openPage, TestPage, upgradeHeaders } from '../testing/network/http-edge.ts';
import type { OpenDoor } from '../testing/network/http-edge.ts';
import type { SessionSecret } from './access.ts';
import {
  BACKLOG_BYTES,
  HEARTBEAT_MS,
  MESSAGE_FRAGMENTS,
  MESSAGE_PAYLOAD_BYTES,
  MESSAGES_PER_SECOND,
  PROOF_BYTES,
  PROOF_MS,
  UNPROVEN_SOCKETS,
} from './limits.ts';
import { serverProof } from './proof.ts';

let clock: FakeClock;
let door: OpenDoor;
beforeEach(async () => {
  clock = new FakeClock();
  door = await openDoor(clock);
});
afterEach(() => door.close());

function session(): SessionSecret {
  return door.access.redeem(door.access.mintCode('opened'))!;
}

function newPage(origin = door.origin): TestPage {
  return new TestPage(door.port, origin);
}

const request = (id: number): unknown => ({ id, command: 'contact.list', params: {} });
const done = (id: number): unknown => ({ id, ok: true, result: { done: true } });

describe('W7 the mutual proof', () => {
  it('lets a page in that proves its session, and proves the server to it', async () => {
    const secret = session();
    const page = newPage();
    const { ns, nc } = await page.prove(secret, door.origin);
    const expected = serverProof(Buffer.from(secret.key, 'hex'), nc, ns).toString('hex');
    const hash = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
    expect(await page.next()).toEqual({ mac: expected, keepsake: hash });
    page.send(request(1));
    expect(await page.next()).toEqual(done(1));
    page.socket.close();
    await page.closed;
  });

  it('says 32 fresh bytes first, and nothing more', async () => {
    const pages = [newPage(), newPage()];
    const greetings = await Promise.all(pages.map((page) => page.next()));
    expect(greetings).toEqual([
      { ns: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      { ns: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
    ]);
    expect(greetings[0]).not.toEqual(greetings[1]);
    pages.forEach((page) => page.socket.terminate());
  });

  it('serves the same session again, from any address of the door', async () => {
    const secret = session();
    for (const origin of [door.origin, `http://localhost:${door.port}`, 'http://127.0.0.1:50000', 'http://[::1]']) {
      const page = newPage(origin);
      await page.prove(secret, origin);
      expect(Object.keys(await page.next())).toEqual(['mac', 'keepsake']);
      page.socket.terminate();
    }
  });

  it('refuses a wrong proof and an unknown session alike', async () => {
    const secret = session();
    const wrong = [
      { ...secret, key: randomBytes(32).toString('hex') },
      { ...secret, sid: randomBytes(16).toString('hex') },
    ];
    for (const guess of wrong) {
      const page = newPage();
      await page.prove(guess, door.origin);
      expect(await page.closed).toBe(4401);
      await expect(page.next()).rejects.toThrow();
    }
  });

  it('refuses a replayed transcript', async () => {
    const secret = session();
    const page = newPage();
    const { sent } = await page.prove(secret, door.origin);
    await page.next();
    const replay = newPage();
    await replay.next();
    replay.send(sent);
    expect(await replay.closed).toBe(4401);
    page.socket.terminate();
  });

  it('refuses the server’s own words turned around', async () => {
    const secret = session();
    const [page, mirror] = [newPage(), newPage()];
    const { nc } = await page.prove(secret, door.origin);
    const { mac } = await page.next();
    await mirror.next();
    mirror.send({ sid: secret.sid, nc: nc.toString('hex'), mac });
    expect(await mirror.closed).toBe(4401);
    page.socket.terminate();
  });

  it('is of no use to a program on another port that passes it on', async () => {
    const secret = session();
    const impostor = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(impostor, 'listening');
    const { port } = impostor.address() as { port: number };
    const upstream = newPage();
    impostor.on('connection', (socket) => {
      void upstream.next().then((greeting) => socket.send(JSON.stringify(greeting)));
      socket.on('message', (data: Buffer) => upstream.socket.send(data.toString('utf8')));
    });
    const page = new TestPage(port, `http://127.0.0.1:${port}`);
    await page.prove(secret, `http://127.0.0.1:${port}`);
    expect(await upstream.closed).toBe(4401);
    page.socket.terminate();
    impostor.close();
  });

  it('hangs up on anything else in its place', async () => {
    const { sid } = session();
    const good = { sid, nc: '0'.repeat(64), mac: '0'.repeat(64) };
    const wrong = [
      request(1),
      null,
      [],
      {},
      { ...good, more: 1 },
      { ...good, sid: sid.slice(2) },
      { ...good, mac: 'G'.repeat(64) },
      { ...good, mac: 'A'.repeat(64) },
      { ...good, nc: '0'.repeat(62) },
    ];
    for (const value of wrong) {
      const page = newPage();
      await page.next();
      page.send(value);
      // Neither is a second try on the same socket looked at.
      page.send(good);
      expect({ value, code: await page.closed }).toEqual({ value, code: 4400 });
    }
    const [text, binary] = [newPage(), newPage()];
    await Promise.all([text.next(), binary.next()]);
    text.socket.send('no json');
    binary.socket.send(Buffer.from(JSON.stringify(good)));
    expect(await Promise.all([text.closed, binary.closed])).toEqual([4400, 4400]);
    expect(door.application.executed).toEqual([]);
  });

  it('refuses a good proof that follows a wrong one', async () => {
    const page = newPage();
    const { sent } = await proofWithoutSending(page, session());
    page.send({ ...sent, mac: '0'.repeat(64) });
    page.send(sent);
    expect(await page.closed).toBe(4401);
    await expect(page.next()).rejects.toThrow();
  });

  it('has 4 KiB', async () => {
    const secret = session();
    const pages = [newPage(), newPage()];
    const codes = pages.map(async (page, index) => {
      const { sent } = await proofWithoutSending(page, secret);
      page.socket.send(JSON.stringify(sent).padEnd(PROOF_BYTES + index));
      return index === 0 ? page.next() : page.closed;
    });
    expect(await codes[0]).toMatchObject({ mac: expect.any(String) as string });
    expect(await codes[1]).toBe(4400);
    pages[0]!.socket.terminate();
  });

  it('has five seconds', async () => {
    const [early, late] = [newPage(), newPage()];
    await late.next();
    const secret = session();
    clock.advance(PROOF_MS - 1);
    await early.prove(secret, door.origin);
    await early.next();
    expect(late.socket.readyState).toBe(WebSocket.OPEN);
    clock.advance(1);
    expect(await late.closed).toBe(4408);
    early.send(request(1));
    expect(await early.next()).toEqual(done(1));
    early.socket.terminate();
  });

  it('is awaited from so many sockets at once; one more, and the oldest goes', async () => {
    const inside = await openPage(door);
    const waiting = Array.from({ length: UNPROVEN_SOCKETS }, () => newPage());
    await Promise.all(waiting.map((page) => page.next()));
    const owner = newPage();
    const { ns, nc } = await owner.prove(session(), door.origin);
    expect([ns.length, nc.length]).toEqual([32, 32]);
    expect(await owner.next()).toHaveProperty('mac');
    expect(await waiting[0]!.closed).toBe(1006);
    expect(waiting.slice(1).every(({ socket }) => socket.readyState === socket.OPEN)).toBe(true);
    // A page that is in gives way to nobody.
    const more = Array.from({ length: 2 * UNPROVEN_SOCKETS }, () => newPage());
    await Promise.all(more.slice(-UNPROVEN_SOCKETS).map((page) => page.next()));
    for (const page of [inside, owner]) {
      page.send(request(1));
      expect(await page.next()).toEqual(done(1));
    }
    for (const page of [...waiting, ...more, inside, owner]) page.socket.terminate();
  });

  it('frees its place once, however a socket ends', async () => {
    for (let round = 0; round < 20; round++) {
      const page = await openPage(door);
      page.socket.close();
      await page.closed;
      const wrong = newPage();
      await wrong.next();
      wrong.send({});
      await wrong.closed;
    }
    const waiting = Array.from({ length: UNPROVEN_SOCKETS }, () => newPage());
    await Promise.all(waiting.map((page) => page.next()));
    expect(waiting.every(({ socket }) => socket.readyState === socket.OPEN)).toBe(true);
    const surplus = newPage();
    await surplus.next();
    expect(await waiting[0]!.closed).toBe(1006);
    [...waiting, surplus].forEach((page) => page.socket.terminate());
  });

  it('ends with the session', async () => {
    const [one, two] = [await openPage(door), await openPage(door)];
    door.access.locked();
    door.access.unlocked(null);
    expect(await Promise.all([one.closed, two.closed])).toEqual([4401, 4401]);
  });
});

describe('W9 after the proof', () => {
  it('carries requests, replies and events', async () => {
    const page = await openPage(door);
    page.send({ id: 1, command: 'events.subscribe', params: { cursor: null, boot: null } });
    expect(await page.next()).toMatchObject({ id: 1, ok: true, result: { cursor: 0 } });
    for (let i = 1; i <= 100; i++) door.application.say(`event ${i}`);
    for (let i = 1; i <= 100; i++)
      expect(await page.next()).toMatchObject({ cursor: i, data: { request: `event ${i}` } });
    page.socket.terminate();
  });

  it('hangs up on what is no request', async () => {
    const sends: ((page: TestPage) => void)[] = [
      (page) => page.socket.send('no json'),
      (page) => page.socket.send(Buffer.from(JSON.stringify(request(1)))),
      (page) => page.send({ command: 'status.get', params: {} }),
    ];
    for (const send of sends) {
      const page = await openPage(door);
      send(page);
      expect(await page.closed).toBe(4400);
    }
  });

  it('takes messages up to 512 KiB', async () => {
    const page = await openPage(door);
    page.socket.send(JSON.stringify(request(1)).padEnd(MESSAGE_PAYLOAD_BYTES));
    expect(await page.next()).toEqual(done(1));
    page.socket.send(JSON.stringify(request(2)).padEnd(MESSAGE_PAYLOAD_BYTES + 1));
    expect(await page.closed).toBe(1009);
  });

  it('takes messages in up to 64 fragments, of any size', async () => {
    const inPieces = (page: TestPage, text: string, pieces: number): void => {
      for (let i = 0; i < pieces; i++) {
        const last = i === pieces - 1;
        page.socket.send(last ? text.slice(i) : (text[i] ?? ''), { fin: last });
      }
    };
    const page = await openPage(door);
    const text = JSON.stringify(request(1)).padEnd(200);
    inPieces(page, text, MESSAGE_FRAGMENTS);
    expect(await page.next()).toEqual(done(1));
    inPieces(page, text, MESSAGE_FRAGMENTS + 1);
    expect(await page.closed).toBe(1008);
    const empty = await openPage(door);
    inPieces(empty, '', MESSAGE_FRAGMENTS + 1);
    expect(await empty.closed).toBe(1008);
  });

  it('compresses nothing', async () => {
    const page = await openPage(door, { perMessageDeflate: true });
    expect(page.socket.extensions).toBe('');
    page.socket.terminate();
  });

  it('takes 200 messages a second', async () => {
    const page = await openPage(door);
    // The proof was the first.
    for (let i = 1; i < MESSAGES_PER_SECOND; i++) page.send(request(i));
    for (let i = 1; i < MESSAGES_PER_SECOND; i++) expect(await page.next()).toEqual(done(i));
    clock.advance(500);
    for (let i = 1; i <= MESSAGES_PER_SECOND / 2; i++) page.send(request(i));
    for (let i = 1; i <= MESSAGES_PER_SECOND / 2; i++) expect(await page.next()).toEqual(done(i));
    page.send(request(1));
    expect(await page.closed).toBe(4429);
  });

  it('counts pings too', async () => {
    const page = await openPage(door);
    for (let i = 1; i < MESSAGES_PER_SECOND; i++) {
      page.socket.ping();
      await once(page.socket, 'pong');
    }
    page.socket.ping();
    expect(await page.closed).toBe(4429);
  });

  it('does not let one page’s flood end another’s session', async () => {
    const secret = session();
    const [flood, calm] = [newPage(), newPage()];
    for (const page of [flood, calm]) {
      await page.prove(secret, door.origin);
      await page.next();
    }
    for (let i = 0; i < 10 * MESSAGES_PER_SECOND; i++) flood.send(request(i));
    expect(await flood.closed).toBe(4429);
    calm.send(request(1));
    expect(await calm.next()).toEqual(done(1));
    expect(door.application.executed.length).toBeLessThanOrEqual(MESSAGES_PER_SECOND);
    calm.socket.terminate();
  });

  it('cuts a page that reads nothing once 8 MiB wait for it, and no other', async () => {
    const [slow, quick] = [await openPage(door), await openPage(door)];
    for (const page of [slow, quick]) {
      page.send({ id: 1, command: 'events.subscribe', params: { cursor: null, boot: null } });
      await page.next();
    }
    slow.socket.pause();
    const text = 'x'.repeat(256 * 1024);
    // What waits in the server, and what the sockets of the system hold at most beside it.
    const events = (4 * BACKLOG_BYTES) / text.length;
    for (let i = 1; i <= events; i++) {
      door.application.say(text);
      expect(await quick.next()).toMatchObject({ cursor: i });
    }
    slow.socket.resume();
    expect(await slow.closed).toBe(1006);
    quick.socket.terminate();
  });

  it('keeps a page that answers pings, and cuts one that does not', async () => {
    const [live, dead] = [await openPage(door), await openPage(door, { autoPong: false })];
    for (let beat = 0; beat < 3; beat++) {
      const pings = [once(live.socket, 'ping'), ...(beat === 0 ? [once(dead.socket, 'ping')] : [])];
      clock.advance(HEARTBEAT_MS);
      await Promise.all(pings);
      // Behind the answer to the ping in the same stream.
      live.send(request(beat));
      expect(await live.next()).toEqual(done(beat));
    }
    expect(await dead.closed).toBe(1006);
    expect(live.socket.readyState).toBe(WebSocket.OPEN);
    live.socket.terminate();
  });

  it('survives bytes that are no frames', async () => {
    const raw = connect(door.port, '127.0.0.1');
    const lines = ['GET /ws HTTP/1.1', `Host: ${door.host}`, `Origin: ${door.origin}`, ...upgradeHeaders, '', ''];
    raw.write(lines.join('\r\n'));
    raw.write(randomBytes(1000));
    raw.on('error', () => undefined);
    await once(raw.resume(), 'close');
    const page = await openPage(door);
    page.send(request(1));
    expect(await page.next()).toEqual(done(1));
    page.socket.terminate();
    expect(door.bugs).toEqual([]);
  });
});

async function proofWithoutSending(page: TestPage, secret: SessionSecret): Promise<{ sent: object }> {
  const send = page.send.bind(page);
  page.send = () => undefined;
  const proof = await page.prove(secret, door.origin);
  page.send = send;
  return proof;
}
