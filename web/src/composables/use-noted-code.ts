import { onMounted } from 'vue';
import type { Contact } from '../../../server/contract/model.ts';
import { useContacts } from '../stores/contacts.ts';
import { useMeeting } from '../stores/meeting.ts';

/**
 * A code that was pasted on the first screen. An invite is used at once.
 * @param added someone was. @param refused it needs a name, or is of no use: to be shown where it can be mended.
 */
export function useNotedCode(added: (contact: Contact) => unknown, refused: (code: string) => void): void {
  const contacts = useContacts();
  const meeting = useMeeting();

  onMounted(async () => {
    const code = meeting.noted;
    if (code === '') return;
    meeting.noted = '';
    try {
      await added(await contacts.add(code, '', ''));
    } catch {
      refused(code);
    }
  });
}
