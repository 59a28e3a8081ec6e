// Whoever is at the door: greets on connections that were accepted and on channels that we dialled, up to the point where
// it is known who is there and that the static key is theirs. What follows from a greeting is decided in `peers.ts`.
import { equal } from '../crypto/bytes.ts';
import type { Hello } from '../protocol/hello.ts';
import { Link } from '../protocol/link.ts';
import { BYE } from '../protocol/records.ts';
import type { Primitives } from '../crypto/primitives.ts';
import type { ContactRecord } from '../storage/contacts.ts';
import type { Connection } from '../transport/transport.ts';
import type { Admission } from './admission.ts';
import { Channel } from './channel.ts';
import type { Clock } from './clock.ts';
import {
  greetAsInitiator,
  greetAsResponder,
  type Admitted,
  type GreeterHost,
  type Greeting,
  type Whom,
} from './greeter.ts';
import type { OurIdentity } from './identity.ts';
import { PROBE_MS } from './line.ts';
import type { Links } from './links.ts';
import type { KnownHosts } from './known-hosts.ts';
import type { PeersListener } from './peers-listener.ts';
import type { Roster } from './roster.ts';
import { judgeKey, provenKey } from './static-key.ts';
import type { Turns } from './turns.ts';

export interface ReceptionOptions {
  readonly primitives: Primitives;
  readonly clock: Clock;
  readonly turns: Turns;
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

export type OnGreeted = (channel: Channel, contact: ContactRecord | null, greeting: Greeting) => void;

export class Reception {
  readonly #options: ReceptionOptions;
  readonly #host: GreeterHost;
  readonly #onGreeted: OnGreeted;
  /** Channels that have not greeted yet. */
  readonly #arriving = new Set<Channel>();
  #closed = false;

  constructor(options: ReceptionOptions, onGreeted: OnGreeted) {
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
      inviteProof: (contact, channel) => listener.inviteProof(contact, channel),
      admit: (channel, theirs, theirStatic) => this.#admit(channel, theirs, theirStatic),
    };
  }

  accept(connection: Connection): void {
    const { admission, knownHosts, primitives, identity, clock, turns, random } = this.#options;
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
    const link = Link.responder({ primitives, ourStatic: identity.keys.staticKey, random });
    const channel = new Channel({ connection, link, clock, turns, random });
    this.#arriving.add(channel);
    const left = (): void => {
      admitted.left();
      this.#arriving.delete(channel);
    };
    greetAsResponder(this.#host, channel, (greeting) => {
      left();
      this.#onGreeted(channel, this.#options.roster.byIdentity(greeting.theirs.ik) ?? null, greeting);
    });
    const { listener } = channel;
    const onCalled = (): void => admitted.called(() => channel.answer());
    channel.listener = { ...listener, onCalled, onClosed: left };
    channel.start();
  }

  /** Greets on a channel that we dialled, its responder proven. @param failed called when it ends before that is done. */
  greet(channel: Channel, contact: ContactRecord, failed: () => void): void {
    this.#arriving.add(channel);
    const done = (greeting: Greeting): void => {
      const known = this.#options.roster.find(contact.id);
      if (known && !this.#takesKey(known, greeting.theirs, greeting.theirStatic)) {
        channel.bye(BYE.protocolError);
        return;
      }
      this.#arriving.delete(channel);
      this.#onGreeted(channel, contact, greeting);
    };
    greetAsInitiator(this.#host, channel, { ...contact, contact }, done, () => {
      this.#arriving.delete(channel);
      failed();
    });
  }

  /** Greets on a channel that we dialled, without having them as a contact. */
  visit(channel: Channel, whom: Whom, met: (greeting: Greeting) => void, failed: () => void): void {
    this.#arriving.add(channel);
    const done = (greeting: Greeting): void => {
      this.#arriving.delete(channel);
      met(greeting);
    };
    greetAsInitiator(this.#host, channel, { ...whom, contact: null }, done, () => {
      this.#arriving.delete(channel);
      failed();
    });
  }

  /** Lets nobody in from now on. */
  close(): void {
    this.#closed = true;
    for (const channel of [...this.#arriving]) channel.destroy();
  }

  async #admit(channel: Channel, theirs: Hello, theirStatic: Uint8Array): Promise<Admitted | false> {
    const { roster, links, identity } = this.#options;
    if (equal(theirs.ik, identity.keys.identityKey.publicKey)) {
      channel.destroy();
      return false;
    }
    const contact = roster.byIdentity(theirs.ik);
    if (!contact || contact.blocked) {
      const shown = theirs.invite && theirs.contact;
      return shown ? this.#options.listener.onInvite(channel, theirs, theirStatic) : { contact: null };
    }
    if (!this.#takesKey(contact, theirs, theirStatic)) {
      channel.bye(BYE.protocolError);
      return false;
    }
    const line = links.lineOf(contact.id);
    // A visit leaves the line alone.
    if (line && theirs.contact && !links.prevails(contact.id, theirs.ik) && (await line.channel.probe(PROBE_MS))) {
      channel.bye(BYE.duplicateLink);
      return false;
    }
    return { contact: roster.find(contact.id) ?? null };
  }

  /**
   * A known contact comes with a static key that is to be believed (protocol §1). Its certificate and generation are kept
   * even when the key stays: an older key that comes later is then seen to be older.
   */
  #takesKey(contact: ContactRecord, theirs: Hello, theirStatic: Uint8Array): boolean {
    const shown = provenKey(theirs, theirStatic);
    const judgement = judgeKey(contact, shown);
    if (judgement === 'taken') this.#options.listener.onStaticKey(contact, shown);
    return judgement !== 'refused';
  }
}
