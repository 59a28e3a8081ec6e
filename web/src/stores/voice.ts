// The voice message that is heard: one in this tab, which goes on while its row is scrolled away.
import { defineStore } from 'pinia';
import { shallowRef, watch } from 'vue';
import type { Message } from '../../../server/contract/model.ts';
import { messageKey } from '../domain/message/message-key.ts';
import type { Shown } from '../domain/message/outgoing.ts';
import { useConversations } from './conversations.ts';
import { useFiles } from './files.ts';
import { useProfile } from './profile.ts';

export type VoiceMessage = Shown & { readonly kind: 'file' };

const RATES = [1, 1.5, 2] as const;

export const useVoice = defineStore('voice', () => {
  const files = useFiles();
  const conversations = useConversations();
  const profile = useProfile();
  const audio = new Audio();
  /** By its key; null: none is begun. */
  const current = shallowRef<string | null>(null);
  const playing = shallowRef(false);
  /** How far, ms. */
  const at = shallowRef(0);
  const rate = shallowRef<(typeof RATES)[number]>(1);
  /** Why the last one was not heard: this browser cannot, or it is not there. */
  const failed = shallowRef<string | null>(null);
  /** In this tab. */
  const heard = new Set<string>();
  let message: VoiceMessage | null = null;

  function stop(): void {
    message = null;
    [current.value, playing.value, at.value] = [null, false, 0];
    audio.removeAttribute('src');
    audio.load();
  }

  /** Begins it, unless it is the one that is begun. @returns whether it is there. */
  async function take(wanted: VoiceMessage, from: number): Promise<boolean> {
    const key = messageKey(wanted);
    if (current.value === key) return true;
    stop();
    message = wanted;
    [current.value, at.value, failed.value] = [key, from, null];
    try {
      const address = await files.address(wanted, 'view');
      if (current.value !== key) return false;
      audio.src = address;
      audio.playbackRate = rate.value;
      audio.currentTime = from / 1000;
      return true;
    } catch {
      fail(key);
      return false;
    }
  }

  function fail(key: string): void {
    if (current.value !== key) return;
    stop();
    failed.value = key;
  }

  async function play(wanted: VoiceMessage, from = 0): Promise<void> {
    if (!(await take(wanted, from))) return;
    const key = messageKey(wanted);
    // Paused or another one begun before it sounded; what cannot be played says so by an error of its own.
    await audio.play().catch((error: unknown) => {
      if (!(error instanceof DOMException) || error.name !== 'AbortError') fail(key);
    });
  }

  async function seek(wanted: VoiceMessage, to: number): Promise<void> {
    if (!(await take(wanted, to))) return;
    at.value = to;
    audio.currentTime = to / 1000;
  }

  /** The next of theirs in the conversation that was not heard yet. */
  function nextOf(last: VoiceMessage): VoiceMessage | undefined {
    const { messages } = conversations.of(last.conversation).value;
    const from = messages.findIndex((each) => messageKey(each) === messageKey(last));
    return messages.slice(from + 1).find((each): each is VoiceMessage => isUnheard(each));
  }

  function isUnheard(each: Shown): boolean {
    if (each.kind !== 'file' || each.direction !== 'in' || heard.has(messageKey(each))) return false;
    return each.file.waveform !== undefined && each.file.place === 'loom';
  }

  function follow(): void {
    const known: Message | undefined = message === null ? undefined : conversations.find(message);
    // Deleted meanwhile, here or by them.
    if (known?.kind !== 'file') stop();
    else at.value = audio.currentTime * 1000;
  }

  function end(): void {
    const last = message;
    stop();
    if (last === null) return;
    heard.add(messageKey(last));
    const next = nextOf(last);
    if (next) void play(next);
  }

  function faster(): void {
    rate.value = RATES[(RATES.indexOf(rate.value) + 1) % RATES.length] ?? 1;
    audio.playbackRate = rate.value;
  }

  audio.addEventListener('timeupdate', follow);
  audio.addEventListener('play', () => (playing.value = true));
  audio.addEventListener('pause', () => (playing.value = false));
  audio.addEventListener('ended', end);
  audio.addEventListener('error', () => current.value !== null && fail(current.value));
  watch(
    () => profile.state,
    (state) => state !== 'ready' && stop(),
  );

  return { current, playing, at, rate, failed, play, pause: () => audio.pause(), seek, faster };
});
