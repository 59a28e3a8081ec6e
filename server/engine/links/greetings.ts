// Whoever is at the door: greets on connections that were accepted and on links that we dialled, up to the point where
// it is known who is there and that the static key is theirs. What follows from a greeting is decided in `peers.ts`.
import { equal } from '../../crypto/bytes.ts';
import type { StaticPublicKey } from '../../crypto/keys.ts';
import type { Hello } from '../../protocol/hello.ts';
import { LinkProtocol } from '../../protocol/link-protocol.ts';
import { BYE } from '../../protocol/records.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import type { Connection } from '../../transport/transport.ts';
import type { Admission } from './admission.ts';
import { Link } from './link.ts';
import type { Clock } from '../../timing/clock.ts';
import {
  greetAsInitiator,
  greetAsResponder,
  type Admitted,
  type GreeterHost,
  type Greeting,
  type PeerKeys,
} from './greeter.ts';
import type { OurIdentity } from '../contacts/identity.ts';
import { PROBE_MS } from './active-link.ts';
import type { Links } from './links.ts';
import type { KnownHosts } from './known-hosts.ts';
import type { PeersListener } from './peers-listener.ts';
import type { Roster } from '../contacts/roster.ts';
import { judgeKey, provenKey } from '../contacts/static-key.ts';
import type { TurnScheduler } from './turn-scheduler.ts';

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
  readonly ourName: () => string;
  readonly ourPort: () => number;
  readonly listener: Pick<PeersListener, 'offer' | 'onStaticKey' | 'inviteProof' | 'onInvite'>;
}

export type OnGreeted = (link: Link, contact: ContactRecord | null, greeting: Greeting) => void;

export class Greetings {
  readonly #options: GreetingsOptions;
  readonly #host: GreeterHost;
  readonly #onGreeted: OnGreeted;
  /** Channels that have not greeted yet. */
  readonly #arriving = new Set<Link>();
  #closed = false;

  constructor(options: GreetingsOptions, onGreeted: OnGreeted) {
    this.#options = options;
    this.#onGreeted = onGreeted;
    const { primitives, random, identity, ourName, ourPort, listener } = options;
    this.#host = {
      primitives,
      random,
      identity,
      ourName,
      ourPort,
      offer: (contact) => listener.offer(contact),
      inviteProof: (contact, link) => listener.inviteProof(contact, link),
      admit: (link, theirs, theirStatic) => this.#admit(link, theirs, theirStatic),
    };
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
    greetAsResponder(this.#host, link, (greeting) => {
      left();
      this.#onGreeted(link, this.#options.roster.byIdentity(greeting.theirs.ik) ?? null, greeting);
    });
    const { listener } = link;
    const onCalled = (): void => admitted.called(() => link.answer());
    link.listener = { ...listener, onCalled, onClosed: left };
    link.start();
  }

  /** Greets on a link that we dialled, its responder proven. @param failed called when it ends before that is done. */
  greet(link: Link, contact: ContactRecord, failed: () => void): void {
    this.#arriving.add(link);
    const done = (greeting: Greeting): void => {
      const known = this.#options.roster.find(contact.id);
      if (known && !this.#takesKey(known, greeting.theirs, greeting.theirStatic)) {
        link.bye(BYE.protocolError);
        return;
      }
      this.#arriving.delete(link);
      this.#onGreeted(link, contact, greeting);
    };
    greetAsInitiator(this.#host, link, { ...contact, contact }, done, () => {
      this.#arriving.delete(link);
      failed();
    });
  }

  /** Greets on a link that we dialled, without having them as a contact. */
  visit(link: Link, whom: PeerKeys, met: (greeting: Greeting) => void, failed: () => void): void {
    this.#arriving.add(link);
    const done = (greeting: Greeting): void => {
      this.#arriving.delete(link);
      met(greeting);
    };
    greetAsInitiator(this.#host, link, { ...whom, contact: null }, done, () => {
      this.#arriving.delete(link);
      failed();
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
    if (!contact || contact.blocked) {
      const shown = theirs.invite && theirs.contact;
      return shown ? this.#options.listener.onInvite(link, theirs, theirStatic) : { contact: null };
    }
    if (!this.#takesKey(contact, theirs, theirStatic)) {
      link.bye(BYE.protocolError);
      return false;
    }
    const activeLink = links.activeLinkOf(contact.id);
    // A visit leaves the line alone.
    if (
      activeLink &&
      theirs.contact &&
      !links.prevails(contact.id, theirs.ik) &&
      (await activeLink.link.probe(PROBE_MS))
    ) {
      link.bye(BYE.duplicateLink);
      return false;
    }
    return { contact: roster.find(contact.id) ?? null };
  }

  /**
   * A known contact comes with a static key that is to be believed (protocol §1). Its certificate and generation are kept
   * even when the key stays: an older key that comes later is then seen to be older.
   */
  #takesKey(contact: ContactRecord, theirs: Hello, theirStatic: StaticPublicKey): boolean {
    const shown = provenKey(theirs, theirStatic);
    const judgement = judgeKey(contact, shown);
    if (judgement === 'taken') this.#options.listener.onStaticKey(contact, shown);
    return judgement !== 'refused';
  }
}
