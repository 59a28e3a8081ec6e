// Whoever is at the door: greets on connections that were accepted and on links that we dialled, up to the point where
// it is known who is there and that the static key is theirs. What follows from a greeting is decided in `link-sessions.ts`.
import { equal } from '../../crypto/bytes.ts';
import type { StaticPublicKey } from '../../crypto/keys.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import type { Hello } from '../../protocol/hello.ts';
import { inviteProof } from '../../protocol/invite.ts';
import { LinkProtocol } from '../../protocol/link-protocol.ts';
import { BYE, RECORD } from '../../protocol/records.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import type { Connection } from '../../transport/transport.ts';
import type { Admission } from './admission/admission.ts';
import { Link } from './link.ts';
import type { Clock } from '../../timing/clock.ts';
import {
  greetAsInitiator,
  greetAsResponder,
  type Admitted,
  type GreetedLink,
  type KnownDevice,
  type GreeterHost,
  type Greeting,
  type PeerKeys,
} from './greeter.ts';
import { peerOf } from '../contacts/devices.ts';
import type { OurIdentity } from '../contacts/identity.ts';
import { PROBE_MS } from './active-link.ts';
import type { Links } from './links.ts';
import type { KnownHosts } from './admission/known-hosts.ts';
import type { LinkSessions } from './link-sessions.ts';
import type { RecordRouter } from './record-router.ts';
import type { Roster } from '../contacts/roster.ts';
import { judgeKey, provenKey, type ProvenKey } from '../contacts/static-key.ts';
import type { TurnScheduler } from './flow/turn-scheduler.ts';

export interface GreetingsOptions {
  readonly primitives: Primitives;
  readonly clock: Clock;
  readonly scheduler: TurnScheduler;
  readonly random: (length: number) => Uint8Array;
  readonly identity: OurIdentity;
  readonly admission: Admission;
  readonly knownHosts: KnownHosts;
  readonly roster: Roster;
  readonly links: Links;
  readonly router: RecordRouter;
  readonly linkSessions: LinkSessions;
  readonly ourName: () => string;
  readonly ourPort: () => number;
  /** What our HELLO says about our session with a device. */
  readonly offer: GreeterHost['offer'];
  /** Somebody we do not know, or have blocked, shows an invite. */
  readonly admitInvited: (link: Link, theirs: Hello, theirStatic: StaticPublicKey) => Promise<Admitted>;
  /** A contact came with a newer static key, or proved the one it has. */
  readonly onStaticKey: (contact: ContactRecord, key: ProvenKey) => void;
}

export class Greetings {
  readonly #options: GreetingsOptions;
  readonly #host: GreeterHost;
  /** Links that have not greeted yet. */
  readonly #arriving = new Set<Link>();
  #closed = false;

