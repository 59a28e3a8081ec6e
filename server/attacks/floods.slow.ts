// Floods at full size: what a contact notices of them. The short form is `floods.test.ts`.
import { directConversation } from '../storage/rows/conversation-rowids.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram, type BuiltProgram } from '../testing/built-program.ts';
import { LoomAt } from '../testing/network/loom-at.ts';
import { Chatter, Flood, knock, quantile, sourceAddress } from './flood.ts';
import { ask, chat, connectAnew, meanwhile, pour } from './bystanders.ts';

const HANDSHAKES_PER_SECOND = 5_000;
const FLOOD_MS = 60_000;
const IDLE_SOCKETS = 10_000;
const CONNECTS = 10;

/** Texts that one contact pours out, and those that another sends one by one. */
const POURED = 50000;
const CHATS = 200;

/** Three programs to build and two Looms to start, on a machine that may have much else to do. */
const STARTED_MS = 120_000;

let program: BuiltProgram;
let flooder: BuiltProgram;
let chatterer: BuiltProgram;
let bob: LoomAt;
let ann: LoomAt;

beforeAll(async () => {
  chatterer = await builtProgram(new URL('./chatter-process.ts', import.meta.url));
  program = await builtProgram(new URL('../testing/network/loom-process.ts', import.meta.url));
  flooder = await builtProgram(new URL('./flood-process.ts', import.meta.url));
  [bob, ann] = await Promise.all([LoomAt.start(program, '127.0.0.2'), LoomAt.start(program, '127.0.0.3')]);
  await ann.befriend(bob);
}, STARTED_MS);

afterAll(async () => {
  await Promise.all([ann.stop(), bob.stop()]);
  program.remove();
  flooder.remove();
  chatterer.remove();
});

describe('a contact', () => {
  it('connects and chats through 5,000 handshakes a second', async () => {
    const before = await bob.facts();
    const attack = await Flood.start(flooder, bob, HANDSHAKES_PER_SECOND, 'calling');
    const connects: number[] = [];
    const delays: number[] = [];
    const end = performance.now() + FLOOD_MS;
    while (performance.now() < end) {
      if (connects.length < CONNECTS) connects.push(await connectAnew(ann, bob));
      delays.push(...(await chat(ann, bob, 50)));
    }
    const handshakes = await attack.stop();
    const after = await bob.facts();
    console.info(
      `${handshakes} handshakes, ${(after.cpu - before.cpu).toFixed(1)} s of processor; connected within ` +
        `${Math.max(...connects).toFixed(0)} ms, chat p99 ${quantile(delays, 0.99).toFixed(0)} ms of ${delays.length}`,
    );
    expect(Math.max(...connects)).toBeLessThan(2_000);
    expect(quantile(delays, 0.99)).toBeLessThan(200);
  });

  it.each([8, 60])(
    'waits for none of %s strangers who have the token and say nothing, at great length',
    async (links) => {
      const before = await bob.facts();
      const chatter = await Chatter.start(chatterer, bob, links, 2);
      const poured = chatter.pour();
      const answers = await meanwhile(poured, () => ask(bob, 10));
      const after = await bob.facts();
      console.info(
        `${links} links, 2 MiB each; longest wait ${quantile(answers, 1).toFixed(0)} ms of ${answers.length}, ` +
          `${(after.cpu - before.cpu).toFixed(2)} s of processor`,
      );
      expect(await poured).toBe(0);
    },
  );

  it('connects and chats beside 10,000 idle sockets, which cost next to nothing', async () => {
    const before = await bob.facts();
    const sockets = [];
    for (let n = 0; n < IDLE_SOCKETS; n += 1) {
      sockets.push(knock(bob, sourceAddress(n)));
      if (n % 200 === 199) await Promise.all(sockets.slice(-200));
    }
    const held = await Promise.all(sockets);
    const connect = await connectAnew(ann, bob);
    const delays = await chat(ann, bob, 500);
    const after = await bob.facts();
    const each = (after.rss - before.rss) / IDLE_SOCKETS;
    console.info(
      `${held.filter(Boolean).length} sockets, ${after.sockets} held, ${each.toFixed(0)} bytes each; connected within ` +
        `${connect.toFixed(0)} ms, chat p99 ${quantile(delays, 0.99).toFixed(0)} ms`,
    );
    for (const socket of held) socket?.destroy();
    expect(connect).toBeLessThan(2_000);
    expect(quantile(delays, 0.99)).toBeLessThan(200);
    expect(each).toBeLessThanOrEqual(8 * 1024);
  });

  it('that sends as fast as it can starves neither another contact nor its owner’s own window', async () => {
    const eve = await LoomAt.start(program, '127.0.0.4');
    await eve.befriend(bob);
    const fromEve = await bob.contact(eve.host);
    await bob.until(() => bob.isOnline(fromEve));
    const quiet = await chat(ann, bob, CHATS);
    const arrived = async (): Promise<boolean> => {
      const conversations = await bob.run('conversation.list');
      const eves = directConversation(fromEve);
      return conversations.some(({ id, unread }) => id === eves && unread === POURED);
    };
    const poured = pour(eve, bob, POURED).then(() => bob.until(arrived));
    const [delays, answers] = await Promise.all([
      meanwhile(poured, () => chat(ann, bob, 5)),
      meanwhile(poured, () => ask(bob, 10)),
    ]);
    await eve.stop();
    console.info(
      `${POURED} texts poured; chat p99 ${quantile(delays, 0.99).toFixed(0)} ms of ${delays.length} ` +
        `(${quantile(quiet, 0.99).toFixed(0)} ms before), own commands p99 ${quantile(answers, 0.99).toFixed(0)} ms of ${answers.length}`,
    );
    expect(quantile(delays, 0.99)).toBeLessThan(200);
    expect(quantile(answers, 0.99)).toBeLessThan(200);
  });
});
