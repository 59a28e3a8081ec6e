import type { Ref } from 'vue';
import type { Contact } from '../../../../server/contract/model.ts';
import { isolateName } from '../../domain/names.ts';
import { useFiles } from '../../stores/files.ts';
import { text } from '../../text/text.ts';

/** Pictures and films in which cameras write where they were, and which are sent as they are. */
const KEEPS_PLACE = /\.(?:heic|heif|avif|tiff?|dng|gif|mov|mp4|m4v)$/i;

/** Files that are chosen, pasted or dropped go to the conversation with `contact`. @param say what cannot be sent. */
export function useAttaching(
  contact: Readonly<Ref<Contact | undefined>>,
  say: (notice: string) => void,
): {
  readonly attach: (chosen: readonly File[]) => void;
  readonly dropped: (event: DragEvent) => void;
} {
  const files = useFiles();

  function attach(chosen: readonly File[]): void {
    if (contact.value?.blocked !== false) return;
    const placed = chosen.find(({ name }) => KEEPS_PLACE.test(name));
    if (placed) say(text('files.keepsPlace', { name: isolateName(placed.name) }));
    files.send(contact.value.conversation, chosen);
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

  return { attach, dropped };
}
