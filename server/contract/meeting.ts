// How two become contacts: people nearby, pairing by code, invites.
import { z } from 'zod';
import { command, field, none, pasted, READY, result, type Done } from './command.ts';
import { inviteIdSchema, type ContactId, type InviteId, type PairingId } from './ids.ts';

/** Somebody nearby who is visible to everyone, as they say: nothing of it is proven before a pairing. */
export interface Person {
  readonly name: string;
  /** Ed25519 identity key, 64 hex digits. */
  readonly publicKey: string;
  readonly token: string;
  readonly addresses: readonly string[];
  /** Has their token been added already? Null: no. */
  readonly contact: ContactId | null;
}

/**
 * Ended: the third wrong code; the two minutes were over; one of the two wanted no more; nobody answered there; they are
 * not visible, or busy with somebody else; the link broke, or the other side did not keep to the rules.
 */
export type PairingEnd = 'wrong-code' | 'expired' | 'cancelled' | 'unreachable' | 'refused' | 'lost';

export type PairingState =
  /** Guest: the link is being made; the code is about to show on their screen. */
  | { readonly kind: 'dialling' }
  /** Guest: the code is on their screen. `left`: tries. */
  | { readonly kind: 'wanting'; readonly left: number; readonly until: number }
  /** Guest: the code that was typed is on its way. */
  | { readonly kind: 'checking' }
  /** Host: six digits, for the guest to type. */
  | { readonly kind: 'showing'; readonly code: string; readonly left: number; readonly until: number }
  /** Host: a blocked contact asks, and cannot tell that no code is shown. */
  | { readonly kind: 'unwanted'; readonly until: number }
  /** Both are contacts, verified. */
  | { readonly kind: 'paired'; readonly contact: ContactId }
  | { readonly kind: 'ended'; readonly reason: PairingEnd };

/** Two people meeting; one at a time. The host shows a code, the guest types it. */
export interface Pairing {
  readonly id: PairingId;
  readonly role: 'host' | 'guest';
  /** The one they give themselves; empty until a link is there. */
  readonly name: string;
  /** Theirs, 64 hex digits. */
  readonly publicKey: string;
  readonly state: PairingState;
}

export type InviteState = 'open' | 'used' | 'expired' | 'revoked';

/** A token that lets whoever has it become a contact, once. */
export interface Invite {
  readonly id: InviteId;
  /** Version 2. */
  readonly token: string;
  readonly createdAt: number;
  /** Null: never. */
  readonly expiresAt: number | null;
  readonly state: InviteState;
  /** Who came by it, if they are still a contact. */
  readonly contact: ContactId | null;
}

export const meetingCommands = {
  'people.list': command({
    params: none,
    result: result<readonly Person[]>(),
    repeatable: true,
    needs: READY,
  }),
  /** As the guest: goes to somebody visible to everyone, by token; the address is for those who were not seen nearby. */
  'pairing.start': command({
    params: z.strictObject({ token: pasted, address: field.optional() }),
    result: result<Pairing>(),
    repeatable: false,
    needs: READY,
  }),
  /** As the guest: the six digits on their screen. */
  'pairing.enter': command({
    params: z.strictObject({ code: field }),
    result: result<Pairing>(),
    repeatable: false,
    needs: READY,
  }),
  'pairing.cancel': command({
    params: none,
    result: result<Done>(),
    repeatable: false,
    needs: READY,
  }),
  'pairing.get': command({
    params: none,
    /** The one under way, or the last one's end; null: none yet. */
    result: result<Pairing | null>(),
    repeatable: true,
    needs: READY,
  }),
  'invite.create': command({
    params: z.strictObject({ expires: z.enum(['1h', '24h', '7d', 'never']).default('24h') }),
    result: result<Invite>(),
    repeatable: false,
    needs: READY,
  }),
  'invite.list': command({
    params: none,
    /** Newest first. Those that ended are kept a while, to tell people who come late. */
    result: result<readonly Invite[]>(),
    repeatable: true,
    needs: READY,
  }),
  'invite.revoke': command({
    params: z.strictObject({ invite: inviteIdSchema }),
    result: result<Invite>(),
    repeatable: false,
    needs: READY,
  }),
};

export interface MeetingEvents {
  /** Everyone nearby who is visible to everyone. */
  'people.changed': { readonly people: readonly Person[] };
  'pairing.changed': { readonly pairing: Pairing };
  'invite.changed': { readonly invite: Invite };
}