  constructor(options: GreetingsOptions) {
    this.#options = options;
    const { primitives, random, identity, ourName, ourPort, offer, router } = options;
    this.#host = {
      ...{ primitives, random, identity, ourName, ourPort, offer },
      inviteProof: ({ inviteSecret }, link) =>
        inviteSecret ? inviteProof(primitives, inviteSecret, link.handshakeHash) : null,
      admit: (link, theirs, theirStatic) => this.#admit(link, theirs, theirStatic),
    };
    router.on(RECORD.hello, ['active'], {
      handle: () => {
        throw new ProtocolError('hello-expected');
      },
    });
  }

  accept(connection: Connection): void {
    const { admission, knownHosts, primitives, identity, clock, scheduler, random } = this.#options;
    const { remoteHost } = connection;
    const admitted = this.#closed
      ? null
      : admission.admit(
          remoteHost,
          () => knownHosts.has(remoteHost),
          () => connection.destroy(),
        );
    if (!admitted) {
      connection.destroy();
      return;
    }
    const protocol = LinkProtocol.responder({ primitives, ourStatic: identity.keys.staticKey, random });
    const link = new Link({ connection, protocol, clock, scheduler, random });
    this.#arriving.add(link);
    const left = (): void => {
      admitted.left();
      this.#arriving.delete(link);
    };
    const arrival = { onCalled: () => admitted.called(() => link.answer()), onClosed: left };
    greetAsResponder(this.#host, link, arrival, (greeting) => {
      left();
      const contact = this.#options.roster.byIdentity(greeting.theirs.ik) ?? null;
      this.#options.linkSessions.begin(link, contact, greeting);
    });
  }

  /** Greets on a link that we dialled, its responder proven. @param failed called when it ends before that is done. */
  greet(link: Link, dialled: KnownDevice, failed: () => void): void {
    this.#arriving.add(link);
    const { contact, device } = dialled;
    const done = (greeting: Greeting): void => {
      const known = this.#options.roster.find(contact.id);
      if (known && !this.#takesKey(known, greeting.theirs, greeting.theirStatic)) {
        link.bye(BYE.protocolError);
        return;
      }
      this.#arriving.delete(link);
      this.#options.linkSessions.begin(link, contact, greeting);
    };
    greetAsInitiator(this.#host, link, { keys: device, known: dialled }, done, () => {
      this.#arriving.delete(link);
      failed();
    });
  }

  /** Greets on a link that we dialled, without having them as a contact. Null: it ended before that was done. */
  visit(link: Link, whom: PeerKeys): Promise<GreetedLink | null> {
    this.#arriving.add(link);
    return new Promise((resolve) => {
      const left = (met: GreetedLink | null): void => {
        this.#arriving.delete(link);
        resolve(met);
      };
      const done = (greeting: Greeting): void => {
        const met = { link, greeting };
        link.handOver({ ...this.#options.router.to('visiting', met), onClosed: () => undefined });
        left(met);
      };
      greetAsInitiator(this.#host, link, { keys: whom, known: null }, done, () => left(null));
    });
  }

  /** Lets nobody in from now on. */
  close(): void {
    this.#closed = true;
    for (const link of [...this.#arriving]) link.destroy();
  }

  async #admit(link: Link, theirs: Hello, theirStatic: StaticPublicKey): Promise<Admitted | false> {
    const { roster, links, identity } = this.#options;
    if (equal(theirs.ik, identity.keys.identityKey.publicKey)) {
      link.destroy();
      return false;
    }
    const contact = roster.byIdentity(theirs.ik);
    if (link.purpose === 'bulk') return this.#admitBulk(link, contact, theirs, theirStatic);
    if (!contact || contact.blocked) {
      const shown = theirs.invite && theirs.contact;
      return shown ? this.#options.admitInvited(link, theirs, theirStatic) : { contact: null };
    }
    if (!this.#takesKey(contact, theirs, theirStatic)) {
      link.bye(BYE.protocolError);
      return false;
    }
    const peer = peerOf(contact, theirs.device);
    const activeLink = links.activeLinkTo(peer);
    // A visit leaves the active link alone.
    const stands = activeLink && theirs.contact && !links.prevails(peer, theirs.ik);
    if (stands && (await activeLink.link.probe(PROBE_MS))) {
      link.bye(BYE.duplicateLink);
      return false;
    }
    return { contact: roster.find(contact.id) ?? null };
  }

  /** Files are for contacts alone: a stranger asks for nothing so. */
  #admitBulk(
    link: Link,
    contact: ContactRecord | undefined,
    theirs: Hello,
    theirStatic: StaticPublicKey,
  ): Admitted | false {
    if (contact?.blocked === false && this.#takesKey(contact, theirs, theirStatic)) return { contact };
    link.bye(BYE.goingOffline);
    return false;
  }

  /**
   * A known contact comes with a static key that is to be believed (protocol §1). Its certificate and generation are kept
   * even when the key stays: an older key that comes later is then seen to be older.
   */
  #takesKey(contact: ContactRecord, theirs: Hello, theirStatic: StaticPublicKey): boolean {
    const shown = provenKey(theirs, theirStatic);
    const judgement = judgeKey(contact, shown);
    if (judgement === 'taken') this.#options.onStaticKey(contact, shown);
    return judgement !== 'refused';
  }
}
