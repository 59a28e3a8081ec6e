// Types that keep one thing from standing for another: the type check fails as soon as one of these mistakes compiles.
import { expect, it } from 'vitest';
import type { Input } from './contract/commands.ts';
import type { Events } from './contract/events.ts';
import type { ContactId, ConversationId, InviteId, MessageId, PersonId, RequestId } from './contract/ids.ts';
import { OURSELVES, type MessageRef } from './contract/messages.ts';
import { choosePrimitives } from './crypto/choose.ts';
import { deriveIdentity, makePresenceKey, parseMasterSeed } from './crypto/keys.ts';
import type { NewContact } from './engine/contacts/contact-maker.ts';
import type { PeerKeys } from './engine/links/greeter.ts';
import { verifyCertificate, type StaticKeyClaim } from './protocol/certificate.ts';
import type { Hello } from './protocol/hello.ts';
import { LinkProtocol } from './protocol/link-protocol.ts';
import { safetyNumber } from './protocol/safety-number.ts';
import type { SessionContext } from './protocol/session.ts';
import type { CardToken } from './protocol/token.ts';
import type { Store } from './storage/profile-store.ts';
import type { ContactRecord } from './storage/tables/contacts.ts';
import { directConversation } from './storage/rows/conversation-rowids.ts';
import type { MessageRecord } from './storage/tables/message/message-record.ts';
import type { OutboxFacts } from './storage/tables/outbox.ts';

const primitives = choosePrimitives(undefined);
const random = (length: number): Uint8Array => primitives.random(length);
const keys = deriveIdentity(primitives, parseMasterSeed(random(32)));
const [identity, fixed] = [keys.identityKey.publicKey, keys.staticKey.publicKey];
const presence = makePresenceKey(random);

it('keys of each role are bytes alike, so that types alone tell them apart', () => {
  expect([identity, fixed, presence].map(({ length }) => length)).toEqual([32, 32, 32]);
  expect(verifyCertificate(primitives, identity, claim(), random(64))).toBe(false);
});

function claim(): StaticKeyClaim {
  return { staticKey: fixed, device: 0, generation: 0 };
}

/** Never called. */
export function swappedKeys(store: Store): unknown {
  return [
    // @ts-expect-error a static key in place of the identity key
    { ik: fixed } satisfies Pick<ContactRecord, 'ik'>,
    // @ts-expect-error an identity key in place of the static key
    { staticKey: identity } satisfies Pick<ContactRecord, 'staticKey'>,
    // @ts-expect-error bytes of no role
    { presenceKey: random(32) } satisfies Pick<ContactRecord, 'presenceKey'>,
    // @ts-expect-error who introduced is known by the identity key
    { introducedBy: fixed } satisfies Pick<ContactRecord, 'introducedBy'>,
    // @ts-expect-error both swapped
    { ik: fixed, staticKey: identity } satisfies PeerKeys,
    // @ts-expect-error so for one to be made
    { ik: fixed } satisfies Pick<NewContact, 'ik'>,
    // @ts-expect-error so in a greeting
    { ik: fixed } satisfies Pick<Hello, 'ik'>,
    // @ts-expect-error a session is between identities
    { primitives, ourIdentity: identity, theirIdentity: fixed } satisfies SessionContext,
    // @ts-expect-error swapped in a token
    { version: 1, identityKey: fixed, staticKey: identity } satisfies CardToken,
    // @ts-expect-error what a certificate is about is a static key
    { staticKey: identity, device: 0, generation: 0 } satisfies StaticKeyClaim,
    // @ts-expect-error what signs one is an identity key
    verifyCertificate(primitives, fixed, claim(), random(64)),
    // @ts-expect-error people compare identities
    safetyNumber(primitives, identity, fixed),
    // @ts-expect-error links are dialled by static key
    LinkProtocol.initiator({ primitives, random, ourStatic: keys.staticKey, theirStatic: identity }),
    // @ts-expect-error found by identity
    store.contacts.byIdentity(fixed),
    // @ts-expect-error bytes of no role
    store.requests.byIdentity(random(32)),
  ];
}

interface Ids {
  readonly contact: ContactId;
  readonly person: PersonId;
  readonly conversation: ConversationId;
  readonly message: MessageId;
  readonly request: RequestId;
  readonly invite: InviteId;
}

/** Never called. */
export function swappedIds(store: Store, { contact, message, request, invite }: Ids): unknown {
  return [
    // @ts-expect-error a message in place of a contact, as a command is asked
    { contact: message } satisfies Input<'contact.remove'>,
    // @ts-expect-error any string
    { contact: 'a'.repeat(32) } satisfies Input<'contact.remove'>,
    // @ts-expect-error a contact in place of a request
    { request: contact, name: '' } satisfies Input<'request.accept'>,
    // @ts-expect-error a request in place of an invite
    { invite: request } satisfies Input<'invite.revoke'>,
    // @ts-expect-error a request in place of a contact
    { id: request } satisfies Pick<ContactRecord, 'id'>,
    // @ts-expect-error an invite in place of a contact
    store.contacts.get(invite),
    // @ts-expect-error a contact in place of a request
    store.requests.get(contact),
    // @ts-expect-error a request in place of an invite
    store.invites.get(request),
  ];
}

/** Never called. */
export function swappedWithin(store: Store, { contact, person, conversation, message }: Ids): unknown {
  const ref = { conversation, author: contact, id: message } satisfies MessageRef;
  return [
    // @ts-expect-error a contact in place of the conversation with them
    { conversation: contact } satisfies Input<'message.read'>,
    // @ts-expect-error a conversation in place of a contact
    { contact: conversation } satisfies Input<'contact.remove'>,
    // @ts-expect-error a message in place of a conversation
    { conversation: message } satisfies Input<'conversation.clear'>,
    // @ts-expect-error a conversation in place of a message
    { ...ref, id: conversation } satisfies Input<'message.delete'>,
    // @ts-expect-error a contact in place of a message
    { ...ref, id: contact } satisfies Events['message.deleted'],
    // @ts-expect-error a conversation says nothing
    { ...ref, author: conversation } satisfies Input<'message.delete'>,
    // @ts-expect-error nor does a message
    { ...ref, author: message } satisfies Pick<MessageRecord, 'author'>,
    // @ts-expect-error any string
    { ...ref, author: 'you' } satisfies Pick<MessageRecord, 'author'>,
    // @ts-expect-error who says something need be no contact
    { contact: person } satisfies Input<'contact.remove'>,
    // @ts-expect-error nobody accepts what they said themselves
    { ...ref, author: OURSELVES, name: '' } satisfies Input<'introduction.accept'>,
    // @ts-expect-error a contact in place of the conversation with them, in a row
    { conversation: contact } satisfies Pick<MessageRecord, 'conversation'>,
    // @ts-expect-error both swapped, in what waits for a device
    { contact: conversation, conversation: contact } satisfies Pick<OutboxFacts, 'contact' | 'conversation'>,
    // @ts-expect-error a contact in place of the conversation with them
    store.messages.unread(contact),
    // @ts-expect-error a conversation in place of the contact it is with
    store.messages.heldBytes(conversation),
    // @ts-expect-error a conversation in place of the contact it is with
    directConversation(directConversation(contact)),
  ];
}
