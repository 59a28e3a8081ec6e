// Meeting in person (protocol §8): one pairing at a time, as the host who shows six digits or the guest who types them. Runs
// the two state machines of `protocol/pairing` on links, and makes contacts of those who typed the right code.
//
//   host   somebody's first PAIR record, while visible to everyone ─▶ showing ─▶ paired, ended
//   guest  pairing.start ─▶ dialling ─▶ wanting ─▶ checking ─▶ paired, ended
import { CommandError } from '../../contract/errors.ts';
import { digitsIn } from '../../contract/pasted.ts';
import type { Pairing as View, PairingEnd, PairingState } from '../../contract/model.ts';
import { toHex } from '../../crypto/bytes.ts';
import type { IdentityPublicKey } from '../../crypto/keys.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { parseAddress } from '../../network/addresses.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import { PAIR_CODE_MS, PAIR_TRIES } from '../../protocol/limits.ts';
import {
  startGuest,
  stepGuest,
  type GuestInput,
  type GuestState,
  type GuestStep,
} from '../../protocol/pairing/guest.ts';
import { newHost, stepHost, type HostInput, type HostState } from '../../protocol/pairing/host.ts';
import { isCode } from '../../protocol/pairing/keys.ts';
import { parsePair } from '../../protocol/pairing/messages.ts';
import { BYE, RECORD } from '../../protocol/records.ts';
import { PairingRateLimit } from './pairing-rate-limit.ts';
import type { Link } from '../links/link.ts';
import type { Clock } from '../../timing/clock.ts';
import { runInBackground } from '../background.ts';
import type { DialTarget } from '../links/dialler.ts';
import type { Paired } from '../contacts/contact-maker.ts';
import type { OurIdentity } from '../contacts/identity.ts';
import type { EventLog } from '../event-log.ts';
import type { Peers } from '../links/peers.ts';
import type { Visibility } from '../presence/visibility.ts';
import type { Greeting, PeerKeys } from '../links/greeter.ts';
import { receivedName } from '../contacts/names.ts';
import { returnAddress } from '../presence/known-addresses.ts';
import { newRun, shown, viewOf, type Run } from './pairing-run.ts';
import { randomId, type Roster } from '../contacts/roster.ts';
import { provenKey } from '../contacts/static-key.ts';

/** A link that ends this shortly before the code does ended with it: the host's two minutes began a little earlier. */
const EXPIRY_SLACK_MS = 5_000;

export interface PairingOptions {
  readonly primitives: Primitives;
  readonly random: (length: number) => Uint8Array;
  readonly clock: Clock;
  readonly events: EventLog;
  readonly us: OurIdentity;
  readonly roster: Roster;
  readonly visibility: Visibility;
  /** Asked when there is a pairing: links and pairings need each other. */
  readonly peers: () => Pick<Peers, 'visit' | 'prolongStranger' | 'encourage'>;
  /** @returns the contact's id. */
  readonly adopt: (paired: Paired) => Promise<string>;
}

export class Pairing {
  readonly #options: PairingOptions;
  readonly #callers: PairingRateLimit;
  #run: Run | null = null;
  /** How the last one ended. */
  #last: View | null = null;

  constructor(options: PairingOptions) {
    this.#options = options;
    this.#callers = new PairingRateLimit(options.clock);
  }

  get view(): View | null {
    return this.#run ? viewOf(this.#run) : this.#last;
  }

