// The exchange of HELLOs on a secured link: who is there, do both have each other as contacts, which session.
//
//   initiator: secured ─▶ our HELLO ─────────────▶ their HELLO ─▶ greeted
//   responder: secured ─▶ their HELLO ─▶ (admit) ─▶ our HELLO ──▶ greeted
//
// The responder shows nothing before the initiator's certificate held. Verifies, but changes nothing: what follows from
// a greeting is decided in `link-sessions.ts`.
import { equal } from '../../crypto/bytes.ts';
import type { IdentityPublicKey, StaticPublicKey } from '../../crypto/keys.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { verifyCertificate } from '../../protocol/certificate.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import { encodeHello, parseHello, type Hello } from '../../protocol/hello.ts';
import { FEATURE_FILES } from '../../protocol/files/limits.ts';
import { FEATURE_PROFILES, PROTOCOL_VERSION } from '../../protocol/limits.ts';
import { RECORD, type LinkRecord } from '../../protocol/records.ts';
import { makeRatchetKey, type HelloSession, type RatchetKey } from '../../protocol/session.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import type { Link } from './link.ts';
import type { GreetingPhase } from './link-phase.ts';
import { runInBackground } from '../background.ts';
import { peerOf, type ContactDevice, type SessionPeer } from '../contacts/devices.ts';
import type { OurIdentity } from '../contacts/identity.ts';

export interface Greeting {
  readonly theirs: Hello;
  readonly theirStatic: StaticPublicKey;
  /** What our own HELLO said. */
  readonly contact: boolean;
  readonly session: HelloSession | null;
  /** Ours, whose public half went out in HELLO; the responder's alone. */
  readonly ratchet: RatchetKey | null;
}

/** A link on which both have greeted. */
export interface GreetedLink {
  readonly link: Link;
  readonly greeting: Greeting;
}

/** Who is let in. */
export interface Admitted {
  /** Null: nobody we have as a contact. */
  readonly contact: ContactRecord | null;
  /** Why an invite lets them in no more, for our HELLO. */
  readonly refused?: number | undefined;
}

/** Whom an initiator dials. */
export interface PeerKeys {
  readonly ik: IdentityPublicKey;
  readonly staticKey: StaticPublicKey;
}

/** A device of a contact. */
export interface KnownDevice {
  readonly contact: ContactRecord;
  readonly device: ContactDevice;
}

interface Dialled {
  readonly keys: PeerKeys;
  /** Whose keys they are; null: a visit. */
  readonly known: KnownDevice | null;
}

/** What the side that knows contacts tells the greeter. */
export interface GreeterHost {
  readonly primitives: Primitives;
  readonly random: (length: number) => Uint8Array;
  readonly identity: OurIdentity;
  ourName(): string;
  ourPort(): number;
  offer(peer: SessionPeer): HelloSession | null;
  /** Initiator: what shows that we came by an invite of theirs; null: there is none to show. */
  inviteProof(contact: ContactRecord, link: Link): Uint8Array | null;
  /**
   * Responder: may this initiator be answered, and as whom? Null: nobody we have as a contact.
   * A promise that resolves to false ends the greeting: the link was closed meanwhile.
   */
  admit(link: Link, theirs: Hello, theirStatic: StaticPublicKey): Promise<Admitted | false>;
}

/** Greets as the initiator. */
export function greetAsInitiator(
  host: GreeterHost,
  link: Link,
  { keys, known }: Dialled,
  done: (greeting: Greeting) => void,
  onClosed: () => void,
): void {
  const session = known && link.purpose === 'chat' ? host.offer(known.device) : null;
  link.handOver({
    kind: 'greeting',
    onSecured: () => {
      const invite = known && host.inviteProof(known.contact, link);
      const hello = { ...ourHello(host, known !== null, session), ...(invite && { invite }) };
      link.send(RECORD.hello, encodeHello(hello));
    },
    onRecord: (record) => {
      const theirs = readHello(host, record, keys.staticKey);
      if (!equal(theirs.ik, keys.ik)) throw new ProtocolError('hello-identity');
      if (!theirs.ratchet) throw new ProtocolError('hello-ratchet');
      link.greeted();
      done({ theirs, theirStatic: keys.staticKey, contact: known !== null, session, ratchet: null });
    },
    onClosed,
  });
  link.proceed();
}

/** How a responder answers message 1, and what it does when the link ends before both have greeted. */
export type Arrival = Required<Pick<GreetingPhase, 'onCalled' | 'onClosed'>>;

/** Greets as the responder, on a link that is new: who dialled us is found out here. */
export function greetAsResponder(
  host: GreeterHost,
  link: Link,
  arrival: Arrival,
  done: (greeting: Greeting) => void,
): void {
  let theirStatic: StaticPublicKey | null = null;
  let asked = false;
  link.start({
    ...arrival,
    kind: 'greeting',
    onSecured: (key) => {
      theirStatic = key;
    },
    onRecord: (record) => {
      if (theirStatic === null || asked) throw new ProtocolError('hello-expected');
      asked = true;
      const theirs = readHello(host, record, theirStatic);
      runInBackground(answer(host, link, theirs, theirStatic, done));
    },
  });
}

async function answer(
  host: GreeterHost,
  link: Link,
  theirs: Hello,
  theirStatic: StaticPublicKey,
  done: (greeting: Greeting) => void,
): Promise<void> {
  const admitted = await host.admit(link, theirs, theirStatic);
  if (admitted === false || link.closed) return;
  const { contact, refused } = admitted;
  const session = contact && link.purpose === 'chat' ? host.offer(peerOf(contact, theirs.device)) : null;
  const ratchet = makeRatchetKey(host.primitives, host.random);
  const hello = { ...ourHello(host, contact !== null, session), ratchet: ratchet.publicKey };
  link.send(RECORD.hello, encodeHello({ ...hello, ...(refused !== undefined && { refused }) }));
  link.greeted();
  done({ theirs, theirStatic, contact: contact !== null, session, ratchet });
}

function readHello(host: GreeterHost, record: LinkRecord, theirStatic: StaticPublicKey): Hello {
  if (record.type !== RECORD.hello) throw new ProtocolError('hello-expected');
  const hello = parseHello(record.body);
  const statement = { staticKey: theirStatic, device: hello.device, generation: hello.gen };
  if (!verifyCertificate(host.primitives, hello.ik, statement, hello.cert))
    throw new ProtocolError('hello-certificate');
  return hello;
}

function ourHello(host: GreeterHost, contact: boolean, session: HelloSession | null): Hello {
  const { keys, device, generation, certificate } = host.identity;
  return {
    v: PROTOCOL_VERSION,
    ik: keys.identityKey.publicKey,
    device,
    gen: generation,
    cert: certificate,
    port: host.ourPort(),
    contact,
    session,
    features: FEATURE_FILES | FEATURE_PROFILES,
    name: host.ourName(),
  };
}
