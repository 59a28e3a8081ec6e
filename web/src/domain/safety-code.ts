// The safety number as a QR code: both sides have the same, so what is scanned from their screen must be what ours shows.

const PREFIX = 'loom-safety:';

/** @param number 60 digits. */
export function safetyCode(number: string): string {
  return `${PREFIX}${number}`;
}

/** @param number ours. @returns `none`: what was read is no safety number. */
export function compareSafety(number: string, read: string): 'same' | 'other' | 'none' {
  if (!/^loom-safety:\d{60}$/.test(read)) return 'none';
  return read === safetyCode(number) ? 'same' : 'other';
}
