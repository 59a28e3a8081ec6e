// A conversation as a whole: what is read, deleted or being typed in it.
import { z } from 'zod';
import { command, READY, result, type Done } from './command.ts';
import type { Contact } from './contacts.ts';
import { contactIdSchema, messageIdSchema, type ContactId } from './ids.ts';
import type { MessageRef } from './messages.ts';

export const conversationsCommands = {
  /** Marks what they wrote as read: all of it, or what stands no later than `order` `upTo`. */
  'message.read': command({
    params: z.strictObject({ contact: contactIdSchema, upTo: z.number().optional() }),
    result: result<Contact>(),
    repeatable: true,
    needs: READY,
  }),
  /** From this device alone, for good. One that is not on theirs yet is not sent any more. */
  'message.delete': command({
    params: z.strictObject({ contact: contactIdSchema, direction: z.enum(['in', 'out']), id: messageIdSchema }),
    result: result<Contact>(),
    repeatable: false,
    needs: READY,
  }),
  /** Deletes every message of a conversation that is there now, as `message.delete` does. */
  'conversation.clear': command({
    params: z.strictObject({ contact: contactIdSchema }),
    result: result<Contact>(),
    repeatable: false,
    needs: READY,
  }),
  /** Tells them, while linked, that we are typing. Never stored. */
  'typing.set': command({
    params: z.strictObject({ contact: contactIdSchema, typing: z.boolean() }),
    result: result<Done>(),
    repeatable: false,
    needs: READY,
  }),
};

export interface ConversationsEvents {
  /** What they wrote is read, in some tab: all up to now, or what stands no later than `order` `upTo`. */
  'message.read': { readonly contact: ContactId; readonly upTo: number | null };
  'message.deleted': MessageRef;
  /** Many of a conversation are gone: it is to be loaded anew. */
  'conversation.cleared': { readonly contact: ContactId };
  'typing.changed': { readonly contact: ContactId; readonly typing: boolean };
}
