// The ratchet below the session: what only a contact that does not keep to the rules can do.
import { expect, it } from 'vitest';
import { portableKem } from '../../crypto/kem/kem-portable.ts';
import { nativePrimitives } from '../../crypto/native.ts';
import { seededRandom } from '../../testing/seeded-random.ts';
import { ProtocolError } from '../errors.ts';
import { encodeState, parseState } from '../session-state.ts';
import { ChainKey } from './chain-key.ts';
import { makeRatchetKey } from './ratchet-key.ts';
import { receive, send, startInitiator, startResponder, type RatchetState } from './ratchet.ts';
import { RootKey } from './root-key.ts';

const NOW = 1e12;

it('refuses a contact that goes back to a ratchet key it has left, and its state stays readable', () => {
  const primitives = nativePrimitives(portableKem);
  const random = seededRandom('a ratchet key again');
  const root = random(32);
  const chain = random(32);
  const first = makeRatchetKey(primitives, random);
  const start = (): [RootKey, ChainKey] => [new RootKey(root.slice()), new ChainKey(chain.slice(), 0)];
  let ours: RatchetState = startResponder(...start(), first);
  let theirs: RatchetState = startInitiator(primitives, ...start(), first.publicKey, random);

  const theySend = (skipped: number) => {
    for (let i = 0; i < skipped; i++) theirs = send(primitives, theirs).next;
    const sent = send(primitives, theirs);
    theirs = sent.next;
    ours = receive(primitives, ours, sent.header, NOW).accept(random);
    return sent.header;
  };
  const weSend = () => {
    const sent = send(primitives, ours);
    ours = sent.next;
    theirs = receive(primitives, theirs, sent.header, NOW).accept(random);
  };

  const left = theySend(1);
  weSend();
  theySend(0);
  weSend();
  const again = { ...left, pn: 1, n: 2 };
  expect(() => receive(primitives, ours, again, NOW)).toThrow(new ProtocolError('ratchet-replayed'));
  const state = encodeState({ id: random(16), sent: 2, received: 2, ratchet: ours });
  expect(encodeState(parseState(state))).toEqual(state);
});
