import { computed } from 'vue';
import type { ComputedRef, Ref } from 'vue';
import { CAPTION_LENGTH } from '../../../../server/contract/limits.ts';
import type { Contact, ConversationId } from '../../../../server/contract/model.ts';
import type { Voice } from '../../domain/file/recording.ts';
import { byteLength } from '../../domain/names.ts';
import { TRAY_FILES, useFileTray } from '../../stores/file-tray.ts';
import { useFiles } from '../../stores/files.ts';
import { formatNumber, text } from '../../text/text.ts';
import type { Writing } from './use-about.ts';

interface Attaching {
  /** Whether some wait. */
  readonly staged: ComputedRef<boolean>;
  /** Puts files above the composer. */
  readonly attach: (chosen: readonly File[]) => void;
  readonly dropped: (event: DragEvent) => void;
  readonly empty: () => void;
  /** What stands above the composer, and what is written in it. */
  readonly send: (words: string) => void;
  readonly speak: (voice: Voice) => void;
}

/**
 * Files that are chosen, pasted or dropped wait above the composer of `conversation` until they are sent, with what is written there.
 * @param say what cannot be sent.
 */
export function useAttaching(
  conversation: ConversationId,
  contact: Readonly<Ref<Contact | undefined>>,
  writing: Writing,
  say: (notice: string) => void,
): Attaching {
  const files = useFiles();
  const trays = useFileTray();
  const staged = computed(() => trays.of(conversation).files.length > 0);

  function attach(chosen: readonly File[]): void {
    if (contact.value?.blocked !== false) return;
    if (!trays.add(conversation, chosen)) say(text('files.tooMany', { count: formatNumber(TRAY_FILES) }));
  }

  /** A folder comes as a file that cannot be read. */
  function filesOf({ items, files: all }: DataTransfer): readonly File[] {
    const entries = [...items].map((item) => item.webkitGetAsEntry());
    if (!entries.some((entry) => entry?.isDirectory)) return [...all];
    say(text('files.noFolders'));
    return [...items].flatMap((item, at) => (entries[at]?.isDirectory ? [] : (item.getAsFile() ?? [])));
  }

  /** Anywhere on the conversation; elsewhere it would be opened in place of the page. */
  function dropped(event: DragEvent): void {
    if (event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    if (event.type === 'drop') attach(filesOf(event.dataTransfer));
  }

  /** Words that answer a message, or are too long to be said of a file, are a message of their own. */
  function send(words: string): void {
    const about = writing.about.value;
    if (about?.kind === 'edit' || !staged.value) {
      writing.send(words);
      return;
    }
    const { files: taken, original } = trays.take(conversation);
    const isCaption = about === null && byteLength(words) <= CAPTION_LENGTH;
    if (!isCaption && words !== '') writing.send(words);
    const caption = isCaption ? words : '';
    if (about !== null && words === '') {
      writing.cancel();
      say(text('files.noReply'));
    }
    const chosen = taken.map(({ file }, at) => ({ file, original, caption: at === 0 ? caption : '' }));
    files.send(conversation, chosen);
  }

  return {
    staged,
    attach,
    dropped,
    empty: () => trays.empty(conversation),
    send,
    speak: ({ file, ...voice }) => files.send(conversation, [{ file, voice, original: true, caption: '' }]),
  };
}
