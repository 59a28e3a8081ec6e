// A QR code for the terminal, two rows of it in a line. Light on dark and dark on light are both read by scanners.
import { renderUnicodeCompact } from 'uqr';

/** @param text upper case and digits make a smaller code. */
export function terminalQr(text: string): string {
  return renderUnicodeCompact(text, { border: 2, ecc: 'L' });
}
