// The commands of browser and command line: one zod schema for each one's parameters, one type for its result.
// A request is `{ id, command, params }`, its one reply `{ id, ok: true, result }` or `{ id, ok: false, error }`.
import { z } from 'zod';
import type { Diagnosis } from './diagnosis.ts';
import type { ErrorBody } from './errors.ts';
import type { EventMessage } from './events.ts';
import {
  BACKUPS_KEPT,
  FIELD_LENGTH,
  LOCK_AFTER_MINUTES,
  MESSAGE_BYTES,
  PAGE_MESSAGES,
  PAGE_MESSAGES_DEFAULT,
  PASTED_LENGTH,
  PHRASE_ASKED,
  PHRASE_WORDS,
  WIPE_WORD,
} from './limits.ts';
import { idSchema } from './model.ts';
import type {
  Backup,
  BackupPlaces,
  BackupStatus,
  Contact,
  ContactRequest,
  Identity,
  ImportPreview,
  Invite,
  Message,
  MessagePage,
  NearbyPeer,
  NetworkFacts,
  Pairing,
  Person,
  Status,
} from './model.ts';

const none = z.strictObject({});
const contact = z.strictObject({ contact: idSchema });
// Generous on purpose: the engine measures each and answers with a code people understand.
const field = z.string().max(FIELD_LENGTH);
/** A token or invite, with whatever it was pasted with. */
const pasted = z.string().max(PASTED_LENGTH);

