// Strangers that have the token: links that greet, and then pour out records that say nothing, many to a frame. Usage:
// chatter-process HOST PORT TOKEN LINKS MEBIBYTES, started by `fork`. Says how many links there are; pours when it is told
// to, and then says how many are left.
import { choosePrimitives } from '../crypto/choose.ts';
import { makePresenceKey } from '../crypto/keys.ts';
import { Link } from '../engine/links/link.ts';
import { systemClock } from '../timing/clock.ts';
import { ourIdentity } from '../engine/contacts/identity.ts';
import { TurnScheduler } from '../engine/links/flow/turn-scheduler.ts';
import { encodeHello } from '../protocol/hello.ts';
import { PAD_STEP_LARGE, PROTOCOL_VERSION, RECORD_HEADER_BYTES } from '../protocol/limits.ts';
import { LinkProtocol } from '../protocol/link-protocol.ts';
import { RECORD } from '../protocol/records.ts';
import { parseToken } from '../protocol/token.ts';
import { tcpTransport } from '../transport/tcp.ts';
import type { Connection } from '../transport/transport.ts';

/** Between two dials: one address may begin 20 a second. */
const PACE_MS = 60;

/** What a stranger's frame may hold, so that nothing is refused for its length. */
const FRAME_BYTES = 2 * PAD_STEP_LARGE;

/** A Loom that has closed nothing by then will not. */
const SETTLED_MS = 20_000;

/** Of a type nobody knows. */
const NOTHING = { type: 99, body: new Uint8Array(0) };
const RECORDS = Math.floor(FRAME_BYTES / RECORD_HEADER_BYTES) - 1;
const A_FRAME_OF_NOTHING = Array.from({ length: RECORDS }, () => NOTHING);
const FRAMES_PER_MEBIBYTE = (1024 * 1024) / FRAME_BYTES;

const [host = '', port = '', token = '', links = '', mebibytes = ''] = process.argv.slice(2);
const primitives = choosePrimitives(undefined);
const random = (length: number): Uint8Array => primitives.random(length);
const theirStatic = parseToken(primitives, token).staticKey;

interface Chatter {
  readonly link: Link;
  readonly connection: Connection;
  readonly protocol: LinkProtocol;
}

/** Handshake and HELLO; resolves with theirs. */
async function greet(): Promise<Chatter> {
  const fixed = { name: 'Nobody', device: 0, generation: 0, createdAt: 0 };
  const us = ourIdentity(primitives, { ...fixed, masterSeed: random(32), presenceKey: makePresenceKey(random) });
  const ourStatic = us.keys.staticKey;
  const connection = await tcpTransport.dial(host, Number(port), new AbortController().signal);
  const protocol = LinkProtocol.initiator({ primitives, ourStatic, theirStatic, random });
  const link = new Link({ connection, protocol, clock: systemClock, scheduler: new TurnScheduler(), random });
  const hello = encodeHello({
    ...{ v: PROTOCOL_VERSION, ik: us.keys.identityKey.publicKey, device: 0, gen: 0, cert: us.certificate, port: 0 },
    ...{ contact: false, session: null, features: 0 },
  });
  return new Promise((resolve, reject) => {
    const onClosed = (): void => reject(new Error('closed'));
    link.start({
      kind: 'proving',
      onClosed,
      onProven: () => {
        link.handOver({
          kind: 'greeting',
          onClosed,
          onSecured: () => link.send(RECORD.hello, hello),
          onRecord: ({ type }) => {
            if (type !== RECORD.hello) return;
            link.greeted();
            resolve({ link, connection, protocol });
          },
        });
        link.proceed();
      },
    });
  });
}

async function greetAll(): Promise<Chatter[]> {
  const all: Chatter[] = [];
  for (let n = 0; n < Number(links); n += 1) {
    all.push(await greet());
    await new Promise((resolve) => setTimeout(resolve, PACE_MS));
  }
  return all;
}

/** Until nothing more is read, or all are closed. */
async function settled(): Promise<number> {
  const left = (): number => chatters.filter(({ link }) => !link.closed).length;
  const started = performance.now();
  while (left() > 0 && performance.now() - started < SETTLED_MS)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return left();
}

const chatters = await greetAll();
process.once('message', () => {
  for (let frame = 0; frame < Number(mebibytes) * FRAMES_PER_MEBIBYTE; frame += 1) {
    for (const { link, connection, protocol } of chatters) {
      if (!link.closed) connection.write(protocol.flush(A_FRAME_OF_NOTHING));
    }
  }
  void settled().then((left) => process.send?.(left));
});
process.once('disconnect', () => process.exit(0));
process.send?.(chatters.length);
