// What browser, command line and daemon talk about. Plain data: JSON, no bytes, times in ms since 1970.
import { z } from 'zod';
import type { ErrorCode } from './errors.ts';

/** 16 random bytes as lower-case hex: contacts, messages and requests. */
export const idSchema = z.string().regex(/^[0-9a-f]{32}$/);
export type Id = z.infer<typeof idSchema>;

/** `new`: no identity yet. `locked`: a passphrase is wanted. `ready`: the network runs. */
export type ProfileState = 'new' | 'locked' | 'ready';

/** Who we are, as our own interface shows it. */
export interface Identity {
  readonly name: string;
  /** Ed25519 identity key, 64 hex digits. */
  readonly publicKey: string;
  /** False while the master key stands in keys.json unwrapped. */
  readonly passphraseSet: boolean;
  /** Minutes after which it locks when nobody is there; 0: never. Without a passphrase it does not. */
  readonly lockAfter: number;
  /**
   * Percent of what is stored that is under the newest master key, while the rest is being sealed anew after a passphrase
   * was set, changed or removed: until then, an old copy of keys.json opens that rest. Null: all of it is.
   */
  readonly resealing: number | null;
}

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
  readonly id: Id;
  readonly name: string;
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
  readonly unread: number;
  /** Messages of ours not yet on their disk. */
  readonly queued: number;
  /** Which bound keeps us from taking more of theirs; null: there is room. */
  readonly full: Full | null;
  /** Ours wait, as their Loom takes no more right now. */
  readonly refuses: boolean;
  /** The newest message, its body cut to PREVIEW_LENGTH; null: none yet. */
  readonly lastMessage: Message | null;
}

export type Direction = 'in' | 'out';

/** Ours go queued → sent → delivered → read; theirs are received until we have read them. */
export type MessageState = 'queued' | 'sent' | 'delivered' | 'received' | 'read';

export interface Message {
  readonly id: Id;
  readonly contact: Id;
  readonly direction: Direction;
  /** `unknown`: a kind of message this version cannot show. The body of all but a text is empty. */
  readonly kind: 'text' | 'introduction' | 'unknown';
  readonly body: string;
  /** Of an introduction: whom, as the sender calls them, and their identity key as 64 hex digits. */
  readonly introduced: { readonly name: string; readonly publicKey: string } | null;
  /** The sender's clock, which may be wrong; a time that a date can be made of. */
  readonly at: number;
  /** Our clock, when it came; of our own the same as `at`. */
  readonly arrivedAt: number;
  readonly state: MessageState;
  /** Place in the conversation: larger is later. Need not be whole, is unique within a conversation. */
  readonly order: number;
  /** How many messages of theirs are missing right before this one. */
  readonly missing: number;
}

/** Oldest first. `more`: older ones exist before the first of these. */
export interface MessagePage {
  readonly messages: readonly Message[];
  readonly more: boolean;
}

/** Someone who has our token and wants to talk. */
export interface ContactRequest {
  readonly id: Id;
  /** The name they gave themselves. */
  readonly name: string;
  readonly publicKey: string;
  readonly address: string | null;
  readonly at: number;
}

/** A contact seen on the local network right now. */
export interface NearbyPeer {
  readonly contact: Id;
  readonly addresses: readonly string[];
  readonly seenAt: number;
}

export interface LinkFacts {
  readonly contact: Id | null;
  readonly address: string;
  readonly role: 'initiator' | 'responder';
  readonly since: number;
}

export interface DiscoveryFacts {
  /** `unavailable`: switched on, but this machine does not let us (see reason). */
  readonly status: 'off' | 'on' | 'unavailable';
  /** In plain words, empty unless unavailable. */
  readonly reason: string;
}

/**
 * Who can tell on the network that we are here. `contacts`: they alone. `everyone`: who is nearby reads name and token, for
 * ten minutes, and may ask to pair. `off`: nothing is announced and nobody is looked for.
 */
export type VisibilityMode = 'contacts' | 'everyone' | 'off';

export interface Visibility {
  readonly mode: VisibilityMode;
  /** When `everyone` ends; null in the other modes. */
  readonly until: number | null;
}

