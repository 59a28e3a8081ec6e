// As what a file is shown in a conversation, by what its sender says it is: what it really is, its first bytes tell the daemon.
import type { FileFacts } from '../../../../server/contract/model.ts';

/** Null: a card, as of anything that is to be saved and opened elsewhere. */
export type Showing = 'picture' | 'video' | 'audio' | 'voice' | null;

type Told = Pick<FileFacts, 'type' | 'duration' | 'waveform'>;

/** @param plays whether this browser may play a media type. */
export function showingOf({ type, duration, waveform }: Told, plays: (type: string) => boolean): Showing {
  if (/^image\/(?:png|jpeg|gif|webp)$/.test(type)) return 'picture';
  const [family] = type.split('/');
  if ((family !== 'video' && family !== 'audio') || !plays(type)) return null;
  return family === 'audio' && duration !== undefined && waveform !== undefined ? 'voice' : family;
}

/** CSS pixels that a picture or film takes at most. */
const WIDEST = 320;
const TALLEST = 320;

export interface Frame {
  readonly width: number;
  readonly height: number;
}

/** Of a film that does not say how large it is: it stands in the middle of it. */
const FILM: Frame = { width: WIDEST, height: (WIDEST * 9) / 16 };

/** The place that is kept for it, in CSS pixels; null: none is. */
export function frameOf({ width, height }: Pick<FileFacts, 'width' | 'height'>, showing: Showing): Frame | null {
  if (showing !== 'picture' && showing !== 'video') return null;
  if (width === undefined || height === undefined) return showing === 'video' ? FILM : null;
  const scale = Math.min(1, WIDEST / width, TALLEST / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
