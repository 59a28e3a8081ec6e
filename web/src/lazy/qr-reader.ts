// Reads a QR code out of a picture. Loaded when a person scans one.
import decodeQR from 'qr/decode.js';

/** The text of the first code in it; null: none can be read. */
export function readQr(picture: ImageData): string | null {
  try {
    return decodeQR(picture);
  } catch {
    // It throws on every picture that has none.
    return null;
  }
}