/** Somebody nearby who is visible to everyone, as they say: nothing of it is proven before a pairing. */
export interface Person {
  readonly name: string;
  /** Ed25519 identity key, 64 hex digits. */
  readonly publicKey: string;
  readonly token: string;
  readonly addresses: readonly string[];
  /** Has their token been added already? Null: no. */
  readonly contact: Id | null;
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
  | { readonly kind: 'paired'; readonly contact: Id }
  | { readonly kind: 'ended'; readonly reason: PairingEnd };

/** Two people meeting; one at a time. The host shows a code, the guest types it. */
export interface Pairing {
  readonly id: Id;
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
  readonly id: Id;
  /** Version 2. */
  readonly token: string;
  readonly createdAt: number;
  /** Null: never. */
  readonly expiresAt: number | null;
  readonly state: InviteState;
  /** Who came by it, if they are still a contact. */
  readonly contact: Id | null;
}

/** Long work, one at a time: a backup being made or verified, a profile restored or imported. */
export interface Task {
  readonly kind: 'backup' | 'verify' | 'restore' | 'import';
  /** 0 to 100. */
  readonly percent: number;
}

/** A backup file, as it was when this Loom made or verified it. */
export interface Backup {
  readonly file: string;
  readonly madeAt: number;
  readonly bytes: number;
  readonly contacts: number;
  readonly messages: number;
  /** Messages that could not be read any more, and are not in it. */
  readonly damaged: number;
  /** Messages longer than a backup holds, and not in it. */
  readonly tooLarge: number;
}

export interface BackupStatus {
  /** When the person last had the recovery phrase; null: never, that is known. */
  readonly phraseCheckedAt: number | null;
  /** Daily backups into a folder, of which the newest so many are kept; null: none. */
  readonly schedule: { readonly folder: string; readonly keep: number } | null;
  /** The newest that was made here. */
  readonly last: Backup | null;
  /** The newest of ours that was restored for trial, and found whole. */
  readonly verified: (Backup & { readonly verifiedAt: number }) | null;
  /** Why the schedule's last try failed; null: it did not. */
  readonly failure: { readonly at: number; readonly code: ErrorCode } | null;
  /** Worth a word: nothing would bring this person back, and they have not said that they know. */
  readonly remind: boolean;
  readonly task: Task | null;
}

/** Where backups may go on this computer, and those that are found there. All paths are whole. */
export interface BackupPlaces {
  /** The person's own folder for them first, which is made when it is needed; then sticks and disks that are plugged in. */
  readonly folders: readonly { readonly path: string; readonly kind: 'home' | 'removable' }[];
  /** Newest first, as far as their names tell. */
  readonly backups: readonly string[];
  /** Between a folder and a name in it. */
  readonly separator: string;
}

/** What an import would bring. */
export interface ImportPreview {
  /** Identity key, 64 hex digits. */
  readonly publicKey: string;
  readonly token: string;
  readonly contacts: readonly { readonly name: string; readonly publicKey: string; readonly messages: number }[];
  readonly messages: number;
  /** What cannot be brought, by reason; never the identity. */
  readonly skipped: readonly { readonly reason: ImportSkip; readonly count: number }[];
}

/**
 * A contact with keys that are none; one that is there twice; ourselves as a contact; a message of nobody's; one without
 * a text that can be shown; one longer than Loom takes.
 */
export type ImportSkip =
  'contact-keys' | 'contact-twice' | 'contact-self' | 'message-nobody' | 'message-unreadable' | 'message-too-large';

export interface NetworkFacts {
  /** TCP port for peers. */
  readonly peerPort: number;
  /** `HOST:PORT` under which others on the network reach us. */
  readonly addresses: readonly string[];
  readonly discovery: DiscoveryFacts;
  readonly visibility: Visibility;
  readonly links: readonly LinkFacts[];
}

export interface Status {
  readonly version: string;
  readonly profile: string;
  readonly dataDir: string;
  readonly pid: number;
  readonly state: ProfileState;
  /** TCP port for peers, bound in every state. */
  readonly peerPort: number;
  readonly crypto: 'native' | 'portable';
  readonly kem: 'native' | 'wasm' | 'portable';
  /** `failing`: the disk refuses writes; nothing is acknowledged until it works again. */
  readonly storage: 'ok' | 'failing';
  /** Null unless ready. */
  readonly network: NetworkFacts | null;
  /** When the newest verified backup was made; null: none, or not ready. */
  readonly verifiedBackup: number | null;
  /** As in the identity; null, too, unless ready. */
  readonly resealing: number | null;
  /** Messages of ours not yet delivered, over all contacts. */
  readonly queued: number;
}
