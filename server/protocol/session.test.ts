// Byte for byte against an independent implementation, and the rules of a session one by one.
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../crypto/bytes.ts';
import { portableKem } from '../crypto/kem/kem-portable.ts';
import { nativePrimitives } from '../crypto/native.ts';
import { portablePrimitives } from '../crypto/portable.ts';
import { asIdentityKey } from '../testing/keys.ts';
import { parseEnvelope } from './envelope.ts';
import { Session } from './session.ts';
import vectors from './testdata/loom2-answer.json' with { type: 'json' };

/** Gives what it was told to give, once each. */
function scripted(...outputs: readonly (string | undefined)[]): (length: number) => Uint8Array {
  const left = outputs.filter((output) => output !== undefined).map(fromHex);
  return (length) => {
    const next = left.shift();
    if (next?.length !== length) throw new Error(`asked for ${length} bytes`);
    return next;
  };
}

describe.each([nativePrimitives(portableKem), portablePrimitives(portableKem)])('$name', (primitives) => {
  const [first, second] = vectors.identity.map(({ ik }) => asIdentityKey(fromHex(ik)));
  const handshake = {
    handshakeHash: fromHex(vectors.handshake.handshake_hash),
    exportKey: fromHex(vectors.handshake.export),
  };
  const b0 = primitives.x25519KeyPair(fromHex(vectors.hello.responder_ratchet_private)).publicKey;
  const establish = {
    initiator: () =>
      Session.establish(
        { primitives, ourIdentity: first!, theirIdentity: second! },
        {
          ...handshake,
          role: 'initiator',
          theirRatchet: b0,
          random: scripted(vectors.session.initiator_first_ratchet_private_a0),
        },
      ),
    responder: () =>
      Session.establish(
        { primitives, ourIdentity: second!, theirIdentity: first! },
        {
          ...handshake,
          role: 'responder',
          ratchet: { scalar: fromHex(vectors.hello.responder_ratchet_private), publicKey: b0 },
        },
      ),
  };

  it('speaks and understands every message of the vectors', () => {
    const sessions = { initiator: establish.initiator(), responder: establish.responder() };
    expect(toHex(sessions.initiator.id)).toBe(vectors.session.id);
    expect(toHex(sessions.responder.id)).toBe(vectors.session.id);
    const schedule =
      'send one, send two, take one, take two, send three, take three, send four, send five, send six, take six, ' +
      'send seven, take seven, send eight, take eight, take four, take five';
    for (const [verb, text] of schedule.split(', ').map((step) => step.split(' '))) {
      const message = vectors.messages.find((candidate) => candidate.text === text)!;
      const [sender, receiver] =
        message.who === 'initiator' ? (['initiator', 'responder'] as const) : (['responder', 'initiator'] as const);
      if (verb === 'send') {
        const [mid, content] = [fromHex(message.mid), fromHex(message.content)];
        const { envelope, next } = sessions[sender].encrypt(mid, content, scripted(message.salt));
        expect(toHex(envelope)).toBe(message.envelope);
        sessions[sender] = next;
      } else {
        const envelope = parseEnvelope(fromHex(message.envelope));
        const { content, next } = sessions[receiver].decrypt(
          envelope,
          scripted(message.receiver_new_ratchet_private),
          0,
        );
        expect(toHex(content)).toBe(message.content);
        sessions[receiver] = next;
      }
    }
    expect([sessions.initiator.sent, sessions.initiator.received]).toEqual([5, 3]);
    expect([sessions.responder.sent, sessions.responder.received]).toEqual([3, 5]);
  });
});
