// Several messages copied at once: each with its time and its author, as a person would write a conversation down.
import { onBeforeUnmount, onMounted } from 'vue';
import { moment } from '../../text/dates.ts';

/** What of a row's text is selected; it may begin or end within the selection. */
function selectedIn(row: Element, selection: Range): string {
  const part = document.createRange();
  part.selectNodeContents(row.querySelector('[data-text]') ?? row);
  if (part.compareBoundaryPoints(Range.START_TO_START, selection) < 0) {
    part.setStart(selection.startContainer, selection.startOffset);
  }
  if (part.compareBoundaryPoints(Range.END_TO_END, selection) > 0) {
    part.setEnd(selection.endContainer, selection.endOffset);
  }
  return part.toString().trim();
}

/** @param rows elements with `data-author`, `data-at` (ms) and, around the message alone, `data-text`. */
export function writtenDown(rows: readonly HTMLElement[], selection: Range): string {
  const lines = rows.flatMap((row) => {
    const said = selectedIn(row, selection);
    const { author = '', at = '' } = row.dataset;
    return said === '' ? [] : [`[${moment(Number(at))}] ${author}: ${said}`];
  });
  return lines.join('\n');
}

/** One message, or a part of it, is copied as it stands. */
export function useCopyMessages(log: () => HTMLElement | null): void {
  function copy(event: ClipboardEvent): void {
    const selection = document.getSelection();
    const range = selection !== null && selection.rangeCount > 0 ? selection.getRangeAt(0) : null;
    if (range === null || range.collapsed || event.clipboardData === null) return;
    const rows = [...(log()?.querySelectorAll<HTMLElement>('[data-message]') ?? [])];
    const selected = rows.filter((row) => range.intersectsNode(row));
    if (selected.length < 2) return;
    event.clipboardData.setData('text/plain', writtenDown(selected, range));
    event.preventDefault();
  }

  onMounted(() => document.addEventListener('copy', copy));
  onBeforeUnmount(() => document.removeEventListener('copy', copy));
}
