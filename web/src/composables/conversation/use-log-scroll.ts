import { nextTick, onBeforeUnmount, onMounted, shallowRef } from 'vue';
import type { ShallowRef } from 'vue';
import type { VirtualizerHandle } from 'virtua/vue';
import { isSeen } from '../../domain/message/reading.ts';

/** This close to the end counts as being there; px. */
const NEAR_END = 32;
/** What was said before stays in sight above the line; px. */
const ABOVE = { align: 'start', offset: -56 } as const;
/** Frames in which nothing moves before what is in view counts as seen, and how many are waited for that at most. */
const STILL_FRAMES = 3;
const FRAMES = 60;

/** What stays where it is while rows are measured, unfold and come: the end, the line above new messages, or nothing. */
type Hold = 'end' | 'line' | 'nothing';

export interface LogParts {
  readonly log: Readonly<ShallowRef<HTMLElement | null>>;
  readonly virtual: Readonly<ShallowRef<VirtualizerHandle | null>>;
  readonly count: () => number;
  /** Index of the row with the line above new messages; -1: there is none. */
  readonly line: () => number;
  readonly looking: () => boolean;
  /** @param last index of the last row in view; null: the end is. */
  readonly saw: (last: number | null) => void;
  /** @param first index of the first row in view. */
  readonly reached: (first: number) => void;
}

/** Where the log of a conversation stands: at its end, at what is new, or where a person has put it. */
export class LogScroll {
  /** It has come to rest where it was opened. */
  readonly placed = shallowRef(false);
  readonly atEnd = shallowRef(true);
  /** Index of the first row in view. */
  readonly first = shallowRef(0);
  readonly #parts: LogParts;
  #hold: Hold = 'end';
  #lastTop = Infinity;

  constructor(parts: LogParts) {
    this.#parts = parts;
  }

  /** Whether a person has put it somewhere else than the end. */
  get isFree(): boolean {
    return this.placed.value && this.#hold === 'nothing';
  }

  async place(): Promise<void> {
    this.placed.value = false;
    this.#hold = this.#parts.line() >= 0 ? 'line' : 'end';
    await nextTick();
    this.settle();
    await this.#stillness();
    this.placed.value = true;
    this.look();
  }

  /** Brings back into place what is held. */
  settle(): void {
    const { count, line, virtual } = this.#parts;
    const last = count() - 1;
    if (last < 0) return;
    if (this.#hold === 'end') virtual.value?.scrollToIndex(last, { align: 'end' });
    else if (this.#hold === 'line') virtual.value?.scrollToIndex(Math.max(0, line()), ABOVE);
    else this.look();
  }

  /** Only scrolling up leaves the end: the list growing below does not. */
  look(): void {
    const { virtual, log, saw, reached } = this.#parts;
    const { value: list } = virtual;
    const { value: frame } = log;
    if (list === null || frame === null || !this.placed.value) return;
    const top = frame.scrollTop;
    const atEnd = frame.scrollHeight - frame.clientHeight - top < NEAR_END;
    if (this.#hold === 'nothing' && atEnd) this.#hold = 'end';
    else if (this.#hold === 'end' && !atEnd && top < this.#lastTop) this.#hold = 'nothing';
    this.#lastTop = top;
    this.atEnd.value = atEnd;
    this.first.value = list.findItemIndex(list.scrollOffset);
    saw(atEnd ? null : lastSeen(list));
    reached(this.first.value);
  }

  /** After rows came at the end. */
  follow(): void {
    const looking = this.#parts.looking();
    // Who looked at the end goes on doing so; for who is away, what is new begins where they will look.
    if (!looking && this.#parts.line() >= 0 && this.#hold === 'end') this.#hold = 'line';
    else if (looking && this.#hold === 'line' && this.atEnd.value) this.#hold = 'end';
    this.settle();
  }

  toEnd(): void {
    this.#hold = 'end';
    this.settle();
  }

  /** @param align `nearest`: no further than it takes. */
  toRow(at: number, align: 'start' | 'nearest' = 'start'): void {
    this.#hold = 'nothing';
    this.#parts.virtual.value?.scrollToIndex(at, align === 'start' ? ABOVE : { align });
  }

  /** A person takes over. */
  release(): void {
    if (this.placed.value && this.#hold === 'line') this.#hold = 'nothing';
  }

  /** Lets `act` change the height of a row whose beginning stays where it is, or comes into view when it gets shorter. */
  async unfold(at: number, act: () => void): Promise<void> {
    const { value: frame } = this.#parts.log;
    const { value: list } = this.#parts.virtual;
    if (frame === null || list === null) return;
    this.#hold = 'nothing';
    const { scrollTop } = frame;
    const beginning = scrollTop + Math.min(0, list.getItemOffset(at) - list.scrollOffset);
    const height = list.getItemSize(at);
    act();
    await nextTick();
    for (let frames = 0; frames < STILL_FRAMES; frames += 1) {
      await new Promise(requestAnimationFrame);
      frame.scrollTop = list.getItemSize(at) < height ? beginning : scrollTop;
    }
    this.look();
  }

  async #stillness(): Promise<void> {
    let still = 0;
    let before = '';
    for (let frame = 0; frame < FRAMES && still < STILL_FRAMES; frame += 1) {
      await new Promise(requestAnimationFrame);
      const { scrollTop = 0, scrollHeight = 0 } = this.#parts.log.value ?? {};
      const now = `${scrollTop} ${scrollHeight}`;
      still = now === before ? still + 1 : 0;
      before = now;
    }
  }
}

function lastSeen(list: VirtualizerHandle): number {
  const view = { top: list.scrollOffset, bottom: list.scrollOffset + list.viewportSize };
  const at = list.findItemIndex(view.bottom - 1);
  const top = list.getItemOffset(at);
  return isSeen({ top, bottom: top + list.getItemSize(at) }, view) ? at : at - 1;
}

export function useLogScroll(parts: LogParts): LogScroll {
  const scroll = new LogScroll(parts);
  // After what the browser does in this frame: changing the layout within would be a loop.
  const watcher = new ResizeObserver(() => requestAnimationFrame(() => scroll.settle()));
  onMounted(() => parts.log.value !== null && watcher.observe(parts.log.value));
  onBeforeUnmount(() => watcher.disconnect());
  return scroll;
}
