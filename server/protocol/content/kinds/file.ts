// A file that the sender offers: what it is called and how large it is. It is known by the id of this message, and its bytes
// come on request (SPEC §11).
import { optional, textField, uintField, type CborMap } from '../../cbor/cbor.ts';
import { ProtocolError } from '../../errors.ts';
import {
  FILE_CAPTION_BYTES,
  FILE_DURATION_MS,
  FILE_NAME_BYTES,
  FILE_SIDE_PIXELS,
  FILE_TYPE_BYTES,
  FILE_WAVEFORM_BYTES,
} from '../../files/limits.ts';
import type { ContentKind } from '../content-kind.ts';
import { requireTtl, ttlField } from '../ttl.ts';

/** Keys that are not there are left out. All of it is the sender's word. */
export interface OfferedFile {
  /** Bytes, up to 2⁵³ − 1. */
  readonly size: number;
  /** One part of a path: 1 to FILE_NAME_BYTES as UTF-8 in NFC, without `/`, `\` and NUL, neither `.` nor `..`. */
  readonly name: string;
  /** A media type of at most FILE_TYPE_BYTES; empty: not known. */
  readonly type: string;
  /** Of a picture or film, pixels, 1 to FILE_SIDE_PIXELS each. */
  readonly width?: number;
  readonly height?: number;
  /** Of what plays, ms, 1 to FILE_DURATION_MS. */
  readonly duration?: number;
  /** Of what was spoken: how loud, 0 to 255, in 1 to FILE_WAVEFORM_BYTES equal parts of its time. */
  readonly waveform?: Uint8Array;
  /** What is said of it: 1 to FILE_CAPTION_BYTES as UTF-8. */
  readonly caption?: string;
  /** Seconds it is there once it was read and has arrived, 1 to TTL_SECONDS. */
  readonly ttl?: number;
}

/** `type/subtype` of RFC 6838 restricted names, without parameters. */
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/;

export const file: ContentKind<OfferedFile> = {
  parse: (map) => ({
    size: uintField(map, 'size'),
    name: requireFileName(textField(map, 'name')),
    type: requireFileType(textField(map, 'type')),
    ...(map.has('width') && { width: countField(map, 'width', FILE_SIDE_PIXELS) }),
    ...(map.has('height') && { height: countField(map, 'height', FILE_SIDE_PIXELS) }),
    ...(map.has('duration') && { duration: countField(map, 'duration', FILE_DURATION_MS) }),
    ...(map.has('waveform') && { waveform: waveformField(map) }),
    ...(map.has('caption') && { caption: requireCaption(optional(map, 'caption', textField) ?? '') }),
    ...(map.has('ttl') && { ttl: ttlField(map) }),
  }),
  encode({ size, name, type, width, height, duration, waveform, caption, ttl }) {
    if ([width, height].some((side) => side !== undefined && (side < 1 || side > FILE_SIDE_PIXELS)))
      throw new Error('a side has 1 to FILE_SIDE_PIXELS pixels');
    if (duration !== undefined && (duration < 1 || duration > FILE_DURATION_MS))
      throw new Error('it lasts 1 to FILE_DURATION_MS');
    return {
      ...{ size, width, height, duration },
      name: requireFileName(name),
      type: requireFileType(type),
      waveform: waveform === undefined ? undefined : requireWaveform(waveform),
      caption: caption === undefined ? undefined : requireCaption(caption),
      ttl: requireTtl(ttl),
    };
  },
};

/** @throws ProtocolError file-name. */
export function requireFileName(name: string): string {
  const { length } = Buffer.from(name);
  const isBad = length === 0 || length > FILE_NAME_BYTES || name === '.' || name === '..' || /[/\\\0]/.test(name);
  if (isBad || name !== name.normalize('NFC')) throw new ProtocolError('file-name');
  return name;
}

function requireFileType(type: string): string {
  if (type !== '' && (type.length > FILE_TYPE_BYTES || !MEDIA_TYPE.test(type))) throw new ProtocolError('file-type');
  return type;
}

function requireCaption(caption: string): string {
  const length = Buffer.byteLength(caption);
  if (length === 0 || length > FILE_CAPTION_BYTES) throw new ProtocolError('file-caption');
  return caption;
}

function waveformField(map: CborMap): Uint8Array {
  const waveform = map.get('waveform');
  if (!(waveform instanceof Uint8Array)) throw new ProtocolError('field-type');
  return requireWaveform(waveform);
}

function requireWaveform(waveform: Uint8Array): Uint8Array {
  const { length } = waveform;
  if (length === 0 || length > FILE_WAVEFORM_BYTES) throw new ProtocolError('field-type');
  return waveform;
}

/** At least one. */
function countField(map: CborMap, key: string, most: number): number {
  const count = uintField(map, key, most);
  if (count === 0) throw new ProtocolError('field-type');
  return count;
}
