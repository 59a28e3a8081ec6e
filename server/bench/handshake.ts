// From nothing to the first message read: Loom's handshake with both HELLOs' certificates and a new session, beside
// libsignal's session from fresh prekeys, signed and made anew for each as the first ones of a contact are. Both are
// post-quantum: ML-KEM-768 in every handshake of Loom's, Kyber-1024 and then a post-quantum ratchet in libsignal.
import { choosePrimitives } from '../crypto/choose.ts';
import { deriveIdentity, parseMasterSeed, type IdentityKeys } from '../crypto/keys.ts';
import type { Primitives } from '../crypto/primitives.ts';
import { signCertificate, verifyCertificate } from '../protocol/certificate.ts';
import { parseEnvelope } from '../protocol/envelope.ts';
import { LinkProtocol, type LinkEvent } from '../protocol/link-protocol.ts';
import { makeRatchetKey, Session } from '../protocol/session.ts';
import type { Row } from './report.ts';
import { SignalUser } from './signal.ts';
import { compare, type Rounds } from './stopwatch.ts';

const TEXT = new Uint8Array(100).fill(0x61);
const MESSAGE_ID = new Uint8Array(16);

/** node:crypto has ML-KEM from Node 24.7 on; before, it is libsodium's in WebAssembly. */
const GOAL = { native: 1.5, wasm: 0.8, portable: 0.8 };

interface Person {
  readonly keys: IdentityKeys;
  readonly certificate: Uint8Array;
}

export async function measureHandshake(rounds: Rounds): Promise<Row> {
  const primitives = choosePrimitives(undefined);
  const [one, other] = [makePerson(primitives), makePerson(primitives)];
  const { ours, reference, ratio } = await compare(
    (times) => {
      for (let done = 0; done < times; done += 1) meet(primitives, one, other);
    },
    async (times) => {
      for (let done = 0; done < times; done += 1) await meetBySignal();
    },
    rounds,
  );
  const kem = primitives.kem.name;
  return {
    what: `handshake, session, first message, both sides; ML-KEM ${kem}`,
    unit: '/s',
    ours,
    reference: { what: 'libsignal', ...reference },
    ratio,
    goal: { kind: 'at-least', ratio: GOAL[kem] },
  };
}

function makePerson(primitives: Primitives): Person {
  const keys = deriveIdentity(primitives, parseMasterSeed(primitives.random(32)));
  const statement = { staticKey: keys.staticKey.publicKey, device: 0, generation: 0 };
  return { keys, certificate: signCertificate(primitives, keys.identityKey.privateKey, statement) };
}

function meet(primitives: Primitives, one: Person, other: Person): void {
  const random = (length: number): Uint8Array => primitives.random(length);
  const theirStatic = other.keys.staticKey.publicKey;
  const initiator = LinkProtocol.initiator({ primitives, random, ourStatic: one.keys.staticKey, theirStatic });
  const responder = LinkProtocol.responder({ primitives, random, ourStatic: other.keys.staticKey });
  const preamble = carry(initiator.start());
  const message1 = carry(initiator.receive(carry(responder.receive(preamble))));
  responder.receive(message1);
  initiator.receive(carry(responder.answer()));
  responder.receive(carry(initiator.proceed()));
  for (const person of [one, other]) requireCertificate(primitives, person);
  const ratchet = makeRatchetKey(primitives, random);
  const [ourIdentity, theirIdentity] = [one.keys.identityKey.publicKey, other.keys.identityKey.publicKey];
  const sender = Session.establish(
    { primitives, ourIdentity, theirIdentity },
    { role: 'initiator', ...secretsOf(initiator), theirRatchet: ratchet.publicKey, random },
  );
  const receiver = Session.establish(
    { primitives, ourIdentity: theirIdentity, theirIdentity: ourIdentity },
    { role: 'responder', ...secretsOf(responder), ratchet },
  );
  const { envelope, next } = sender.encrypt(MESSAGE_ID, TEXT, random);
  next.serialize();
  receiver.decrypt(parseEnvelope(envelope), random, 0).next.serialize();
}

/** The bytes among these events. */
function carry(events: readonly LinkEvent[]): Uint8Array {
  const event = events.find(({ kind }) => kind === 'send');
  if (event?.kind !== 'send') throw new Error('nothing was said');
  return event.bytes;
}

function secretsOf({ handshakeHash, exportKey }: LinkProtocol): { handshakeHash: Uint8Array; exportKey: Uint8Array } {
  return { handshakeHash, exportKey };
}

function requireCertificate(primitives: Primitives, { keys, certificate }: Person): void {
  const statement = { staticKey: keys.staticKey.publicKey, device: 0, generation: 0 };
  if (!verifyCertificate(primitives, keys.identityKey.publicKey, statement, certificate)) throw new Error('not theirs');
}

async function meetBySignal(): Promise<void> {
  const [one, other] = [new SignalUser('one'), new SignalUser('other')];
  await one.begin(other, await other.bundle());
  await other.decryptFirst(one, await one.encrypt(other, TEXT));
}
