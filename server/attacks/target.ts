// What a fuzzer feeds, and the keys and greeting that its targets share.
import { createHash } from 'node:crypto';
import { choosePrimitives } from '../crypto/choose.ts';
import { parseIdentityPublicKey, parseStaticPublicKey } from '../crypto/keys.ts';
import { signCertificate } from '../protocol/certificate.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { type Hello } from '../protocol/hello.ts';
import { seededRandom } from '../testing/seeded-random.ts';

export interface Target {
  readonly name: string;
  /** Valid inputs. */
  readonly samples: readonly Uint8Array[];
  /** Part of all inputs: what does public-key work in every one gets fewer. */
  readonly weight: number;
  /** @returns whether it was taken. @throws anything but a proper refusal when it is broken. */
  readonly feed: (input: Uint8Array) => boolean;
}

export const primitives = choosePrimitives(undefined);
export const random = seededRandom('hostile');
export const ours = primitives.x25519KeyPair(random(32));
export const theirs = primitives.x25519KeyPair(random(32));
const signingKey = primitives.ed25519PrivateKey(random(32));
export const identityKey = parseIdentityPublicKey(primitives.ed25519PublicKey(signingKey))!;
export const certified = { staticKey: parseStaticPublicKey(ours.publicKey)!, device: 0, generation: 0 };
export const certificate = signCertificate(primitives, signingKey, certified);

/** Runs a parser that refuses by ProtocolError. */
export function refusing(parse: (input: Uint8Array) => unknown): Target['feed'] {
  return (input) => {
    try {
      parse(input);
      return true;
    } catch (error) {
      if (error instanceof ProtocolError) return false;
      throw error;
    }
  };
}

export const hello: Hello = {
  v: 2,
  ik: identityKey,
  device: 0,
  gen: 0,
  cert: certificate,
  port: 4712,
  contact: true,
  session: { id: random(16), sent: 7, received: 300 },
  features: 0,
  name: 'Änne',
  ratchet: theirs.publicKey,
};

/** For a test's message: the bytes that broke something, short enough to paste. */
export function describeInput(input: Uint8Array): string {
  const hash = createHash('sha256').update(input).digest('hex').slice(0, 16);
  return `${input.length} bytes ${hash} ${Buffer.from(input).toString('hex').slice(0, 4096)}`;
}
