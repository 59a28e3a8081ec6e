// Two who test each other, and what somebody who means ill gets out of it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../contract/diagnosis.ts';
import { choosePrimitives } from '../../crypto/choose.ts';
import { encodeCheck, encodeChecked, parseCheck, parseChecked, type Checked } from '../../protocol/check.ts';
import { CHECK_DEADLINE_MS, CHECK_DIALS_MS, CHECK_EVERY_MS } from '../../protocol/limits.ts';
import { RECORD } from '../../protocol/records.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { giveRecord } from '../../testing/network/link-records.ts';
import { WirePeer, type WireLink } from '../../testing/network/wire-peer.ts';

const primitives = choosePrimitives(undefined);
const MINUTE = 60_000;

let town: Town;
beforeEach(() => (town = new Town()));
afterEach(() => town.end());

/** Asks the doctor, and lets the time pass that this takes. */
async function examine(who: TestLoom, name: string): Promise<Diagnosis> {
  const { id } = await who.contact(name);
  let answer: Diagnosis | null = null;
  void who.run('network.doctor', { contact: id }).then((diagnosis) => (answer = diagnosis));
  await town.until(() => answer !== null);
  return answer!;
}

describe('two who are connected', () => {
  let ann: TestLoom;
  let bob: TestLoom;
  beforeEach(async () => {
    ({ ann, bob } = await town.pair());
  });

  it('dial each other, and know that both can', async () => {
    const { contact, findings, advice } = await examine(ann, 'Bob');
    expect(contact).toMatchObject({ connection: 'online', weReach: 'yes', theyReach: 'yes' });
    expect(contact?.tried).toMatchObject([{ address: bob.address, outcome: 'reached' }]);
    expect(contact?.compared).toMatchObject({
      theySeeUs: false,
      theyTried: [{ address: ann.address, outcome: 'reached' }],
    });
    expect(findings[0]).toBe('online');
    expect(advice).toBeNull();
    // Nothing came of the dials but the answers: the line is the one it was.
    expect(await ann.run('network.status')).toMatchObject({ links: [{ contact: contact?.contact }] });
    await ann.send('Bob', 'still there');
    await town.received(bob, 'Ann', 1);
  });

  it.each([40, -40])('know that their clocks are %i minutes apart', async (minutes) => {
    bob.wrongBy = minutes * MINUTE;
    // A clock that jumps ahead looks like sleep: links are tried, and may be made anew, at the next look at the network.
    await town.pass(10_000);
    await town.online(ann, 'Bob');
    await town.online(bob, 'Ann');
    const { contact, findings } = await examine(ann, 'Bob');
    expect(findings).toContain('clock-off');
    // The network in memory takes a few steps of the clock.
    expect(Math.abs(contact!.compared!.clockDifference - minutes * MINUTE)).toBeLessThan(1_000);
    expect((await examine(bob, 'Ann')).contact?.compared?.clockDifference).toBeCloseTo(-minutes * MINUTE, -4);
  });

  it('know which of them a firewall shuts off', async () => {
    town.network.shut(ann.host);
    const ours = await examine(ann, 'Bob');
    expect(ours.findings.slice(0, 2)).toEqual(['online', 'they-cannot-reach-us']);
    expect(ours.contact).toMatchObject({ weReach: 'yes', theyReach: 'no' });
    expect(ours.contact?.compared?.theyTried).toMatchObject([{ address: ann.address, outcome: 'timeout', ms: 3_000 }]);
    expect(ours.advice).not.toBeNull();
    const theirs = await examine(bob, 'Ann');
    expect(theirs.findings.slice(0, 2)).toEqual(['online', 'we-cannot-reach-them']);
    expect(theirs.contact).toMatchObject({ weReach: 'no', theyReach: 'yes' });
    expect(theirs.advice).toBeNull();
  });

  it('are asked once in a while: the last answer stands until then', async () => {
    const { id } = await ann.contact('Bob');
    const { twoWayCheck, links } = ann.profile.opened.engine;
    const activeLink = links.activeLinkOf(id)!;
    const first = twoWayCheck.ask(activeLink);
    expect(twoWayCheck.ask(activeLink)).toBe(first);
    await town.pass(CHECK_EVERY_MS + 2_000);
    expect((await first)?.theyTried).toHaveLength(1);
    const second = twoWayCheck.ask(activeLink);
    expect(second).not.toBe(first);
    await town.pass(CHECK_EVERY_MS);
    expect((await second)?.theyTried).toHaveLength(1);
  });

  it('keep nobody waiting who stops meanwhile', async () => {
    town.network.hold(ann.host, bob.host);
    const { id } = await ann.contact('Bob');
    const { twoWayCheck, links } = ann.profile.opened.engine;
    const asked = twoWayCheck.ask(links.activeLinkOf(id)!);
    await ann.stop();
    expect(await asked).toBeNull();
  });
});

