// What somebody nearby can do to a person who shows codes, with every byte chosen by the test.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PairingState } from '../../contract/model.ts';
import { choosePrimitives } from '../../crypto/choose.ts';
import { PAIR_WRONG_TAGS, PAIR_WRONG_TAGS_PER_ADDRESS } from '../../protocol/limits.ts';
import { offer, tags } from '../../protocol/pairing/keys.ts';
import { encodePair, parsePair, type PairMessage } from '../../protocol/pairing/messages.ts';
import { BYE, RECORD } from '../../protocol/records.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { WirePeer, type WireLink } from '../../testing/network/wire-peer.ts';

const primitives = choosePrimitives(undefined);
const random = (length: number): Uint8Array => primitives.random(length);
const nobody = new Uint8Array(32);
/** A share as good as any: of another link, under a code of nobody's. */
const { y } = offer({ primitives, random, handshakeHash: nobody, hostIk: nobody, guestIk: nobody }, '000000');

let town: Town;
let ann: TestLoom;
let wire: WirePeer;

beforeEach(async () => {
  town = new Town();
  ann = await town.make('Ann');
  wire = new WirePeer(town.network, '192.0.2.66');
  await ann.run('network.visibility', { mode: 'everyone' });
});
afterEach(() => town.end());

const guest = (from = wire): Promise<WireLink> => from.dial(ann, { hello: { contact: false, name: 'Bob' } });
const say = (link: WireLink, message: PairMessage): void => link.send({ type: RECORD.pair, body: encodePair(message) });
const heard = ({ records }: WireLink): PairMessage[] =>
  records.filter(({ type }) => type === RECORD.pair).map(({ body }) => parsePair(body));
const byeOf = ({ records }: WireLink): number | undefined => records.find(({ type }) => type === RECORD.bye)?.body[0];
const state = async (): Promise<PairingState | undefined> => (await ann.run('pairing.get'))?.state;
const shown = (): PairingState[] =>
  ann.events.flatMap((event) => (event.event === 'pairing.changed' ? [event.data.pairing.state] : []));

async function ask(link: WireLink): Promise<void> {
  await town.until(() => link.hello !== null);
  say(link, { step: 0 });
  await town.until(() => link.closed || heard(link).length > 0);
}

/** One wrong tag, if the host takes any. @returns whether it was judged. */
async function guess(link: WireLink): Promise<boolean> {
  const before = heard(link).length;
  say(link, { step: 2, y });
  await town.until(() => link.closed || heard(link).length > before);
  if (link.closed) return false;
  say(link, { step: 4, tag: new Uint8Array(32) });
  await town.until(() => link.closed || heard(link).length > before + 1);
  return heard(link).some(({ step }, at) => step === 6 && at > before);
}

describe('wrong tags', () => {
  it('are ten an hour and not one more, whoever sends them, in the middle of a code too', async () => {
    let judged = 0;
    for (let links = 0; links < 5; links += 1) {
      const link = await guest(new WirePeer(town.network, `192.0.2.${70 + links}`));
      await ask(link);
      while (!link.closed && (await guess(link))) judged += 1;
      await town.pass(100);
    }
    expect(judged).toBe(PAIR_WRONG_TAGS);
    expect((await ann.run('network.status')).visibility.mode).toBe('contacts');
  });
});

describe('one computer that types wrong codes on purpose', () => {
  it('is taken no more after four, is nobody else’s trouble, and does not end being visible', async () => {
    let judged = 0;
    for (let links = 0; links < 3; links += 1) {
      const link = await guest(new WirePeer(town.network, wire.host));
      await ask(link);
      while (!link.closed && (await guess(link))) judged += 1;
      await town.pass(100);
      if (links === 2) expect(byeOf(link)).toBe(BYE.busy);
    }
    expect(judged).toBe(PAIR_WRONG_TAGS_PER_ADDRESS);
    expect((await ann.run('network.status')).visibility.mode).toBe('everyone');
    await ask(await guest(new WirePeer(town.network, '192.0.2.67')));
    expect((await state())?.kind).toBe('showing');
  });

  it('is welcome again when the person asks to be seen again', async () => {
    for (let links = 0; links < 2; links += 1) {
      const link = await guest(new WirePeer(town.network, wire.host));
      await ask(link);
      while (!link.closed && (await guess(link)));
      await town.pass(100);
    }
    await ann.run('network.visibility', { mode: 'everyone' });
    await ask(await guest(new WirePeer(town.network, wire.host)));
    expect((await state())?.kind).toBe('showing');
  });
});

