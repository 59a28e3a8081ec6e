// What stands in a backup, record by record (FORMAT.md). The bodies are those of the tables, without what never leaves a
// machine: presence keys here, ratchet states nowhere.
import { decode, encode } from 'cborg';
import { z } from 'zod';
import { CommandError } from '../contract/errors.ts';
import {
  contactIdSchema,
  conversationIdSchema,
  inviteIdSchema,
  requestIdSchema,
  type ContactId,
  type ConversationId,
} from '../contract/ids.ts';
import { u32 } from '../crypto/bytes.ts';
import { contactBodySchema, type ContactRecord } from '../storage/tables/contacts.ts';
import { identitySchema, type IdentityRecord } from '../storage/tables/identity.ts';
import { inviteBodySchema, type InviteRecord } from '../storage/tables/invites.ts';
import { messageSchema, type MessageRecord } from '../storage/tables/message/message-record.ts';
import type { ConversationMarks } from '../contract/marks.ts';
import { markedSchema } from '../storage/tables/marks.ts';
import { requestBodySchema, type RequestRecord } from '../storage/tables/requests.ts';
import { bytesSchema } from '../storage/sealing/sealing.ts';
import { seenSchema, type SeenRecord } from '../storage/tables/seen.ts';
import type { Setting } from '../storage/tables/settings.ts';
import { timerSchema, type TimerSetting } from '../storage/tables/timers.ts';
import { waitingActSchema, type WaitingAct } from '../storage/tables/waiting-acts.ts';

/** Before each record. */
export const RECORD_LENGTH_BYTES = 4;

const count = z.int().nonnegative();

const countsSchema = z.object({ settings: count, contacts: count, requests: count, invites: count, messages: count });
export type Counts = z.infer<typeof countsSchema>;

export interface EndRecord extends Counts {
  readonly t: 'end';
  /** Messages that could not be read when the backup was made. */
  readonly damaged: number;
  /** Messages left out because they are longer than a record may be. */
  readonly tooLarge: number;
  readonly digest: Uint8Array;
}

export type BackupRecord =
  | { readonly t: 'backup'; readonly at: number }
  | ({ readonly t: 'identity' } & Omit<IdentityRecord, 'presenceKey'>)
  | ({ readonly t: 'setting' } & Setting)
  | ({ readonly t: 'contact' } & Omit<ContactRecord, 'presenceKey'>)
  | { readonly t: 'picture'; readonly contact: ContactId; readonly picture: Uint8Array }
  | { readonly t: 'notes'; readonly id: ConversationId }
  | ({ readonly t: 'request' } & RequestRecord)
  | ({ readonly t: 'invite' } & InviteRecord)
  /** `as`: an act or a receipt of ours that has yet to be sent. */
  | ({ readonly t: 'message'; readonly as?: 'act' | 'receipt' | undefined } & MessageRecord)
  | ({ readonly t: 'mark'; readonly conversation: ConversationId } & ConversationMarks)
  | ({ readonly t: 'timer'; readonly conversation: ConversationId } & TimerSetting)
  | ({ readonly t: 'seen' } & SeenRecord)
  | ({ readonly t: 'waiting' } & WaitingAct)
  | EndRecord;

const recordSchema: z.ZodType<BackupRecord> = z.discriminatedUnion('t', [
  z.object({ t: z.literal('backup'), at: count }),
  identitySchema.omit({ presenceKey: true }).extend({ t: z.literal('identity') }),
  z.object({ t: z.literal('setting'), name: z.string(), value: z.unknown() }),
  contactBodySchema
    .omit({ presenceKey: true })
    .extend({ t: z.literal('contact'), id: contactIdSchema, outSeq: count, inSeq: count }),
  z.object({ t: z.literal('picture'), contact: contactIdSchema, picture: bytesSchema }),
  z.object({ t: z.literal('notes'), id: conversationIdSchema }),
  requestBodySchema.extend({ t: z.literal('request'), id: requestIdSchema }),
  inviteBodySchema.extend({ t: z.literal('invite'), id: inviteIdSchema }),
  messageSchema.extend({ t: z.literal('message'), as: z.enum(['act', 'receipt']).optional() }),
  markedSchema.extend({ t: z.literal('mark') }),
  timerSchema.extend({ t: z.literal('timer') }),
  seenSchema.extend({ t: z.literal('seen') }),
  waitingActSchema.extend({ t: z.literal('waiting') }),
  countsSchema.extend({ t: z.literal('end'), damaged: count, tooLarge: count.default(0), digest: bytesSchema }),
]);

function encodeRecord(record: BackupRecord): Uint8Array {
  return encode(record, { ignoreUndefinedProperties: true });
}

/** A record as it stands in the plaintext: length(u32) ‖ CBOR. */
export function framed(record: BackupRecord): Uint8Array {
  const body = encodeRecord(record);
  const bytes = new Uint8Array(RECORD_LENGTH_BYTES + body.length);
  bytes.set(u32(body.length));
  bytes.set(body, RECORD_LENGTH_BYTES);
  return bytes;
}

/** @throws CommandError backup-damaged: what is authenticated was still made by a Loom that means something else. */
export function parseRecord(bytes: Uint8Array): BackupRecord {
  try {
    return recordSchema.parse(decode(bytes));
  } catch {
    throw new CommandError('backup-damaged', 'a record is not what it should be');
  }
}

/** How many of each there are, counted as they pass. */
export class Tally {
  readonly #counts = { settings: 0, contacts: 0, requests: 0, invites: 0, messages: 0 };

  add(record: BackupRecord): void {
    if (record.t === 'setting') this.#counts.settings += 1;
    else if (record.t === 'contact') this.#counts.contacts += 1;
    else if (record.t === 'request') this.#counts.requests += 1;
    else if (record.t === 'invite') this.#counts.invites += 1;
    else if (record.t === 'message') this.#counts.messages += 1;
  }

  get counts(): Counts {
    return { ...this.#counts };
  }

  equals(other: Counts): boolean {
    const { settings, contacts, requests, invites, messages } = this.#counts;
    return (
      settings === other.settings &&
      contacts === other.contacts &&
      requests === other.requests &&
      invites === other.invites &&
      messages === other.messages
    );
  }
}
