// Which implementation runs: node:crypto where it gives the right answers, JavaScript otherwise. A Node in FIPS mode or
// built without a cipher then works, slower, instead of failing at the first handshake. ML-KEM is chosen by itself.
import { nativeKem } from './kem/kem-native.ts';
import { portableKem } from './kem/kem-portable.ts';
import { sodiumKem } from './kem/kem-sodium.ts';
import { nativePrimitives } from './native.ts';
import { portablePrimitives } from './portable.ts';
import type { Kem, Primitives } from './primitives.ts';
import { kemAnswersRight, primitivesAnswerRight } from './self-test.ts';

/** @param wanted 'portable' leaves node:crypto out altogether; undefined takes the quickest that passes its self-test. */
export function choosePrimitives(wanted: 'portable' | undefined): Primitives {
  if (wanted === 'portable') return portablePrimitives(portableKem);
  const kem = chooseKem();
  const native = nativePrimitives(kem);
  return primitivesAnswerRight(native) ? native : portablePrimitives(kem);
}

function chooseKem(): Kem {
  return [nativeKem(), sodiumKem].find((kem) => kem && kemAnswersRight(kem)) ?? portableKem;
}