export const commandSchemas = {
  'status.get': none,
  /** All since this cursor; null: from now on. Events follow on the same connection. */
  'events.subscribe': z.strictObject({ cursor: z.int().nonnegative().nullable(), boot: z.string().max(64).nullable() }),

  'identity.get': none,
  /** An empty passphrase leaves the profile unprotected at rest. */
  'identity.create': z.strictObject({ name: field, passphrase: field }),
  /** In a new profile: the identity of a recovery phrase. Contacts and messages come back by themselves or not at all. */
  'identity.restore': z.strictObject({ phrase: field, name: field, passphrase: field }),
  'identity.rename': z.strictObject({ name: field }),
  'identity.token': none,
  'token.parse': z.strictObject({ token: pasted }),

  'vault.unlock': z.strictObject({ passphrase: field }),
  'vault.lock': none,
  /** Sets, changes or (next empty) removes the passphrase; current is empty when none is set. */
  'vault.passphrase': z.strictObject({ current: field, next: field }),
  /** The person is there: locking when idle begins to count anew. Sending a message says so, too. */
  'vault.used': none,
  /** Idle minutes until it locks by itself, if a passphrase is set; 0: never. */
  'vault.lockAfter': z.strictObject({ minutes: z.int().min(0).max(LOCK_AFTER_MINUTES) }),
  /** Destroys the profile: keys, then every file in its folder. Nothing but a backup or the phrase brings it back. */
  'vault.wipe': z.strictObject({ word: z.literal(WIPE_WORD) }),

  /** Asks for the passphrase again; empty when none is set. */
  'phrase.show': z.strictObject({ passphrase: field }),
  /** Three of the words, by number from 1, as the person has written them down. Only while the phrase was shown lately. */
  'phrase.check': z.strictObject({
    words: z.array(z.strictObject({ number: z.int().min(1).max(PHRASE_WORDS), word: field })).length(PHRASE_ASKED),
  }),

  'backup.status': none,
  /** `current` is the profile's passphrase, asked again as for the phrase: a backup holds the identity. */
  'backup.create': z.strictObject({ file: field, passphrase: field, current: field }),
  /** Restores it for trial, compares, removes that again. */
  'backup.verify': z.strictObject({ file: field, passphrase: field }),
  /** Daily, each verified; the first at once. Their passphrase is not kept, only what opens these backups. */
  'backup.schedule': z.strictObject({
    folder: field,
    keep: z.int().min(1).max(BACKUPS_KEPT),
    passphrase: field,
    current: field,
  }),
  'backup.unschedule': none,
  /** Where a backup could go, and those that lie there. In every state: who restores has no profile yet. */
  'backup.places': none,
  /** The person wants no more reminding that there is no way back. */
  'backup.dismiss': none,
  /** In a new profile. `passphrase` is the new profile's, empty for none; `opens` is the backup's. */
  'backup.restore': z.strictObject({ file: field, opens: field, passphrase: field }),
  /** In a new profile: what importing a database of the original Loom would bring. */
  'import.inspect': z.strictObject({ file: field }),
  'import.run': z.strictObject({ file: field, name: field, passphrase: field }),

  'contact.list': none,
  /** With an invite the name may be empty: they are called what they call themselves. */
  'contact.add': z.strictObject({
    token: pasted,
    name: field,
    address: field.optional(),
  }),
  'contact.rename': z.strictObject({ contact: idSchema, name: field }),
  'contact.remove': contact,
  'contact.block': z.strictObject({ contact: idSchema, blocked: z.boolean() }),
  'contact.verify': z.strictObject({ contact: idSchema, verified: z.boolean() }),
  'contact.safety': contact,
  /** Adds a typed address, tried at once. */
  'contact.address': z.strictObject({ contact: idSchema, address: field }),
  'contact.connect': contact,
  /** Tells each of two contacts of the other, vouching for the keys. They talk once both have accepted. */
  'contact.introduce': z.strictObject({ contact: idSchema, other: idSchema }),
  /** Adds whom a contact has introduced in a message of theirs. An empty name keeps the one they gave. */
  'introduction.accept': z.strictObject({ contact: idSchema, id: idSchema, name: field }),

  'request.list': none,
  /** An empty name keeps the one they gave themselves. */
  'request.accept': z.strictObject({ request: idSchema, name: field }),
  'request.block': z.strictObject({ request: idSchema }),
  /** Shows it no more, also when they ask again. They cannot tell. */
  'request.ignore': z.strictObject({ request: idSchema }),
  /** Takes `request.block` back: the contact it made becomes the request it was. */
  'request.reopen': contact,

  'peer.list': none,
  'network.status': none,
  /** Looks at this machine's networks and, with a contact, tries each of their addresses once. Takes seconds. */
  'network.doctor': z.strictObject({ contact: idSchema.optional() }),
  /** `everyone` lasts ten minutes from each time it is asked for; the others are kept. */
  'network.visibility': z.strictObject({ mode: z.enum(['contacts', 'everyone', 'off']) }),

  'people.list': none,
  /** As the guest: goes to somebody visible to everyone, by token; the address is for those who were not seen nearby. */
  'pairing.start': z.strictObject({ token: pasted, address: field.optional() }),
  /** As the guest: the six digits on their screen. */
  'pairing.enter': z.strictObject({ code: field }),
  'pairing.cancel': none,
  'pairing.get': none,

  'invite.create': z.strictObject({ expires: z.enum(['1h', '24h', '7d', 'never']).default('24h') }),
  'invite.list': none,
  'invite.revoke': z.strictObject({ invite: idSchema }),

  /** `id` is chosen by the caller, so that a repeated request sends one message; left out, the daemon chooses. */
  'message.send': z.strictObject({
    contact: idSchema,
    body: z.string().max(MESSAGE_BYTES * 2),
    id: idSchema.optional(),
  }),
  /** The newest `limit`, or those right before message `before`. */
  'message.page': z.strictObject({
    contact: idSchema,
    before: idSchema.optional(),
    limit: z.int().min(1).max(PAGE_MESSAGES).default(PAGE_MESSAGES_DEFAULT),
  }),
  /** Marks what they wrote as read: all of it, or what stands no later than `order` `upTo`. */
  'message.read': contact.extend({ upTo: z.number().optional() }),
  /** From this device alone, for good. One that is not on theirs yet is not sent any more. */
  'message.delete': z.strictObject({ contact: idSchema, direction: z.enum(['in', 'out']), id: idSchema }),
  /** Deletes every message of a conversation that is there now, as `message.delete` does. */
  'conversation.clear': contact,
  /** Tells them, while linked, that we are typing. Never stored. */
  'typing.set': z.strictObject({ contact: idSchema, typing: z.boolean() }),

  /** A single-use code that opens one more tab. */
  'session.code': none,
  /** The tab that unlocked asks for the session that takes the place of its own, which unlocking has used up. */
  'session.renew': none,
  /** Control socket only: ends the process cleanly. */
  'process.stop': none,
} as const;

