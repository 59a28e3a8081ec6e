// The session that a link of two devices sends in: resumed when both HELLOs name the same one, made anew otherwise
// (SPEC §4).
import { toHex } from '../../crypto/bytes.ts';
import { chooseSession, Session, type HelloSession } from '../../protocol/session.ts';
import type { Store } from '../../storage/profile-store.ts';
import { runInBackground } from '../background.ts';
import type { SessionPeer } from '../contacts/devices.ts';
import type { AgreedSession } from '../links/active-link.ts';
import type { GreetedLink } from '../links/greeter.ts';
import type { SessionSource } from '../links/link-sessions.ts';
import type { Sessions } from './sessions.ts';

export interface SessionAgreementOptions {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly random: (length: number) => Uint8Array;
}

export class SessionAgreement implements SessionSource {
  readonly #options: SessionAgreementOptions;

  constructor(options: SessionAgreementOptions) {
    this.#options = options;
  }

  offer(peer: SessionPeer): HelloSession | null {
    return this.#options.sessions.offer(peer);
  }

  agree(peer: SessionPeer, greeted: GreetedLink): AgreedSession | null {
    const { store, sessions } = this.#options;
    const { session: ours, theirs } = greeted.greeting;
    const resumed = chooseSession(ours, theirs.session) === 'resume';
    if (resumed && ours && sessions.currentId(peer) !== toHex(ours.id)) {
      // Another link made a new session between our HELLO and theirs: the next HELLO will say so.
      greeted.link.bye(0);
      return null;
    }
    if (!resumed) {
      // Made before anything is written: what is wrong with their key ends this link and nothing else.
      const session = this.#establish(peer, greeted);
      runInBackground(store.journal.write(() => sessions.install(peer, session)));
    }
    const id = sessions.currentId(peer);
    return id === null ? null : { id, resumed };
  }

  #establish(peer: SessionPeer, { link, greeting }: GreetedLink): Session {
    const { sessions, random } = this.#options;
    const { handshakeHash, exportKey } = link;
    const context = sessions.context(peer);
    if (greeting.ratchet) {
      return Session.establish(context, { role: 'responder', handshakeHash, exportKey, ratchet: greeting.ratchet });
    }
    const theirRatchet = greeting.theirs.ratchet;
    if (!theirRatchet) throw new Error('a responder greets with a ratchet key');
    return Session.establish(context, { role: 'initiator', handshakeHash, exportKey, theirRatchet, random });
  }
}
