// Who is at the door: greetings that are wrong, late, or of somebody who has become unwanted meanwhile.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContactId } from '../../contract/ids.ts';
import { choosePrimitives } from '../../crypto/choose.ts';
import { asStaticKeyPair } from '../../testing/keys.ts';
import { encodeEnvelope } from '../../protocol/envelope.ts';
import { STRANGER_LINK_MS } from '../../protocol/limits.ts';
import { BYE, RECORD } from '../../protocol/records.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { WirePeer, type WireLink } from '../../testing/network/wire-peer.ts';

const primitives = choosePrimitives(undefined);

let town: Town;
let ann: TestLoom;
let wire: WirePeer;

beforeEach(async () => {
  town = new Town();
  ann = await town.make('Ann');
  wire = new WirePeer(town.network, '192.0.2.66');
});
afterEach(() => town.end());

const addWire = async (address?: string): Promise<ContactId> => {
  const contact = { token: wire.identity.token, name: 'Wire', ...(address !== undefined && { address }) };
  return (await ann.run('contact.add', contact)).id;
};
const storage = (): unknown[] => ann.events.filter(({ event }) => event === 'storage.changed');
const byeOf = ({ records }: WireLink): number | undefined => records.find(({ type }) => type === RECORD.bye)?.body[0];
const record = (id: ContactId) => ann.profile.opened.engine.roster.get(id);

describe('a contact with a bad ratchet key in its HELLO', () => {
  it('costs its own link and nothing else, and is dialled again', async () => {
    const links = await wire.listen({ hello: { ratchet: new Uint8Array(32) } });
    const id = await addWire(wire.address);
    await town.until(() => links.length >= 3);
    expect(links.slice(0, 2).map((link) => [link.closed, byeOf(link)])).toEqual([
      [true, BYE.protocolError],
      [true, BYE.protocolError],
    ]);
    expect(storage()).toEqual([]);
    const before = links.length;
    await ann.run('contact.connect', { contact: id });
    await town.until(() => links.length > before);
  });
});

describe('who is blocked or removed while the greeting is under way', () => {
  async function greetLate(unwanted: (contact: ContactId) => Promise<unknown>): Promise<WireLink> {
    const links = await wire.listen();
    const id = await addWire(wire.address);
    // What they write first is their answer to the preamble, then message 2 and their HELLO: it stays under way.
    let writes = 0;
    town.network.onWritten = (host) => {
      if (host === wire.host) writes += 1;
      if (writes === 3) town.network.hold(ann.host, wire.host);
    };
    await town.until(() => links.some(({ records }) => records.length > 0));
    town.network.onWritten = () => undefined;
    await unwanted(id);
    ann.events.length = 0;
    town.network.release(ann.host, wire.host);
    await town.pass(1000);
    expect(ann.events.filter(({ event }) => event === 'session.established')).toEqual([]);
    expect(links).toHaveLength(1);
    return links[0]!;
  }

  it('is not linked when blocked, and learns nothing', async () => {
    const link = await greetLate((contact) => ann.run('contact.block', { contact, blocked: true }));
    expect(link.records.map(({ type }) => type)).toEqual([RECORD.hello, RECORD.bye]);
    expect((await ann.contact('Wire')).connection).toBe('offline');
  });

  it('is not linked when removed, and leaves the disk in order', async () => {
    const link = await greetLate((contact) => ann.run('contact.remove', { contact }));
    expect(link.records.map(({ type }) => type)).toEqual([RECORD.hello, RECORD.bye]);
    expect(await ann.run('contact.list')).toEqual([]);
    expect(storage()).toEqual([]);
  });
});

describe('a static key', () => {
  const generation = (gen: number): { hello: { gen: number } } => ({ hello: { gen } });
  const other = asStaticKeyPair(primitives.x25519KeyPair(primitives.random(32)));

  async function greetedBy(changes: Parameters<WirePeer['dial']>[1]): Promise<WireLink> {
    const link = await wire.dial(ann, changes);
    await town.until(() => link.records.length > 0);
    await town.pass(100);
    link.close();
    await town.pass(100);
    return link;
  }

  it('is replaced by one of a higher generation, and by none of the same or a lower one', async () => {
    const id = await addWire();
    await greetedBy({});
    expect(byeOf(await greetedBy({ staticKey: other }))).toBe(BYE.protocolError);
    expect((await greetedBy({ staticKey: other, ...generation(2) })).hello?.contact).toBe(true);
    expect(record(id)).toMatchObject({ generation: 2, staticKey: other.publicKey });
    expect(byeOf(await greetedBy(generation(1)))).toBe(BYE.protocolError);
    expect(record(id)).toMatchObject({ generation: 2, staticKey: other.publicKey });
  });

  it('keeps the highest generation it was shown with: an older one is refused from then on', async () => {
    const id = await addWire();
    await greetedBy(generation(7));
    expect(record(id).generation).toBe(7);
    expect(byeOf(await greetedBy({ staticKey: other, ...generation(3) }))).toBe(BYE.protocolError);
  });

  it('keeps the generation that a contact shows whom we dial', async () => {
    await wire.listen(generation(5));
    const id = await addWire(wire.address);
    await town.until(() => record(id).generation === 5);
  });

  it('of another device is refused on either side', async () => {
    const links = await wire.listen({ hello: { device: 1 } });
    await addWire(wire.address);
    await town.until(() => links.some((link) => byeOf(link) === BYE.protocolError));
    expect(byeOf(await greetedBy({ hello: { device: 1 } }))).toBe(BYE.protocolError);
  });
});

describe('strangers', () => {
  it('hold so many links at once, one each', async () => {
    const links: WireLink[] = [];
    for (let i = 0; i < 80; i += 1) {
      links.push(await new WirePeer(town.network, `198.51.100.${i}`).dial(ann));
      await town.pass(20);
    }
    await town.pass(100);
    expect(links.filter(({ closed }) => !closed)).toHaveLength(64);
    expect(links.filter((link) => byeOf(link) === BYE.busy)).toHaveLength(16);
    await town.pass(STRANGER_LINK_MS);
    expect(links.filter(({ closed }) => !closed)).toEqual([]);
    const [first, second] = [await wire.dial(ann), await wire.dial(ann)];
    await town.pass(100);
    expect([first.closed, second.closed].filter(Boolean)).toHaveLength(1);
  });

  it('are told that what they send was not accepted', async () => {
    const link = await wire.dial(ann);
    await town.until(() => link.hello !== null);
    expect(link.hello).toMatchObject({ contact: false, session: null });
    const [sessionId, messageId, ratchetKey, salt] = [16, 16, 32, 16].map((length) => primitives.random(length));
    const ciphertext = new Uint8Array(16);
    const header = { sessionId: sessionId!, messageId: messageId!, ratchetKey: ratchetKey!, salt: salt!, pn: 0, n: 0 };
    link.send({ type: RECORD.envelope, body: encodeEnvelope({ ...header, ciphertext }) });
    await town.until(() => link.records.some(({ type }) => type === RECORD.nack));
    expect(link.records.at(-1)?.body).toEqual(Uint8Array.of(...messageId!, 3));
  });
});
