// Ids of what crosses between browser or command line and daemon: 16 random bytes as lower-case hex. Each kind has a type
// of its own, so that the id of one cannot stand for another.
import { z } from 'zod';

declare const kinds: unique symbol;
type Id<Kind extends string> = string & { readonly [kinds]: Readonly<Record<Kind, true>> };

/** Of whom a message may be. */
export type PersonId = Id<'person'>;
/** A contact is a person; not every person is a contact. */
export type ContactId = Id<'person' | 'contact'>;
export type ConversationId = Id<'conversation'>;
/** Chosen by the sender: it names a message together with its conversation and author. */
export type MessageId = Id<'message'>;
export type RequestId = Id<'request'>;
export type InviteId = Id<'invite'>;
export type PairingId = Id<'pairing'>;

export const personIdSchema = schemaOf<PersonId>();
export const contactIdSchema = schemaOf<ContactId>();
export const conversationIdSchema = schemaOf<ConversationId>();
export const messageIdSchema = schemaOf<MessageId>();
export const requestIdSchema = schemaOf<RequestId>();
export const inviteIdSchema = schemaOf<InviteId>();

/** Callers give it with its type as well, not as any string. */
function schemaOf<T extends string>(): z.ZodType<T, T> {
  return z.string().regex(/^[0-9a-f]{32}$/) as unknown as z.ZodType<T, T>;
}
