// Floods, shortly: contacts connect and talk through them, and the flooded Loom does next to no work for strangers. Times
// are printed here and held in `floods.slow.ts`.
import { directConversation } from '../storage/rows/conversation-rowids.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HALF_OPEN_STRANGERS, WAITING_STRANGERS } from '../protocol/limits.ts';
import { builtProgram, type BuiltProgram } from '../testing/built-program.ts';
import { LoomAt } from '../testing/network/loom-at.ts';
import { Chatter, Flood, knock, quantile, sourceAddress } from './flood.ts';
import { ask, chat, connectAnew, meanwhile, pour } from './bystanders.ts';

const RATE = 2_000;
const IDLE_SOCKETS = 1_000;

/** A stranger's socket, closed or open, may cost so much. */
const STRANGER_BYTES = 8 * 1024;

/** Texts that one contact pours out, and those that another sends one by one. */
const POURED = 2000;
const CHATS = 20;

/** Links of strangers that have the token, and what each pours out. */
const CHATTERERS = 8;
const MEBIBYTES = 1;

/** Four programs to build and two Looms to start, on a machine that may have much else to do. */
const STARTED_MS = 120_000;

let programs: BuiltProgram[];
let bob: LoomAt;
let ann: LoomAt;

beforeAll(async () => {
  const build = (name: string): Promise<BuiltProgram> => builtProgram(new URL(name, import.meta.url));
  const names = ['../testing/network/loom-process.ts', 'flood-process.ts', 'chatter-process.ts'];
  programs = await Promise.all(names.map(build));
  [bob, ann] = await Promise.all([LoomAt.start(programs[0]!, '127.0.0.2'), LoomAt.start(programs[0]!, '127.0.0.3')]);
  await ann.befriend(bob);
  await connectAnew(ann, bob);
}, STARTED_MS);

afterAll(async () => {
  await Promise.all([ann.stop(), bob.stop()]);
  for (const program of programs) program.remove();
});

describe('a contact', () => {
  it('connects and chats through a flood of handshakes from many addresses', async () => {
    const attack = await Flood.start(programs[1]!, bob, RATE, 'calling');
    const connect = await connectAnew(ann, bob);
    const delays = await chat(ann, bob, 30);
    const handshakes = await attack.stop();
    console.info(
      `${handshakes} handshakes; connected within ${connect.toFixed(0)} ms, chat p99 ${quantile(delays, 0.99).toFixed(0)} ms`,
    );
    expect(handshakes).toBeGreaterThan(0);
  });

  it('connects and chats beside many idle sockets, which are not held', async () => {
    const before = await bob.facts();
    const sockets = await Promise.all(Array.from({ length: IDLE_SOCKETS }, (_, n) => knock(bob, sourceAddress(n))));
    const during = await bob.facts();
    const connect = await connectAnew(ann, bob);
    const delays = await chat(ann, bob, 30);
    const each = (during.rss - before.rss) / IDLE_SOCKETS;
    console.info(
      `${during.sockets} of ${IDLE_SOCKETS} sockets held, ${each.toFixed(0)} bytes each; ` +
        `connected within ${connect.toFixed(0)} ms, chat p99 ${quantile(delays, 0.99).toFixed(0)} ms`,
    );
    for (const socket of sockets) socket?.destroy();
    expect(sockets.every((socket) => socket !== null)).toBe(true);
    // The contact's own besides.
    expect(during.sockets).toBeLessThanOrEqual(WAITING_STRANGERS + HALF_OPEN_STRANGERS + 2);
    expect(each).toBeLessThan(STRANGER_BYTES);
  });

  it.each(['silent', 'stale'] as const)('connects through a flood of strangers who are %s', async (kind) => {
    const attack = await Flood.start(programs[1]!, bob, RATE, kind);
    const connect = await connectAnew(ann, bob);
    const connections = await attack.stop();
    console.info(`${connections} connections; connected within ${connect.toFixed(0)} ms`);
    expect(connections).toBeGreaterThan(0);
  });

  it('waits for no stranger who has the token and says nothing, at great length', async () => {
    const before = await bob.facts();
    const chatter = await Chatter.start(programs[2]!, bob, CHATTERERS, MEBIBYTES);
    const poured = chatter.pour();
    const answers = await meanwhile(poured, () => ask(bob, 10));
    const after = await bob.facts();
    console.info(
      `${CHATTERERS} links, ${MEBIBYTES} MiB each; longest wait ${quantile(answers, 1).toFixed(0)} ms of ${answers.length}, ` +
        `${(after.cpu - before.cpu).toFixed(2)} s of processor`,
    );
    expect(await poured).toBe(0);
  });

  it('that sends as fast as it can starves neither another contact nor its owner’s own window', async () => {
    const eve = await LoomAt.start(programs[0]!, '127.0.0.4');
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
    expect(delays.length).toBeGreaterThan(0);
  });
});
