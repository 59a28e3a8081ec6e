// What every kind of content has, and how one kind reads and writes its own keys (SPEC §6). A kind is one module in
// `kinds`, known by name to nobody but the registry in `content.ts`.
import type { CborMap, CborRecord } from '../cbor/cbor.ts';

export interface Numbered {
  /** The sender's clock, ms since 1970. */
  readonly at: number;
  /** Per direction, from 1: a hole is a missing message. */
  readonly seq: number;
}

/** `Said`: what a kind says beside its time and number. */
export interface ContentKind<Said> {
  /** @throws ProtocolError on keys of its own that are missing, mistyped or out of bounds; it ignores others. */
  parse(map: CborMap): Said;
  /** Its own keys. @throws Error on what is out of bounds: whoever composes checks first. */
  encode(said: Said): CborRecord;
}
