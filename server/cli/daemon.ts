// The running Loom of a profile, as a command sees it: the control socket and what is asked of it most.
import { NO_MARKS } from '../contract/marks.ts';
import type { ConversationId } from '../contract/ids.ts';
import type { Contact, Conversation } from '../contract/model.ts';
import type { ControlClient } from '../http/control/control-client.ts';
import { connectControl, HungUpError, NotRunningError } from '../http/control/control-client.ts';
import type { ProfilePlace } from '../options.ts';
import { folderExists } from './data-dir.ts';
import { CommandFailure } from './exit.ts';
import { findContact } from './find-contact.ts';
import { printable } from './terminal/printable.ts';
import { notRunningSentence } from './terminal/error-sentences.ts';

type ListedContact = Contact & Pick<Conversation, 'unread' | 'lastMessage' | 'marks' | 'timer'>;

/** What the notes to oneself are called. A contact of this name is meant by their key or id. */
const NOTES = 'notes';

/** Where something is said. */
export interface Place {
  readonly conversation: ConversationId;
  /** Null: nobody else is there. */
  readonly contact: Contact | null;
  readonly name: string;
}

/** `Ann is`, or of notes `Your notes are`, for what follows. */
export function placeIs({ contact }: Place): string {
  return contact ? `${printable(contact.name)} is` : 'Your notes are';
}

export class Daemon {
  readonly #client: ControlClient;

  constructor(client: ControlClient) {
    this.#client = client;
  }

  /** @throws CommandError as Loom answered, CommandFailure when it ended before. */
  readonly request: ControlClient['request'] = async (command, params) => {
    try {
      return await this.#client.request(command, params);
    } catch (error) {
      if (error instanceof HungUpError) throw new CommandFailure('notRunning', 'Loom ended before it answered.');
      throw error;
    }
  };

  /** An address that opens the page once. */
  async url(): Promise<string> {
    return (await this.request('session.url', {})).url;
  }

  /** The contact that a word on the command line means. @throws CommandFailure when there is none, or several. */
  async contact(word: string): Promise<Contact> {
    return findContact(await this.request('contact.list', {}), word);
  }

  /** The conversation that a word means: `notes` those to oneself, else that with a contact. @throws CommandFailure. */
  async place(word: string): Promise<Place> {
    if (word === NOTES) {
      const { id: conversation } = await this.request('conversation.notes', {});
      return { conversation, contact: null, name: 'your notes' };
    }
    const contact = await this.contact(word);
    return { conversation: contact.conversation, contact, name: contact.name };
  }

  /** What scripts read of one: of a contact as they are listed, of notes the conversation. */
  async shown({ contact, conversation }: Place): Promise<ListedContact | Conversation> {
    if (contact) return this.listed(contact);
    const found = (await this.request('conversation.list', {})).find(({ id }) => id === conversation);
    if (!found) throw new Error('notes that were just asked for');
    return found;
  }

  /** Contacts with what stands in their conversations, as scripts read both. */
  async withConversations(contacts: readonly Contact[]): Promise<readonly ListedContact[]> {
    const conversations = new Map((await this.request('conversation.list', {})).map((each) => [each.id, each]));
    return contacts.map((contact) => {
      const {
        unread = 0,
        lastMessage = null,
        marks = NO_MARKS,
        timer = 0,
      } = conversations.get(contact.conversation) ?? {};
      return { ...contact, unread, lastMessage, marks, timer };
    });
  }

  /** One of them, as it stands now. */
  async listed({ id }: Pick<Contact, 'id'>): Promise<ListedContact> {
    const [listed] = await this.withConversations([await this.contact(id)]);
    if (!listed) throw new Error('one for one');
    return listed;
  }

  readonly onEvent: ControlClient['onEvent'] = (listener) => this.#client.onEvent(listener);

  /** Resolves when Loom ends or hangs up. */
  get closed(): Promise<void> {
    return this.#client.closed;
  }

  close(): void {
    this.#client.close();
  }
}

/** @throws CommandFailure with exit code 4 when the profile is not running, 5 when its folder is not ours alone. */
export async function reachDaemon(place: ProfilePlace): Promise<Daemon> {
  const notRunning = new CommandFailure('notRunning', notRunningSentence(place.profile));
  if (!folderExists(place)) throw notRunning;
  try {
    return new Daemon(await connectControl(place.folder));
  } catch (error) {
    if (error instanceof NotRunningError) throw notRunning;
    if (error instanceof Error && 'syscall' in error) {
      throw new CommandFailure('notAllowed', `The control socket in ${place.folder} can’t be used.`);
    }
    throw error;
  }
}
