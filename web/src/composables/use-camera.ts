import { onBeforeUnmount, shallowRef } from 'vue';
import type { ShallowRef } from 'vue';
import { importChecked } from '../api/later.ts';

/** Between two looks at what the camera sees; ms. */
const LOOK_MS = 120;
/** Larger pictures are made smaller: a code that fills a part of one can still be read. */
const LARGEST = 1600;

export type ScanProblem = 'none' | 'denied' | 'busy' | 'unreadable';

export interface Scanning {
  /** Why the camera shows nothing; null: it does, or will in a moment. */
  readonly problem: ShallowRef<ScanProblem | null>;
  readonly start: (video: HTMLVideoElement) => Promise<void>;
  readonly readFile: (file: Blob) => Promise<void>;
  readonly stop: () => void;
}

const problems: Readonly<Record<string, ScanProblem>> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

async function loadReader(): Promise<(picture: ImageData) => string | null> {
  return (await importChecked('qr-reader', () => import('../lazy/qr-reader.ts'))).readQr;
}

/** What `source` shows, as pixels; null while there is none. */
function pixelsOf(source: CanvasImageSource, width: number, height: number): ImageData | null {
  if (width === 0 || height === 0) return null;
  const scale = Math.min(1, LARGEST / Math.max(width, height));
  const canvas = new OffscreenCanvas(Math.round(width * scale), Math.round(height * scale));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context?.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context?.getImageData(0, 0, canvas.width, canvas.height) ?? null;
}

/** Looks for QR codes with the camera, or in a picture. @param found told of each text; true: it was what is looked for. */
export function useCamera(found: (text: string) => boolean): Scanning {
  const problem = shallowRef<ScanProblem | null>(null);
  let stream: MediaStream | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  function stop(): void {
    stopped = true;
    clearTimeout(timer);
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
  }

  async function start(video: HTMLVideoElement): Promise<void> {
    try {
      const reader = loadReader();
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
      const read = await reader;
      // Left while the browser was asking.
      if (stopped) {
        stop();
        return;
      }
      video.srcObject = stream;
      await video.play();
      look(video, read);
    } catch (error) {
      problem.value = problems[error instanceof Error ? error.name : ''] ?? 'none';
    }
  }

  function look(video: HTMLVideoElement, read: (picture: ImageData) => string | null): void {
    if (stopped) return;
    const picture = pixelsOf(video, video.videoWidth, video.videoHeight);
    const text = picture && read(picture);
    if (text !== null && found(text)) stop();
    else timer = setTimeout(() => look(video, read), LOOK_MS);
  }

  async function readFile(file: Blob): Promise<void> {
    const read = await loadReader();
    const bitmap = await createImageBitmap(file).catch(() => null);
    const picture = bitmap && pixelsOf(bitmap, bitmap.width, bitmap.height);
    const text = picture && read(picture);
    bitmap?.close();
    if (text === null) problem.value = 'unreadable';
    else if (found(text)) stop();
  }

  onBeforeUnmount(stop);
  return { problem, start, readFile, stop };
}
