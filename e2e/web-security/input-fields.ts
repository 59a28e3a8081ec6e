// How a secret may stand in a file: as it is, and as programs write bytes down.

/** @param secret text, or bytes. @returns the text to look for in files read as latin1. */
export function writings(secret: string | Uint8Array): string[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  // In base64 a secret begins at one of three places; what its neighbours share is cut off.
  const shifted = [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    const inner = text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const texts = [bytes.toString('latin1'), hex, hex.toUpperCase(), ...shifted];
  // As browsers keep strings.
  const wide = texts.map((text) => Buffer.from(text, 'utf16le').toString('latin1'));
  return [...new Set([...texts, ...wide])];
}
