// Two devices of one contact. Our records name one at a time, so the contact's record moves from the one to the other.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ContactId, ConversationId, MessageId } from '../../contract/ids.ts';
import { fromHex, toHex } from '../../crypto/bytes.ts';
import { choosePrimitives } from '../../crypto/choose.ts';
import { parseEnvelope, type Envelope } from '../../protocol/envelope.ts';
import { BYE, encodeAck, RECORD } from '../../protocol/records.ts';
import { asStaticKeyPair } from '../../testing/keys.ts';
import { WirePeer, type WireLink } from '../../testing/network/wire-peer.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { OURSELVES } from '../../contract/messages.ts';

const primitives = choosePrimitives(undefined);
const [FIRST, SECOND] = [0, 7];
const second = {
  staticKey: asStaticKeyPair(primitives.x25519KeyPair(primitives.random(32))),
  hello: { device: SECOND },
};

let town: Town;
let ann: TestLoom;
let wire: WirePeer;
let contact: ContactId;
let conversation: ConversationId;

beforeEach(async () => {
  town = new Town();
  ann = await town.make('Ann');
  wire = new WirePeer(town.network, '192.0.2.66');
  ({ id: contact, conversation } = await ann.run('contact.add', { token: wire.identity.token, name: 'Wire' }));
});
afterEach(() => town.end());

const engine = () => ann.profile.opened.engine;
const outbox = () => ann.profile.opened.store.outbox;
const linked = (): number[] =>
  engine()
    .links.activeLinksOf(contact)
    .map(({ device }) => device);
const connection = async (): Promise<string> => (await ann.contact('Wire')).connection;
const delivered = () =>
  ann.events.filter(({ event, data }) => event === 'message.state' && 'state' in data && data.state === 'delivered');

/** From now on the record says that they have the second device. */
async function getSecond(): Promise<void> {
  const { roster } = engine();
  const changes = { device: SECOND, staticKey: second.staticKey.publicKey, certificate: undefined };
  const record = { ...roster.get(contact), ...changes };
  await ann.profile.opened.store.journal.write(() => roster.put(record));
}

async function dialBoth(): Promise<readonly [WireLink, WireLink]> {
  const first = await wire.dial(ann);
  await town.until(() => linked().includes(FIRST));
  await getSecond();
  const other = await wire.dial(ann, second);
  await town.until(() => linked().includes(SECOND));
  return [first, other];
}

/** What came on a link of one message. */
function envelopesOf({ records }: WireLink, id: MessageId): Envelope[] {
  const envelopes = records.filter(({ type }) => type === RECORD.envelope).map(({ body }) => parseEnvelope(body));
  return envelopes.filter(({ messageId }) => toHex(messageId) === id);
}

it('hold a link each, and the contact is online as long as one does', async () => {
  const [first, other] = await dialBoth();
  await town.pass(500);
  expect([linked(), first.closed, other.closed]).toEqual([[FIRST, SECOND], false, false]);
  first.close();
  await town.until(() => linked().length === 1);
  expect([linked(), await connection()]).toEqual([[SECOND], 'online']);
  other.close();
  await town.until(async () => (await connection()) === 'offline');
});

it('are sent what waits for each, in a session of its own, and the first that has it delivers it', async () => {
  const { id } = await ann.run('message.send', { conversation, body: 'to both' });
  const { store } = ann.profile.opened;
  const { position } = store.messages.locate({ conversation, author: OURSELVES, id })!;
  const row = outbox().get({ contact, device: FIRST }, position)!;
  await store.journal.write(() => outbox().add({ ...row, device: SECOND }));
  const links = await dialBoth();
  await town.until(() => links.every((link) => envelopesOf(link, id).length > 0));
  const [one, two] = links.map((link) => envelopesOf(link, id));
  expect([one!.length, two!.length]).toEqual([1, 1]);
  expect(toHex(one![0]!.sessionId)).not.toBe(toHex(two![0]!.sessionId));

  links[0].send({ type: RECORD.ack, body: encodeAck([fromHex(id)]) });
  await town.until(() => delivered().length === 1);
  expect([FIRST, SECOND].map((device) => outbox().get({ contact, device }, position) !== null)).toEqual([false, true]);
  links[1].send({ type: RECORD.ack, body: encodeAck([fromHex(id)]) });
  await town.until(() => outbox().get({ contact, device: SECOND }, position) === null);
  expect(delivered()).toHaveLength(1);
});

it('are dialled each by its own key, and let go together', async () => {
  const first = await wire.dial(ann);
  await town.until(() => linked().includes(FIRST));
  await getSecond();
  const answered = await wire.listen(second);
  await ann.run('contact.address', { contact, address: wire.address });
  await town.until(() => linked().includes(SECOND));
  expect([linked(), first.closed]).toEqual([[FIRST, SECOND], false]);
  await ann.run('contact.remove', { contact });
  await town.until(() => first.closed && answered.every(({ closed }) => closed));
  const farewells = [first, ...answered].map(({ records }) => records.find(({ type }) => type === RECORD.bye)?.body[0]);
  expect(farewells).toEqual([BYE.goingOffline, BYE.goingOffline]);
  expect(engine().links.all()).toEqual([]);
});
