// What happens, in words for a person who watches: what they would want to be told, and nothing twice.
import type { ContactId, ConversationId } from '../../contract/ids.ts';
import type { EventMessage } from '../../contract/events.ts';
import { OURSELVES } from '../../contract/messages.ts';
import type { Connection, Contact } from '../../contract/model.ts';
import { clockTime } from './local-time.ts';
import { messageLine } from './message-line.ts';
import { printable } from './printable.ts';

type EventData<E extends EventMessage['event']> = Extract<EventMessage, { readonly event: E }>['data'];

interface Known {
  readonly conversation: ConversationId;
  readonly name: string;
  readonly connection: Connection;
}

export class Sayings {
  readonly #known = new Map<ContactId, Known>();

  /** @param contacts as they are before the first event. */
  constructor(contacts: readonly Contact[]) {
    for (const { id, conversation, name, connection } of contacts)
      this.#known.set(id, { conversation, name, connection });
  }

  /** @param now of this clock, ms since 1970. @returns lines; none for what is of no interest. */
  of(message: EventMessage, now: number): readonly string[] {
    const time = clockTime(now);
    if (message.event === 'message.received' || message.event === 'message.stored') {
      return [messageLine(message.data.message, this.#nameIn(message.data.message.conversation), time)];
    }
    if (message.event === 'message.changed') return this.#acted(message.data, time);
    if (message.event === 'contact.changed') return this.#changed(message.data.contact, time);
    const said = this.#sentence(message);
    return said === null ? [] : [`${time}  ${said}`];
  }

  /** What an act has made of a message; a hole that closes is of no interest. */
  #acted({ message, act, by }: EventData<'message.changed'>, time: string): readonly string[] {
    if (act === undefined) return [];
    const name = this.#nameIn(message.conversation);
    const who = by === OURSELVES ? 'you' : printable(name);
    if (act === 'deleted') return [`${time}  ${who} deleted a message for everyone`];
    return [`${time}  ${who} ${act === 'edited' ? 'edited' : 'reacted to'}`, `    ${messageLine(message, name, time)}`];
  }

  /** A contact changes with each message; only who comes and goes is worth a line. */
  #changed({ id, conversation, name, connection }: Contact, time: string): readonly string[] {
    const before = this.#known.get(id);
    this.#known.set(id, { conversation, name, connection });
    if (before === undefined) return [`${time}  ${printable(name)} is a contact now`];
    const was = before.connection === 'online';
    const is = connection === 'online';
    return was === is ? [] : [`${time}  ${printable(name)} is ${is ? 'online' : 'offline'}`];
  }

  #sentence({ event, data }: EventMessage): string | null {
    switch (event) {
      case 'contact.removed':
        return `${this.#name(data.contact)} was removed`;
      case 'request.changed':
        return `${printable(data.request.name)} wants to talk to you (“loom-web requests” lists who asks)`;
      case 'message.seen':
        return `${printable(this.#nameIn(data.conversation))} has read what you wrote`;
      case 'message.deleted':
        return `a message ${this.#with(data.conversation)} was deleted`;
      case 'conversation.cleared':
        return `messages ${this.#with(data.conversation)} were deleted`;
      case 'state.changed':
        return data.state === 'locked' ? 'locked' : 'open';
      case 'storage.changed':
        return data.storage === 'failing' ? 'Loom can’t write to your disk' : 'Loom can write to your disk again';
      default:
        return null;
    }
  }

  /** Notes are with no one. */
  #with(conversation: ConversationId): string {
    const contact = this.#in(conversation);
    return contact === undefined ? 'of your notes' : `with ${printable(contact.name)}`;
  }

  #nameIn(conversation: ConversationId): string {
    return this.#in(conversation)?.name ?? 'someone';
  }

  #in(conversation: ConversationId): Known | undefined {
    return [...this.#known.values()].find((each) => each.conversation === conversation);
  }

  #name(id: ContactId): string {
    return printable(this.#known.get(id)?.name ?? 'someone');
  }
}
