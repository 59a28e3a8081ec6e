// What a picture measures, so that its place is kept before it is there.

/** A picture larger than this is not opened to be measured. */
const MEASURED_BYTES = 32 * 1024 * 1024;

export async function sidesOf(file: File): Promise<{ readonly width: number; readonly height: number } | null> {
  if (!/^image\/(?:png|jpeg|gif|webp)$/.test(file.type) || file.size > MEASURED_BYTES) return null;
  try {
    const bitmap = await createImageBitmap(file);
    const { width, height } = bitmap;
    bitmap.close();
    return { width, height };
  } catch {
    // Not a picture, whatever it is called.
    return null;
  }
}
