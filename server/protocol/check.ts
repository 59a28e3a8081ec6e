// CHECK and CHECKED (SPEC §10): one of two contacts asks, the other dials back and tells. Shapes and bounds only; who may
// ask how often, and what is dialled, is the engine's. A CHECK names no address, so the asker can't choose what is dialled.
import {
  bytesField,
  booleanField,
  encodeCbor,
  mapListField,
  parseCborMap,
  uintField,
  type CborMap,
} from './cbor/cbor.ts';
import { encodeEndpoint, readEndpoint, type Endpoint } from './endpoint.ts';
import { ProtocolError } from './errors.ts';
import { CHECK_BYTES, CHECK_DEADLINE_MS, CHECK_ID_BYTES, CHECK_TRIES, CHECKED_BYTES } from './limits.ts';

/** What a dial came to, by its number on the wire. */
export const DIAL_OUTCOMES = ['reached', 'refused', 'unreachable', 'timeout', 'silent', 'other-identity'] as const;
export type DialOutcome = (typeof DIAL_OUTCOMES)[number];

export interface DialBack {
  /** Of the asker, as the answerer knows it. */
  readonly endpoint: Endpoint;
  readonly outcome: DialOutcome;
  readonly ms: number;
}

export interface Checked {
  /** Of the CHECK; 8 bytes. */
  readonly id: Uint8Array;
  /** The answerer's clock when the CHECK came, ms since 1970. */
  readonly at: number;
  /** From then to this answer, ms. */
  readonly took: number;
  /** The answerer sees the asker's advert. */
  readonly nearby: boolean;
  readonly tried: readonly DialBack[];
}

export function encodeCheck(id: Uint8Array): Uint8Array {
  if (id.length !== CHECK_ID_BYTES) throw new Error('the id of a CHECK has 8 bytes');
  return encodeCbor({ id });
}

/** @returns the id. */
export function parseCheck(body: Uint8Array): Uint8Array {
  if (body.length > CHECK_BYTES) throw new ProtocolError('record-length');
  return bytesField(parseCborMap(body), 'id', CHECK_ID_BYTES);
}

/** @throws Error on more tries than CHECK_TRIES. */
export function encodeChecked({ id, at, took, nearby, tried }: Checked): Uint8Array {
  if (tried.length > CHECK_TRIES) throw new Error('a CHECKED tells of at most CHECK_TRIES dials');
  const dials = tried.map(({ endpoint, outcome, ms }) => ({
    at: encodeEndpoint(endpoint),
    outcome: DIAL_OUTCOMES.indexOf(outcome),
    ms,
  }));
  return encodeCbor({ id, at, took, nearby, tried: dials });
}

export function parseChecked(body: Uint8Array): Checked {
  if (body.length > CHECKED_BYTES) throw new ProtocolError('record-length');
  const map = parseCborMap(body);
  return {
    id: bytesField(map, 'id', CHECK_ID_BYTES),
    at: uintField(map, 'at'),
    took: uintField(map, 'took', CHECK_DEADLINE_MS),
    nearby: booleanField(map, 'nearby'),
    tried: mapListField(map, 'tried', CHECK_TRIES).map(parseDial),
  };
}

function parseDial(map: CborMap): DialBack {
  const outcome = DIAL_OUTCOMES[uintField(map, 'outcome', DIAL_OUTCOMES.length - 1)];
  const at = map.get('at');
  const read = at instanceof Uint8Array ? readEndpoint(at, 0) : null;
  if (!outcome || !(at instanceof Uint8Array) || read?.end !== at.length) throw new ProtocolError('field-type');
  return { endpoint: read.endpoint, outcome, ms: uintField(map, 'ms', CHECK_DEADLINE_MS) };
}