describe('somebody who is blocked', () => {
  it('is seen by the person, who can send them away, and is shown no code that anybody could read out', async () => {
    const { id } = await ann.run('contact.add', { token: wire.identity.token, name: 'Bert' });
    await ann.run('contact.block', { contact: id, blocked: true });
    const link = await guest();
    await ask(link);
    expect(heard(link)).toEqual([{ step: 1 }]);
    expect(await ann.run('pairing.get')).toMatchObject({ name: 'Bert', state: { kind: 'unwanted' } });
    expect(await guess(link)).toBe(true);
    expect((await state())?.kind).toBe('unwanted');
    await ann.run('pairing.cancel');
    await town.until(() => link.closed);
    expect(byeOf(link)).toBe(BYE.goingOffline);
    expect(JSON.stringify(ann.events.filter(({ event }) => event === 'pairing.changed'))).not.toMatch(/"code":/);
  });

  it('is let in by no code, not even the right one', async () => {
    // Codes are drawn from four bytes.
    const known = (length: number): Uint8Array => (length === 4 ? new Uint8Array(4) : random(length));
    ann = await town.make('Ann', { random: known });
    await ann.run('network.visibility', { mode: 'everyone' });
    const { id } = await ann.run('contact.add', { token: wire.identity.token, name: 'Bert' });
    await ann.run('contact.block', { contact: id, blocked: true });
    const link = await guest();
    await ask(link);
    const { keys } = ann.profile.opened.engine.us;
    const [hostIk, guestIk] = [keys.identityKey.publicKey, wire.identity.keys.identityKey.publicKey];
    const context = { primitives, random, handshakeHash: link.handshakeHash, hostIk, guestIk };
    const ours = offer(context, '000000');
    say(link, { step: 2, y: ours.y });
    await town.until(() => heard(link).length > 1);
    const answer = heard(link)[1]!;
    const theirs = answer.step === 3 ? answer.y : ours.y;
    say(link, { step: 4, tag: tags(context, ours.scalar, ours.y, theirs, theirs).guest });
    await town.until(() => link.closed);
    expect(heard(link).at(-1)).toMatchObject({ step: 5 });
    expect(await state()).toEqual({ kind: 'ended', reason: 'wrong-code' });
    expect(await ann.contact('Bert')).toMatchObject({ blocked: true, verified: false });
  });
});

describe('who does not keep to the steps', () => {
  it('is shown to nobody when the first is none', async () => {
    const link = await guest();
    await town.until(() => link.hello !== null);
    say(link, { step: 2, y });
    await town.until(() => link.closed);
    expect(byeOf(link)).toBe(BYE.protocolError);
    expect([await state(), shown()]).toEqual([undefined, []]);
  });
});

describe('who asks again and again', () => {
  it('is shown five times, then every half minute', async () => {
    for (let i = 0; i < 8; i += 1) {
      const link = await guest(new WirePeer(town.network, wire.host));
      await ask(link);
      link.close();
      await town.pass(200);
    }
    expect(shown().filter(({ kind }) => kind === 'showing')).toHaveLength(5);
  });
});

describe('who was turned away', () => {
  it('is not shown again for a while, under another identity neither, and others are', async () => {
    const first = await guest();
    await ask(first);
    await ann.run('pairing.cancel');
    await town.until(() => first.closed);
    for (const who of [wire, new WirePeer(town.network, wire.host)]) {
      const again = await guest(who);
      await ask(again);
      expect([again.closed, byeOf(again)]).toEqual([true, BYE.busy]);
    }
    expect(await state()).toEqual({ kind: 'ended', reason: 'cancelled' });
    await town.pass(30_000);
    const later = await guest();
    await ask(later);
    expect((await state())?.kind).toBe('showing');
    later.close();
    await town.until(async () => (await state())?.kind === 'ended');
    const other = await guest(new WirePeer(town.network, '192.0.2.67'));
    await ask(other);
    expect((await state())?.kind).toBe('showing');
  });
});