describe('somebody whose every byte is chosen', () => {
  const CHECK = { type: RECORD.check, body: encodeCheck(new Uint8Array(8).fill(7)) };
  let ann: TestLoom;
  let wire: WirePeer;
  beforeEach(async () => {
    ann = await town.make('Ann');
    wire = new WirePeer(town.network, '192.0.2.66');
  });

  const know = (address: string): Promise<unknown> =>
    ann.run('contact.add', { token: wire.identity.token, name: 'Wire', address });
  const answers = ({ records }: WireLink): readonly Checked[] =>
    records.filter(({ type }) => type === RECORD.checked).map(({ body }) => parseChecked(body));

  async function greeted(link: WireLink): Promise<WireLink> {
    await town.until(() => link.hello !== null);
    await town.pass(200);
    return link;
  }

  it('gets no answer as a stranger, nor while it does not have us', async () => {
    const stranger = await greeted(await wire.dial(ann));
    stranger.send(CHECK);
    await town.pass(CHECK_DEADLINE_MS);
    expect(stranger.records.map(({ type }) => type)).not.toContain(RECORD.checked);
    await know('192.0.2.66:9');
    const visitor = await greeted(await wire.dial(ann, { hello: { contact: false } }));
    visitor.send(CHECK);
    await town.pass(CHECK_DEADLINE_MS);
    expect(visitor.records.map(({ type }) => type)).not.toContain(RECORD.checked);
    expect((await ann.contact('Wire')).connection).not.toBe('online');
  });

  it('is answered once in five seconds, however often it asks', async () => {
    await know(wire.address);
    const links = await wire.listen();
    await town.until(() => links.some(({ hello }) => hello !== null));
    const link = await greeted(links[0]!);
    for (let i = 0; i < 10; i += 1) {
      link.send(CHECK, CHECK);
      await town.pass(100);
    }
    expect(answers(link)).toMatchObject([{ tried: [{ outcome: 'reached' }] }]);
    // Reached once by the line, once by the dial back.
    expect(links).toHaveLength(2);
    await town.pass(CHECK_EVERY_MS);
    // Whoever acknowledges nothing is dialled anew meanwhile; the limit is of the contact, not of the link.
    const line = links.findLast(({ hello, closed }) => hello !== null && !closed)!;
    line.send(CHECK);
    line.send(CHECK);
    await town.pass(500);
    expect(links.flatMap(answers)).toHaveLength(2);
  });

  it('learns of its own host what it answers, of others nothing, and not by the time it takes either', async () => {
    const elsewhere = await town.make('Elsewhere');
    const refusing = '192.0.2.99:4000';
    await know(elsewhere.address);
    await ann.run('contact.address', { contact: (await ann.contact('Wire')).id, address: refusing });
    const link = await greeted(await wire.dial(ann, { hello: { port: 9 } }));
    const times: number[] = [];
    for (const gone of [false, true]) {
      if (gone) await elsewhere.stop();
      const before = answers(link).length;
      link.send(CHECK);
      await town.until(() => answers(link).length > before);
      const answer = answers(link).at(-1)!;
      expect(answer.tried).toMatchObject([{ endpoint: { host: wire.host, port: 9 }, outcome: 'unreachable' }]);
      times.push(answer.took);
      await town.pass(CHECK_EVERY_MS);
    }
    expect(times).toEqual([CHECK_DIALS_MS, CHECK_DIALS_MS]);
  });

  it('learns nothing of other hosts by how long a second one is kept waiting', async () => {
    const silent = '192.0.2.98';
    town.network.shut(silent);
    const friends = ['192.0.2.67', '192.0.2.68', '192.0.2.69'].map((host) => new WirePeer(town.network, host));
    const links = await Promise.all(
      friends.map(async (friend, at) => {
        const { token } = friend.identity;
        const { id: contact } = await ann.run('contact.add', { token, name: `Friend ${at}` });
        for (let port = 1; at > 0 && port <= 7; port += 1)
          await ann.run('contact.address', { contact, address: `${silent}:${100 * at + port}` });
        return greeted(await friend.dial(ann, { hello: { port: 9 } }));
      }),
    );
    for (const link of links.slice(1)) link.send(CHECK);
    await town.pass(1_000);
    links[0]!.send(CHECK);
    await town.until(() => answers(links[0]!).length > 0);
    expect(answers(links[0]!)[0]?.took).toBeLessThan(200);
  });

  it('learns nothing of what listens on our own machine', async () => {
    wire = new WirePeer(town.network, '127.0.0.1');
    await know('192.0.2.98:4000');
    const link = await greeted(await wire.dial(ann, { hello: { port: 9 } }));
    link.send(CHECK);
    await town.until(() => answers(link).length > 0);
    expect(answers(link)).toMatchObject([{ tried: [], took: CHECK_DIALS_MS }]);
  });

  it('that never answers, or answers what nobody asked, is not waited for', async () => {
    await know(wire.address);
    const links = await wire.listen();
    await town.online(ann, 'Wire');
    const checked = { at: 5, took: 0, nearby: true, tried: [] };
    links[0]!.send({ type: RECORD.checked, body: encodeChecked({ ...checked, id: primitives.random(8) }) });
    const { contact, findings } = await examine(ann, 'Wire');
    expect(contact).toMatchObject({ compared: null, weReach: 'yes', theyReach: 'untested' });
    expect(findings[0]).toBe('online');
    const asked = links[0]!.records.find(({ type }) => type === RECORD.check);
    links[0]!.send({ type: RECORD.checked, body: encodeChecked({ ...checked, id: parseCheck(asked!.body) }) });
    await town.pass(100);
    expect((await ann.contact('Wire')).connection).toBe('online');
  });

  it('cannot answer for another', async () => {
    const bob = await town.make('Bob');
    await ann.add(bob, 'Bob');
    await bob.add(ann, 'Ann');
    await know(wire.address);
    const links = await wire.listen();
    await town.online(ann, 'Wire');
    await town.online(ann, 'Bob');
    const { twoWayCheck, links: active } = ann.profile.opened.engine;
    const ids: Uint8Array[] = [];
    const { id } = await ann.contact('Wire');
    const { id: bobs } = await ann.contact('Bob');
    const asked = twoWayCheck.ask(active.activeLinkOf(id)!);
    await town.until(() => links[0]!.records.some(({ type }) => type === RECORD.check));
    ids.push(parseCheck(links[0]!.records.find(({ type }) => type === RECORD.check)!.body));
    const body = encodeChecked({ id: ids[0]!, at: 5, took: 0, nearby: true, tried: [] });
    giveRecord(active.activeLinkOf(bobs)!.link, { type: RECORD.checked, body });
    const theirs = encodeChecked({ ...parseChecked(body), nearby: false });
    giveRecord(active.activeLinkOf(id)!.link, { type: RECORD.checked, body: theirs });
    expect(await asked).toMatchObject({ theySeeUs: false });
  });

  it('is cut off when what it sends is no answer', async () => {
    await know(wire.address);
    const links = await wire.listen();
    await town.online(ann, 'Wire');
    links[0]!.send({ type: RECORD.checked, body: new Uint8Array(5) });
    await town.until(() => links[0]!.closed);
  });
});
