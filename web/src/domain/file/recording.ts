// A voice message while it is spoken: the microphone, what it hears, and how loud that is.
import { waveformOf } from './waveform.ts';

/** The first that the browser records. All of them tell how long they are, which Firefox's webm does not. */
const TYPES = ['audio/mp4', 'audio/ogg;codecs=opus', 'audio/webm;codecs=opus'] as const;
const ENDINGS: Readonly<Record<string, string>> = { 'audio/mp4': 'm4a', 'audio/ogg': 'ogg', 'audio/webm': 'webm' };

/** Enough for a voice. */
const BITS_PER_SECOND = 24_000;
/** The longest. */
export const RECORDING_MS = 60 * 60 * 1000;
/** Between two looks at how loud it is. */
const LOOK_MS = 50;
/** What is recorded is handed over so often, ms. */
const SLICE_MS = 1_000;

/** `unsupported`: this browser records nothing. `missing`: there is no microphone. */
export type RecordingProblem = 'refused' | 'missing' | 'busy' | 'unsupported';

const problems: Readonly<Record<string, RecordingProblem>> = {
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

export function recordingProblem(error: unknown): RecordingProblem {
  return problems[error instanceof Error ? error.name : ''] ?? 'unsupported';
}

/** What was spoken. */
export interface Voice {
  readonly file: File;
  /** ms. */
  readonly duration: number;
  /** In hex. */
  readonly waveform: string;
}

export class Recording {
  /** From 0 to 1, one for each LOOK_MS. */
  readonly levels: number[] = [];
  readonly #stream: MediaStream;
  readonly #recorder: MediaRecorder;
  readonly #context = new AudioContext();
  readonly #parts: Blob[] = [];
  readonly #started = performance.now();
  readonly #stopped: Promise<void>;
  readonly #timer: ReturnType<typeof setInterval>;
  #ended: number | null = null;

  private constructor(stream: MediaStream, type: string) {
    this.#stream = stream;
    this.#recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS_PER_SECOND });
    this.#recorder.ondataavailable = ({ data }) => this.#parts.push(data);
    this.#stopped = new Promise((resolve) => {
      this.#recorder.onstop = () => {
        this.#close();
        resolve();
      };
    });
    const analyser = this.#context.createAnalyser();
    analyser.fftSize = 2048;
    this.#context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#timer = setInterval(() => this.#look(analyser, samples), LOOK_MS);
    this.#recorder.start(SLICE_MS);
  }

  /** Asks for the microphone. @param given up meanwhile. @throws DOMException, TypeError: see `recordingProblem`. */
  static async start(signal: AbortSignal): Promise<Recording> {
    const type = TYPES.find((each) => MediaRecorder.isTypeSupported(each));
    if (type === undefined) throw new TypeError('the browser records nothing that we know');
    const audio = { channelCount: 1, noiseSuppression: true, echoCancellation: true };
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    try {
      signal.throwIfAborted();
      return new Recording(stream, type);
    } catch (error) {
      release(stream);
      throw error;
    }
  }

  /** ms so far. */
  get duration(): number {
    return Math.min(RECORDING_MS, (this.#ended ?? performance.now()) - this.#started);
  }

  /** It hears no more: it is as long as it may be, or the microphone is gone. */
  get isOver(): boolean {
    return this.#ended !== null;
  }

  /** The end of it. @param name what it is called, without the ending. @returns null: nothing was heard. */
  async finish(name: string): Promise<Voice | null> {
    this.discard();
    await this.#stopped;
    const type = this.#recorder.mimeType.split(';')[0] ?? '';
    const file = new File(this.#parts, `${name}.${ENDINGS[type] ?? 'audio'}`, { type });
    const duration = Math.max(1, Math.round(this.duration));
    return file.size === 0 ? null : { file, duration, waveform: waveformOf(this.levels) };
  }

  /** The microphone is let go at once. */
  discard(): void {
    if (this.#recorder.state !== 'inactive') this.#recorder.stop();
    this.#close();
  }

  #look(analyser: AnalyserNode, samples: Float32Array<ArrayBuffer>): void {
    analyser.getFloatTimeDomainData(samples);
    this.levels.push(Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length));
    if (this.duration >= RECORDING_MS) this.discard();
  }

  #close(): void {
    if (this.#ended !== null) return;
    this.#ended = performance.now();
    clearInterval(this.#timer);
    release(this.#stream);
    void this.#context.close();
  }
}

function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
