// What happens on links, for those who know sessions, messages and requests; answered by `switchboard.ts`.
import type { StaticPublicKey } from '../../crypto/keys.ts';
import type { Hello } from '../../protocol/hello.ts';
import type { HelloSession } from '../../protocol/session.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import type { Link } from './link.ts';
import type { DialTarget } from './dialler.ts';
import type { Admitted, Greeting } from './greeter.ts';
import type { ActiveLink } from './active-link.ts';
import type { ProvenKey } from '../contacts/static-key.ts';

export interface PeersListener {
  targets(contact: ContactRecord): Promise<readonly DialTarget[]>;
  /** What our HELLO says about our session with a contact. */
  offer(contact: ContactRecord): HelloSession | null;
  /** What our HELLO shows of an invite of theirs; null: there is none. */
  inviteProof(contact: ContactRecord, link: Link): Uint8Array | null;
  /** Somebody we do not know, or have blocked, shows an invite. */
  onInvite(link: Link, theirs: Hello, theirStatic: StaticPublicKey): Promise<Admitted>;
  /** The invite of theirs that we showed lets us in no more. */
  onRefused(contact: ContactRecord, reason: number): void;
  /** Both are contacts: makes or resumes the session, and gives the line that results; null: it could not be. */
  onMutual(contact: ContactRecord, link: Link, greeting: Greeting): ActiveLink | null;
  /** The line is in use, everything before it is closed. */
  onLine(activeLink: ActiveLink): void;
  onStranger(theirs: Hello, theirStatic: StaticPublicKey, link: Link): void;
  /** A PAIR record, on a link that is no line. */
  onPair(link: Link, greeting: Greeting, body: Uint8Array): void;
  /** A contact came with a newer static key, or proved the one it has. */
  onStaticKey(contact: ContactRecord, key: ProvenKey): void;
  onEnvelope(activeLink: ActiveLink, body: Uint8Array): void;
  onAck(activeLink: ActiveLink, ids: readonly Uint8Array[]): void;
  onNack(activeLink: ActiveLink, messageId: Uint8Array, reason: number): void;
  /** They have room again for what they refused. */
  onRoom(activeLink: ActiveLink): void;
  onTyping(contact: string, typing: boolean): void;
  /** They ask to be dialled back, and tell what came of it. */
  onCheck(activeLink: ActiveLink, body: Uint8Array): void;
  onChecked(activeLink: ActiveLink, body: Uint8Array): void;
  onDrain(activeLink: ActiveLink): void;
  onLineClosed(activeLink: ActiveLink): void;
  /** The contact's connection, as shown to people, may have changed. `lineLost`: a line ended. */
  onConnection(contact: string, lineLost: boolean): void;
}