export type CommandName = keyof typeof commandSchemas;

/** Parameters after parsing (defaults filled in). */
export type Params<N extends CommandName> = z.output<(typeof commandSchemas)[N]>;
/** Parameters as a caller writes them. */
export type Input<N extends CommandName> = z.input<(typeof commandSchemas)[N]>;

export interface Subscription {
  /** Random for each start of the daemon: a cursor of another boot means nothing. */
  readonly boot: string;
  /** Where the stream stands now. */
  readonly cursor: number;
  /** What was missed since the given cursor; null: too long ago, reload everything. */
  readonly missed: readonly EventMessage[] | null;
}

interface Done {
  readonly done: true;
}

export interface Results {
  'status.get': Status;
  'events.subscribe': Subscription;
  /** Null: no identity yet. */
  'identity.get': Identity | null;
  'identity.create': Identity;
  'identity.restore': Identity;
  'identity.rename': Identity;
  'identity.token': { readonly token: string; readonly peerPort: number };
  /** `token` is the one that was found, without what stood around it. */
  'token.parse': { readonly version: 1 | 2; readonly publicKey: string; readonly token: string };
  'vault.unlock': Done;
  'vault.lock': Done;
  'vault.passphrase': Identity;
  'vault.used': Done;
  'vault.lockAfter': Identity;
  'vault.wipe': Done;
  /** 24 words, in order. */
  'phrase.show': { readonly words: readonly string[] };
  /** The numbers of those that are wrong; none: the person has the phrase, and that is remembered. */
  'phrase.check': { readonly wrong: readonly number[] };
  'backup.status': BackupStatus;
  'backup.create': Backup;
  'backup.verify': Backup;
  'backup.schedule': BackupStatus;
  'backup.unschedule': BackupStatus;
  'backup.places': BackupPlaces;
  'backup.dismiss': BackupStatus;
  'backup.restore': Identity;
  'import.inspect': ImportPreview;
  'import.run': Identity;
  'contact.list': readonly Contact[];
  'contact.add': Contact;
  'contact.rename': Contact;
  'contact.remove': Done;
  'contact.block': Contact;
  'contact.verify': Contact;
  /** 60 digits. */
  'contact.safety': { readonly number: string };
  'contact.address': Contact;
  'contact.connect': Contact;
  'contact.introduce': Done;
  'introduction.accept': Contact;
  'request.list': readonly ContactRequest[];
  'request.accept': Contact;
  /** The blocked contact it has become. */
  'request.block': Contact;
  'request.ignore': Done;
  'request.reopen': Done;
  'peer.list': readonly NearbyPeer[];
  'network.status': NetworkFacts;
  'network.doctor': Diagnosis;
  'network.visibility': NetworkFacts;
  'people.list': readonly Person[];
  'pairing.start': Pairing;
  'pairing.enter': Pairing;
  'pairing.cancel': Done;
  /** The one under way, or the last one's end; null: none yet. */
  'pairing.get': Pairing | null;
  'invite.create': Invite;
  /** Newest first. Those that ended are kept a while, to tell people who come late. */
  'invite.list': readonly Invite[];
  'invite.revoke': Invite;
  'message.send': Message;
  'message.page': MessagePage;
  'message.read': Contact;
  'message.delete': Contact;
  'conversation.clear': Contact;
  'typing.set': Done;
  'session.code': { readonly code: string };
  /** 16 and 32 bytes as hex. */
  'session.renew': { readonly sid: string; readonly key: string };
  'process.stop': Done;
}

export type Result<N extends CommandName> = Results[N];

/** What arrives on a socket, before the parameters are looked at. */
export const requestSchema = z.strictObject({
  id: z.int().nonnegative(),
  command: z.string().max(64),
  params: z.unknown(),
});
export type Request = z.infer<typeof requestSchema>;

export type Reply =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorBody };

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commandSchemas, name);
}
