// The voice message that is heard: one at a time, which goes on while its row is scrolled away.
import { shallowRef } from 'vue';
import { messageKey } from '../message/message-key.ts';
import type { Shown } from '../message/outgoing.ts';

export type VoiceMessage = Shown & { readonly kind: 'file' };

const RATES = [1, 1.5, 2] as const;

export interface VoiceLineOptions {
  readonly audio: HTMLAudioElement;
  /** Where the element finds it. @throws whatever keeps it away. */
  readonly address: (message: VoiceMessage) => Promise<string>;
  /** Whether it was not deleted meanwhile. */
  readonly isThere: (message: VoiceMessage) => boolean;
  /** What plays on by itself after one, of those that `isHeard` does not know. */
  readonly next: (last: VoiceMessage, isHeard: (each: Shown) => boolean) => VoiceMessage | undefined;
}

export class VoiceLine {
  /** By its key; null: none is begun. */
  readonly current = shallowRef<string | null>(null);
  readonly playing = shallowRef(false);
  /** How far, ms. */
  readonly at = shallowRef(0);
  readonly rate = shallowRef<(typeof RATES)[number]>(1);
  /** The last that was not heard: this browser cannot play it, or it is not here. */
  readonly failed = shallowRef<string | null>(null);
  readonly #options: VoiceLineOptions;
  readonly #audio: HTMLAudioElement;
  /** In this tab. */
  readonly #heard = new Set<string>();
  #message: VoiceMessage | null = null;
  /** Moved by hand while it was paused. */
  #isResting = false;

  constructor(options: VoiceLineOptions) {
    this.#options = options;
    const { audio } = options;
    this.#audio = audio;
    audio.addEventListener('timeupdate', () => this.#follow());
    audio.addEventListener('play', () => (this.playing.value = true));
    audio.addEventListener('pause', () => (this.playing.value = false));
    audio.addEventListener('ended', () => this.#end());
    audio.addEventListener('error', () => this.#fail(this.current.value));
  }

  stop(): void {
    this.#message = null;
    [this.current.value, this.playing.value, this.at.value] = [null, false, 0];
    this.#audio.removeAttribute('src');
    this.#audio.load();
  }

  pause(): void {
    this.#audio.pause();
  }

  async play(message: VoiceMessage): Promise<void> {
    if (!(await this.#take(message, 0))) return;
    this.#isResting = false;
    // Paused, or another one begun, before it sounded: AbortError.
    await this.#audio.play().catch((error: unknown) => {
      if (!(error instanceof DOMException) || error.name !== 'AbortError') this.#fail(messageKey(message));
    });
  }

  /** @param to ms from its beginning. */
  async seek(message: VoiceMessage, to: number): Promise<void> {
    if (!(await this.#take(message, to))) return;
    this.at.value = to;
    this.#isResting = this.#audio.paused;
    this.#audio.currentTime = to / 1000;
  }

  /** The next of the speeds. */
  faster(): void {
    const { rate } = this;
    rate.value = RATES[(RATES.indexOf(rate.value) + 1) % RATES.length] ?? 1;
    this.#audio.playbackRate = rate.value;
  }

  /** Begins it, unless it is the one that is begun. @returns whether it is still the one. */
  async #take(message: VoiceMessage, from: number): Promise<boolean> {
    const key = messageKey(message);
    if (this.current.value === key) return true;
    this.stop();
    this.#message = message;
    [this.current.value, this.at.value, this.failed.value] = [key, from, null];
    try {
      const address = await this.#options.address(message);
      if (this.current.value !== key) return false;
      this.#audio.src = address;
      this.#audio.playbackRate = this.rate.value;
      return true;
    } catch {
      this.#fail(key);
      return false;
    }
  }

  #fail(key: string | null): void {
    if (key === null || this.current.value !== key) return;
    this.stop();
    this.failed.value = key;
  }

  #follow(): void {
    if (this.#message === null) return;
    if (this.#options.isThere(this.#message)) this.at.value = this.#audio.currentTime * 1000;
    else this.stop();
  }

  #end(): void {
    const last = this.#message;
    // Brought to its end by hand, it has not been heard.
    if (last === null || this.#isResting) return;
    this.stop();
    this.#heard.add(messageKey(last));
    const next = this.#options.next(last, (each) => this.#heard.has(messageKey(each)));
    if (next) void this.play(next);
  }
}
