import { expect, it } from 'vitest';
import { choosePrimitives } from '../../crypto/choose.ts';
import { asStaticKey } from '../../testing/keys.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { pass, turns } from '../../testing/passing-time.ts';
import { WirePeer } from '../../testing/network/wire-peer.ts';
import { MemoryNetwork } from '../../transport/memory.ts';
import type { Transport } from '../../transport/transport.ts';
import type { Link } from './link.ts';
import { TurnScheduler } from './flow/turn-scheduler.ts';
import { Dialler } from './dialler.ts';

const primitives = choosePrimitives(undefined);
const random = (length: number): Uint8Array => primitives.random(length);
const OUR_HOST = '192.0.2.1';

/** Addresses from which no answer comes, as behind a firewall that drops. */
const hole = (number: number) => ({ host: `198.51.100.${number}`, port: 4000 });
const holes = (first: number) => Array.from({ length: 8 }, (_, i) => hole(first + i));

function withHoles(transport: Transport): Transport {
  return {
    ...transport,
    dial: (host, port, signal) =>
      host.startsWith('198.51.100.')
        ? new Promise((_, reject) =>
            signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true }),
          )
        : transport.dial(host, port, signal),
  };
}

it('a winner waits for none of its other addresses, which may wait long for their turn', async () => {
  const network = new MemoryNetwork();
  const clock = new FakeClock();
  const wire = new WirePeer(network, '192.0.2.66');
  await wire.listen();
  const ourStatic = primitives.x25519KeyPair(random(32));
  const dialler = new Dialler({
    primitives,
    transport: withHoles(network.host(OUR_HOST)),
    clock,
    scheduler: new TurnScheduler(),
    random,
    ourStatic,
  });
  const { signal } = new AbortController();
  const stranger = asStaticKey(primitives.x25519KeyPair(random(32)).publicKey);
  network.hold(OUR_HOST, wire.host);
  void dialler.dial(stranger, holes(1), signal);
  await pass(clock, 1600);
  // Seven of eight places are taken; ours gets the last, and everybody else waits before our second address.
  const target = { host: wire.host, port: 4000 };
  const won: (Link | null)[] = [];
  void dialler.dial(wire.identity.keys.staticKey.publicKey, [target, hole(99)], signal).then((link) => won.push(link));
  void dialler.dial(stranger, holes(20), signal);
  await pass(clock, 300);
  expect(won).toEqual([]);
  network.release(OUR_HOST, wire.host);
  await turns(20);
  expect(won).toHaveLength(1);
  // Closed before anybody could go on with it: going on is then nothing, and no bug.
  const [link] = won;
  link?.destroy();
  expect(() => link?.proceed()).not.toThrow();
  expect(link?.closed).toBe(true);
});
