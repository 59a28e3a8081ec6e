// People we know, people who ask, and contacts who introduce others.
import { z } from 'zod';
import { command, field, none, pasted, READY, result, type Done } from './command.ts';
import {
  contactIdSchema,
  conversationIdSchema,
  messageIdSchema,
  personIdSchema,
  requestIdSchema,
  type ContactId,
  type ConversationId,
  type RequestId,
} from './ids.ts';
import type { Picture } from './identity.ts';
import type { InviteState } from './meeting.ts';

/**
 * `offline`: no link, none being made right now. `connecting`: being dialled.
 * `waiting`: linked, but they have not added us yet. `online`: linked, messages flow.
 */
export type Connection = 'offline' | 'connecting' | 'waiting' | 'online';

/** How somebody became a contact: by a token we pasted, a request we accepted, an invite of theirs or ours, a code, or
 * because another contact introduced us. */
export type AddedBy = 'token' | 'request' | 'invite' | 'code' | 'introduction';

/** Why a contact's messages wait at their Loom: we keep no more of them unread, take no more in a day, or keep no more. */
export type Full = 'unread' | 'day' | 'disk';

export interface Contact {
  readonly id: ContactId;
  readonly name: string;
  /** What they say of themselves, to be trusted no further: name and line, empty where there is nothing to show. */
  readonly ownName: string;
  readonly about: string;
  /** Which picture of themselves they gave, an opaque id; null: none. */
  readonly picture: string | null;
  /** Ed25519 identity key, 64 hex digits. */
  readonly publicKey: string;
  /** The code was typed at pairing, or a person compared the safety number. */
  readonly verified: boolean;
  readonly addedBy: AddedBy;
  /** The identity key of who introduced us, 64 hex digits; null: nobody did. */
  readonly introducedBy: string | null;
  /** We came by an invite of theirs that has not let us in: yet (`open`), or for good. Null: it has, or there was none. */
  readonly invite: InviteState | null;
  readonly blocked: boolean;
  readonly connection: Connection;
  /** Typed and remembered addresses, `HOST:PORT`, best first. */
  readonly addresses: readonly string[];
  readonly addedAt: number;
  /** When a link was last up; null: never. */
  readonly lastSeen: number | null;
  /** The direct one with them. */
  readonly conversation: ConversationId;
  /** Messages of ours not yet on their disk. */
  readonly queued: number;
  /** Which bound keeps us from taking more of theirs; null: there is room. */
  readonly full: Full | null;
  /** Ours wait, as their Loom takes no more right now. */
  readonly refuses: boolean;
}

/** Someone who has our token and wants to talk. */
export interface ContactRequest {
  readonly id: RequestId;
  /** The name they gave themselves. */
  readonly name: string;
  readonly publicKey: string;
  readonly address: string | null;
  readonly at: number;
}

export const contactsCommands = {
  'contact.list': command({
    params: none,
    result: result<readonly Contact[]>(),
    repeatable: true,
    needs: READY,
  }),
  /** With an invite the name may be empty: they are called what they call themselves. */
  'contact.add': command({
    params: z.strictObject({
      token: pasted,
      name: field,
      address: field.optional(),
    }),
    result: result<Contact>(),
    repeatable: false,
    needs: READY,
  }),
  'contact.rename': command({
    params: z.strictObject({ contact: contactIdSchema, name: field }),
    result: result<Contact>(),
    repeatable: false,
    needs: READY,
  }),
  'contact.remove': command({
    params: z.strictObject({ contact: contactIdSchema }),
    result: result<Done>(),
    repeatable: false,
    needs: READY,
  }),
  'contact.block': command({
    params: z.strictObject({ contact: contactIdSchema, blocked: z.boolean() }),
    result: result<Contact>(),
    repeatable: false,
    needs: READY,
  }),
  'contact.verify': command({
    params: z.strictObject({ contact: contactIdSchema, verified: z.boolean() }),
    result: result<Contact>(),
    repeatable: false,
    needs: READY,
  }),
  'contact.safety': command({
    params: z.strictObject({ contact: contactIdSchema }),
    /** 60 digits. */
    result: result<{ readonly number: string }>(),
    repeatable: true,
    needs: READY,
  }),
  'contact.picture': command({
    params: z.strictObject({ contact: contactIdSchema }),
    result: result<Picture>(),
    repeatable: true,
    needs: READY,
  }),
  /** Adds a typed address, tried at once. */
  'contact.address': command({
    params: z.strictObject({ contact: contactIdSchema, address: field }),
    result: result<Contact>(),
    repeatable: false,
    needs: READY,
  }),
  'contact.connect': command({
    params: z.strictObject({ contact: contactIdSchema }),
    result: result<Contact>(),
    repeatable: true,
    needs: READY,
  }),
  /** Tells each of two contacts of the other, vouching for the keys. They talk once both have accepted. */
  'contact.introduce': command({
    params: z.strictObject({ contact: contactIdSchema, other: contactIdSchema }),
    result: result<Done>(),
    repeatable: false,
    needs: READY,
  }),
  /** Adds whom somebody has introduced in a message to us. An empty name keeps the one they gave. */
  'introduction.accept': command({
    params: z.strictObject({
      conversation: conversationIdSchema,
      author: personIdSchema,
      id: messageIdSchema,
      name: field,
    }),
    result: result<Contact>(),
    repeatable: false,
    needs: READY,
  }),
  'request.list': command({
    params: none,
    result: result<readonly ContactRequest[]>(),
    repeatable: true,
    needs: READY,
  }),
  /** An empty name keeps the one they gave themselves. */
  'request.accept': command({
    params: z.strictObject({ request: requestIdSchema, name: field }),
    result: result<Contact>(),
    repeatable: false,
    needs: READY,
  }),
  'request.block': command({
    params: z.strictObject({ request: requestIdSchema }),
    /** The blocked contact it has become. */
    result: result<Contact>(),
    repeatable: false,
    needs: READY,
  }),
  /** Shows it no more, also when they ask again. They cannot tell. */
  'request.ignore': command({
    params: z.strictObject({ request: requestIdSchema }),
    result: result<Done>(),
    repeatable: false,
    needs: READY,
  }),
  /** Takes `request.block` back: the contact it made becomes the request it was. */
  'request.reopen': command({
    params: z.strictObject({ contact: contactIdSchema }),
    result: result<Done>(),
    repeatable: false,
    needs: READY,
  }),
};

export interface ContactsEvents {
  'contact.changed': { readonly contact: Contact };
  'contact.removed': { readonly contact: ContactId };
  'request.changed': { readonly request: ContactRequest };
  'request.removed': { readonly request: RequestId };
  'session.established': { readonly contact: ContactId; readonly resumed: boolean };
}
