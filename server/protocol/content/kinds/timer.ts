// From here on the texts of a conversation disappear so long after they were read, or stay again.
import { uintField } from '../../cbor/cbor.ts';
import { ProtocolError } from '../../errors.ts';
import { TIMER_SECONDS, TTL_SECONDS } from '../../limits.ts';
import type { ContentKind } from '../content-kind.ts';

export interface Timer {
  /** Seconds, TIMER_SECONDS to TTL_SECONDS; 0: off. */
  readonly after: number;
}

export const timer: ContentKind<Timer> = {
  parse(map) {
    const after = uintField(map, 'after', TTL_SECONDS);
    if (!isTimer(after)) throw new ProtocolError('timer-seconds');
    return { after };
  },
  encode({ after }) {
    if (!isTimer(after)) throw new Error('a timer is 0, or TIMER_SECONDS to TTL_SECONDS');
    return { after };
  },
};

function isTimer(after: number): boolean {
  return after === 0 || (after >= TIMER_SECONDS && after <= TTL_SECONDS);
}
