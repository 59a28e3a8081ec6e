import { nextTick, shallowRef, watch } from 'vue';
import type { ComputedRef, ShallowRef } from 'vue';
import type { MessageRef } from '../../../../server/contract/model.ts';
import { sentAt } from '../../../../server/contract/words/time.ts';
import { messageKey } from '../../domain/message/message-key.ts';
import type { Shown } from '../../domain/message/outgoing.ts';
import type { Roving } from '../use-roving.ts';

/** Long enough to be found by an eye that follows; ms. */
const NOTED_MS = 2500;

export interface JumpParts {
  readonly messages: ComputedRef<readonly Shown[]>;
  readonly placed: ShallowRef<boolean>;
  readonly roving: Pick<Roving, 'focusAt'>;
  readonly toRow: (at: number) => void;
  /** Loads what was written since `time`, in ms since 1970. */
  readonly back: (time: number) => Promise<void>;
}

export interface Jumps {
  /** The `messageKey` of the one that was asked for, for a moment. */
  readonly noted: ShallowRef<string>;
  /** To the first one of a time, in ms since 1970, or to the last of all. */
  readonly toTime: (time: number) => Promise<void>;
  /** To a message that is loaded, which is marked for a moment. */
  readonly show: (message: MessageRef) => Promise<void>;
}

/** From one place of a conversation to another, far from what is in view. */
export function useJumps({ messages, placed, roving, toRow, back }: JumpParts): Jumps {
  const noted = shallowRef('');

  function to(at: number): void {
    roving.focusAt(at);
    toRow(at);
  }

  async function toTime(time: number): Promise<void> {
    await back(time);
    await nextTick();
    const at = messages.value.findIndex((message) => sentAt(message) >= time);
    to(at < 0 ? messages.value.length - 1 : at);
  }

  async function show(message: MessageRef): Promise<void> {
    if (!placed.value) await new Promise<void>((resolve) => watch(placed, () => resolve(), { once: true }));
    const key = messageKey(message);
    const at = messages.value.findIndex((each) => messageKey(each) === key);
    if (at < 0) return;
    to(at);
    noted.value = key;
    setTimeout(() => noted.value === key && (noted.value = ''), NOTED_MS);
  }

  return { noted, toTime, show };
}
