// Ids for tests, where which kind is meant shows from the place.
import type { ContactId, ConversationId, InviteId, MessageId, PairingId, RequestId } from '../contract/ids.ts';

export type AnyId = ContactId & MessageId & ConversationId & RequestId & InviteId & PairingId;

/** @param text 32 lower-case hex digits, unless the test is about others. */
export const anyId = (text: string): AnyId => text as AnyId;
