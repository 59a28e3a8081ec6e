// Several messages copied at once: each with its time and its author, as a person would write a conversation down.
import { onBeforeUnmount, onMounted } from 'vue';
import { moment } from '../../text/dates.ts';

/**
 * What of a row's text is selected; it may begin or end within the selection. Of one that is formatted all comes as it was
 * typed, and a part as it stands.
 */
function selectedIn(row: Element, selection: Range): string {
  const part = document.createRange();
  const said = row.querySelector<HTMLElement>('[data-text]');
  part.selectNodeContents(said ?? row);
  if (said?.dataset.text && holds(selection, part)) return said.dataset.text.trim();
  if (part.compareBoundaryPoints(Range.START_TO_START, selection) < 0) {
    part.setStart(selection.startContainer, selection.startOffset);
  }
  if (part.compareBoundaryPoints(Range.END_TO_END, selection) > 0) {
    part.setEnd(selection.endContainer, selection.endOffset);
  }
  return part.toString().trim();
}

function holds(selection: Range, part: Range): boolean {
  const starts = selection.compareBoundaryPoints(Range.START_TO_START, part) <= 0;
  return starts && selection.compareBoundaryPoints(Range.END_TO_END, part) >= 0;
}

/** @param rows elements with `data-author`, `data-at` (ms) and, around the message alone, `data-text`, which holds what was typed if that is formatted. */
export function writtenDown(rows: readonly HTMLElement[], selection: Range): string {
  const lines = rows.flatMap((row) => {
    const said = selectedIn(row, selection);
    const { author = '', at = '' } = row.dataset;
    return said === '' ? [] : [`[${moment(Number(at))}] ${author}: ${said}`];
  });
  return lines.join('\n');
}

/** A formatted text that is selected from its first to its last letter, as it was typed; null: the browser knows how. */
function typedIn(row: HTMLElement, selection: Range): string | null {
  const said = row.querySelector<HTMLElement>('[data-text]');
  const { text: typed = '' } = said?.dataset ?? {};
  return typed !== '' && selection.toString().trim() === (said?.textContent ?? '').trim() ? typed : null;
}

/** One message, or a part of it, is copied as it stands, but a whole formatted one as it was typed. */
export function useCopyMessages(log: () => HTMLElement | null): void {
  function copy(event: ClipboardEvent): void {
    const selection = document.getSelection();
    const range = selection !== null && selection.rangeCount > 0 ? selection.getRangeAt(0) : null;
    if (range === null || range.collapsed || event.clipboardData === null) return;
    const rows = [...(log()?.querySelectorAll<HTMLElement>('[data-message]') ?? [])];
    const selected = rows.filter((row) => range.intersectsNode(row));
    const [only] = selected;
    if (only === undefined) return;
    const typed = selected.length === 1 ? typedIn(only, range) : writtenDown(selected, range);
    if (typed === null) return;
    event.clipboardData.setData('text/plain', typed);
    event.preventDefault();
  }

  onMounted(() => document.addEventListener('copy', copy));
  onBeforeUnmount(() => document.removeEventListener('copy', copy));
}
