// How loud something spoken is, over its time: a byte for each part, in hex, as messages carry it.

/** Parts of what is recorded here. */
export const BARS = 64;

/** @param levels from 0, in equal steps of time. @returns BARS bytes in hex, the loudest of them `ff`. */
export function waveformOf(levels: readonly number[]): string {
  // An hour has more levels than a call takes arguments.
  const loudest = levels.reduce((most, each) => Math.max(most, each), Number.MIN_VALUE);
  return Array.from({ length: BARS }, (_, bar) => {
    const from = Math.floor((bar * levels.length) / BARS);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * levels.length) / BARS));
    const level = Math.max(0, ...levels.slice(from, to));
    return Math.round((255 * level) / loudest)
      .toString(16)
      .padStart(2, '0');
  }).join('');
}

/** @returns from 0 to 1 each. */
export function barsOf(waveform: string): readonly number[] {
  return (waveform.match(/../g) ?? []).map((byte) => parseInt(byte, 16) / 255);
}

/** As players show it: `0:07`, `1:02:03`. */
export function playTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = String(seconds % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}