  stop(): void {
    if (this.#run) this.#end(this.#run, 'cancelled', BYE.goingOffline);
  }

  // The host.

  /** A person wants to be visible: whoever was turned away before may come again. */
  welcome(): void {
    this.#callers.forget();
  }

  /** A PAIR record on a link that has no pairing. @throws ProtocolError on one that asks for none. */
  onRecord(link: Link, greeting: Greeting, body: Uint8Array): void {
    const { visibility, peers } = this.#options;
    // Before a person hears of it.
    if (parsePair(body).step !== 0) throw new ProtocolError('pair-unexpected');
    const free = !this.#run && link.role === 'responder' && visibility.mode === 'everyone';
    if (!free || !this.#callers.admit(link.remoteHost)) {
      link.bye(BYE.busy);
      return;
    }
    const run = this.#newRun('host', greeting.theirs.ik);
    run.state = newHost;
    this.#attach(run, link, greeting);
    peers().prolongStranger(link, PAIR_CODE_MS);
    this.#host(run, { kind: 'record', body });
  }

  #host(run: Run, input: HostInput): void {
    if (!run.link || run !== this.#run) return;
    const { state, effects } = stepHost(run.link.context, run.state as HostState, input);
    run.state = state;
    for (const effect of effects) {
      if (effect.kind === 'send') run.link.link.send(RECORD.pair, effect.body);
      else if (effect.kind === 'show') {
        this.#setClock(run);
        this.#show(run, this.#isBlocked(run) ? { kind: 'unwanted', until: run.until } : shown(effect.code, run.until));
      } else if (effect.kind === 'wrong') {
        if (run.view.kind === 'showing' && effect.left > 0) this.#show(run, { ...run.view, left: effect.left });
        // Whoever has tries left has them no more.
        if (this.#tooManyWrong(run.link.link.remoteHost)) this.#end(run, 'wrong-code', BYE.busy);
      } else if (effect.kind === 'paired') this.#paired(run);
      else this.#end(run, effect.reason, BYE.goingOffline);
    }
  }

  /** Counted by address and over all, whatever comes of it. */
  #tooManyWrong(host: string): boolean {
    const [theirs, all] = [this.#callers.wrongCode(host), this.#options.visibility.wrongCode()];
    return theirs || all;
  }

  // The guest.

  /** @throws CommandError pairing-busy. */
  start(whom: PeerKeys, targets: readonly DialTarget[]): View {
    if (this.#run) throw new CommandError('pairing-busy', 'another pairing is under way');
    const run = this.#newRun('guest', whom.ik);
    this.#show(run, { kind: 'dialling' });
    runInBackground(this.#visit(run, whom, targets));
    return viewOf(run);
  }

  /** @throws CommandError pairing-code, pairing-none. */
  enter(text: string): View {
    const code = digitsIn(text);
    if (!isCode(code)) throw new CommandError('pairing-code', 'a code is six digits');
    const run = this.#run;
    if (run?.view.kind !== 'wanting') throw new CommandError('pairing-none', 'no code is wanted');
    this.#guest(run, { kind: 'code', code });
    return viewOf(run);
  }

  cancel(): void {
    const run = this.#run;
    if (!run) return;
    if (run.role === 'host' && run.link) this.#callers.turnAway(run.link.link.remoteHost);
    this.#end(run, 'cancelled', BYE.goingOffline);
  }

  async #visit(run: Run, whom: PeerKeys, targets: readonly DialTarget[]): Promise<void> {
    const met = await this.#options.peers().visit(whom, targets, run.abort.signal);
    if (run !== this.#run) met?.link.bye(BYE.goingOffline);
    else if (!met || met.link.closed) this.#end(run, 'unreachable', BYE.goingOffline);
    else {
      this.#attach(run, met.link, met.greeting);
      this.#setClock(run);
      this.#follow(run, startGuest());
    }
  }

  #guest(run: Run, input: GuestInput): void {
    if (!run.link || run !== this.#run) return;
    this.#follow(run, stepGuest(run.link.context, run.state as GuestState, input));
  }

  #follow(run: Run, { state, effects }: GuestStep): void {
    run.state = state;
    if (state.kind === 'offered') this.#show(run, { kind: 'checking' });
    for (const effect of effects) {
      if (effect.kind === 'send') run.link?.link.send(RECORD.pair, effect.body);
      else if (effect.kind === 'want') {
        if (effect.left === PAIR_TRIES) this.#setClock(run);
        this.#show(run, { kind: 'wanting', left: effect.left, until: run.until });
      } else if (effect.kind === 'paired') this.#paired(run);
      else this.#end(run, effect.reason, BYE.goingOffline);
    }
  }

  // Both.

  #newRun(role: View['role'], ik: IdentityPublicKey): Run {
    const run = newRun(role, randomId(this.#options.random), ik);
    this.#run = run;
    return run;
  }

  /** From here on the link's PAIR records, and its end, are this pairing's. */
  #attach(run: Run, link: Link, greeting: Greeting): void {
    const { primitives, random, us, roster } = this.#options;
    const ours = us.keys.identityKey.publicKey;
    const [hostIk, guestIk] = run.role === 'host' ? [ours, run.ik] : [run.ik, ours];
    run.link = {
      link,
      greeting,
      context: { primitives, random, handshakeHash: link.handshakeHash, hostIk, guestIk },
    };
    // A contact cannot pass for another by what it calls itself now.
    run.name = roster.byIdentity(run.ik)?.name ?? receivedName(greeting.theirs.name, toHex(run.ik));
    const before = link.listener;
    link.listener = {
      ...before,
      onRecord: (record) => {
        if (record.type !== RECORD.pair) before.onRecord(record);
        else if (run.role === 'host') this.#host(run, { kind: 'record', body: record.body });
        else this.#guest(run, { kind: 'record', body: record.body });
      },
      onClosed: () => {
        before.onClosed();
        this.#end(run, this.#whyClosed(run, link), BYE.goingOffline);
      },
    };
  }

  #whyClosed(run: Run, { farewell }: Link): PairingEnd {
    if (this.#options.clock.now() > run.until - EXPIRY_SLACK_MS) return 'expired';
    if (farewell === null || farewell === BYE.protocolError) return 'lost';
    return run.view.kind === 'dialling' ? 'refused' : 'cancelled';
  }

  #setClock(run: Run): void {
    const { clock } = this.#options;
    run.cancelTimer();
    run.until = clock.now() + PAIR_CODE_MS;
    run.cancelTimer = clock.after(PAIR_CODE_MS, () => {
      if (run.role === 'host') this.#host(run, { kind: 'expired' });
      else this.#guest(run, { kind: 'expired' });
    });
  }

  /** The tags held: the records in the queue go out, and then a contact is made. */
  #paired(run: Run): void {
    if (!run.link) return;
    if (this.#isBlocked(run)) {
      this.#end(run, 'wrong-code', BYE.goingOffline);
      return;
    }
    const { link, greeting } = run.link;
    this.#close(run);
    runInBackground(
      this.#adopt(link, greeting).then((contact) => {
        this.#tell({ ...viewOf(run), state: { kind: 'paired', contact } });
      }),
    );
  }

  async #adopt(link: Link, { theirs, theirStatic }: Greeting): Promise<string> {
    const address = returnAddress(link, theirs);
    const contact = await this.#options.adopt({
      ik: theirs.ik,
      key: provenKey(theirs, theirStatic),
      name: receivedName(theirs.name, toHex(theirs.ik)),
      address: address && parseAddress(address) ? address : null,
    });
    // Both dial anew, each knowing the other.
    link.bye(BYE.goingOffline);
    this.#options.peers().encourage(contact);
    return contact;
  }

  /** Answered like anybody, on a code that nobody sees: they cannot tell, and the person can send them away. */
  #isBlocked({ ik }: Run): boolean {
    return this.#options.roster.byIdentity(ik)?.blocked === true;
  }

  #end(run: Run, reason: PairingEnd, farewell: number): void {
    if (run !== this.#run) return;
    this.#close(run);
    run.link?.link.bye(farewell);
    this.#tell({ ...viewOf(run), state: { kind: 'ended', reason } });
  }

  /** Room for the next one. */
  #close(run: Run): void {
    run.cancelTimer();
    run.abort.abort();
    this.#run = null;
    // Until the end is told: what was shown counts no more.
    this.#last = viewOf(run);
  }

  #show(run: Run, state: PairingState): void {
    run.view = state;
    this.#options.events.emit('pairing.changed', { pairing: viewOf(run) });
  }

  #tell(view: View): void {
    this.#last = view;
    this.#options.events.emit('pairing.changed', { pairing: view });
  }
}
