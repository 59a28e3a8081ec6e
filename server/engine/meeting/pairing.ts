// Meeting in person (protocol §8): one pairing at a time, as the host who shows six digits or the guest who types them. Runs
// the two state machines of `protocol/pairing` on links, and makes contacts of those who typed the right code.
//
//   host   somebody's first PAIR record, while visible to everyone ─▶ showing ─▶ paired, ended
//   guest  pairing.start ─▶ dialling ─▶ wanting ─▶ checking ─▶ paired, ended
import { CommandError } from '../../contract/errors.ts';
import { digitsIn } from '../../contract/words/pasted.ts';
import type { Pairing as View, PairingEnd, PairingState } from '../../contract/model.ts';
import type { PairingId, ContactId } from '../../contract/ids.ts';
import { toHex } from '../../crypto/bytes.ts';
import type { IdentityPublicKey } from '../../crypto/keys.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import { PAIR_CODE_MS, PAIR_TRIES } from '../../protocol/limits.ts';
import { startGuest, stepGuest, type GuestInput, type GuestStep } from '../../protocol/pairing/guest.ts';
import { newHost, stepHost, type HostInput } from '../../protocol/pairing/host.ts';
import { isCode, type PairContext } from '../../protocol/pairing/keys.ts';
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
import type { GreetedLink, Greeting, PeerKeys } from '../links/greeter.ts';
import { receivedName } from '../contacts/names.ts';
import { returnAddress } from '../links/return-address.ts';
import type { RecordRouter } from '../links/record-router.ts';
import type { Strangers } from '../links/strangers.ts';
import { newRun, shown, viewOf, whyClosed, type GuestRun, type HostRun, type Run } from './pairing-run.ts';
import { randomId, type Roster } from '../contacts/roster.ts';
import { provenKey } from '../contacts/static-key.ts';

export interface PairingOptions {
  readonly primitives: Primitives;
  readonly random: (length: number) => Uint8Array;
  readonly clock: Clock;
  readonly events: EventLog;
  readonly us: OurIdentity;
  readonly roster: Roster;
  readonly visibility: Visibility;
  readonly router: RecordRouter;
  readonly strangers: Pick<Strangers, 'prolong'>;
  readonly peers: Pick<Peers, 'visit' | 'encourage'>;
  /** @returns the contact's id. */
  readonly adopt: (paired: Paired) => Promise<ContactId>;
}

export class Pairing {
  readonly #options: PairingOptions;
  readonly #callers: PairingRateLimit;
  /** Links that have or had a pairing; there is no second one on a link. */
  readonly #used = new WeakSet<Link>();
  #run: Run | null = null;
  /** How the last one ended. */
  #last: View | null = null;

  constructor(options: PairingOptions) {
    this.#options = options;
    this.#callers = new PairingRateLimit(options.clock);
    options.router.on(RECORD.pair, ['visiting', 'stranger', 'waiting'], {
      handle: (greeted, body) => this.#record(greeted, body),
    });
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

  /** The first PAIR record of a link. @throws ProtocolError on one that asks for no pairing. */
  #begin(greeted: GreetedLink, body: Uint8Array): void {
    const { visibility, strangers } = this.#options;
    const { link, greeting } = greeted;
    // Before a person hears of it.
    if (parsePair(body).step !== 0) throw new ProtocolError('pair-unexpected');
    const free = !this.#run && link.role === 'responder' && visibility.mode === 'everyone';
    if (!free || !this.#callers.admit(link.remoteHost)) {
      link.bye(BYE.busy);
      return;
    }
    const { ik } = greeting.theirs;
    const context = this.#context(link, this.#ourIk, ik);
    const run: HostRun = { ...this.#newRun(ik), role: 'host', met: { ...greeted, context, state: newHost } };
    this.#run = run;
    this.#attach(run, greeted);
    strangers.prolong(link, PAIR_CODE_MS);
    this.#host(run, { kind: 'record', body });
  }

  #host(run: HostRun, input: HostInput): void {
    if (run !== this.#run) return;
    const { link, context } = run.met;
    const { state, effects } = stepHost(context, run.met.state, input);
    run.met.state = state;
    for (const effect of effects) {
      if (effect.kind === 'send') link.send(RECORD.pair, effect.body);
      else if (effect.kind === 'show') {
        this.#setClock(run);
        this.#show(run, this.#isBlocked(run) ? { kind: 'unwanted', until: run.until } : shown(effect.code, run.until));
      } else if (effect.kind === 'wrong') {
        if (run.view.kind === 'showing' && effect.left > 0) this.#show(run, { ...run.view, left: effect.left });
        // Whoever has tries left has them no more.
        if (this.#tooManyWrong(link.remoteHost)) this.#end(run, 'wrong-code', BYE.busy);
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
    const run: GuestRun = { ...this.#newRun(whom.ik), role: 'guest', met: null };
    this.#run = run;
    this.#show(run, { kind: 'dialling' });
    runInBackground(this.#visit(run, whom, targets));
    return viewOf(run);
  }

  /** @throws CommandError pairing-code, pairing-none. */
  enter(text: string): View {
    const code = digitsIn(text);
    if (!isCode(code)) throw new CommandError('pairing-code', 'a code is six digits');
    const run = this.#run;
    if (run?.role !== 'guest' || run.view.kind !== 'wanting')
      throw new CommandError('pairing-none', 'no code is wanted');
    this.#guest(run, { kind: 'code', code });
    return viewOf(run);
  }

  cancel(): void {
    const run = this.#run;
    if (!run) return;
    if (run.role === 'host') this.#callers.turnAway(run.met.link.remoteHost);
    this.#end(run, 'cancelled', BYE.goingOffline);
  }

  async #visit(run: GuestRun, whom: PeerKeys, targets: readonly DialTarget[]): Promise<void> {
    const greeted = await this.#options.peers.visit(whom, targets, run.abort.signal);
    if (run !== this.#run) greeted?.link.bye(BYE.goingOffline);
    else if (!greeted || greeted.link.closed) this.#end(run, 'unreachable', BYE.goingOffline);
    else {
      const started = startGuest();
      const context = this.#context(greeted.link, run.ik, this.#ourIk);
      run.met = { ...greeted, context, state: started.state };
      this.#attach(run, greeted);
      this.#setClock(run);
      this.#follow(run, run.met, started);
    }
  }

  #guest(run: GuestRun, input: GuestInput): void {
    const { met } = run;
    if (met && run === this.#run) this.#follow(run, met, stepGuest(met.context, met.state, input));
  }

  #follow(run: GuestRun, met: NonNullable<GuestRun['met']>, { state, effects }: GuestStep): void {
    met.state = state;
    if (state.kind === 'offered') this.#show(run, { kind: 'checking' });
    for (const effect of effects) {
      if (effect.kind === 'send') met.link.send(RECORD.pair, effect.body);
      else if (effect.kind === 'want') {
        if (effect.left === PAIR_TRIES) this.#setClock(run);
        this.#show(run, { kind: 'wanting', left: effect.left, until: run.until });
      } else if (effect.kind === 'paired') this.#paired(run);
      else this.#end(run, effect.reason, BYE.goingOffline);
    }
  }

  // Both.

  get #ourIk(): Uint8Array {
    return this.#options.us.keys.identityKey.publicKey;
  }

  #newRun(ik: IdentityPublicKey): ReturnType<typeof newRun> {
    return newRun(randomId(this.#options.random) as PairingId, ik);
  }

  #context({ handshakeHash }: Link, hostIk: Uint8Array, guestIk: Uint8Array): PairContext {
    const { primitives, random } = this.#options;
    return { primitives, random, handshakeHash, hostIk, guestIk };
  }

  #record(greeted: GreetedLink, body: Uint8Array): void {
    const { link } = greeted;
    if (this.#run?.met?.link === link) this.#step(this.#run, { kind: 'record', body });
    else if (!this.#used.has(link)) this.#begin(greeted, body);
  }

  #step(run: Run, input: HostInput & GuestInput): void {
    if (run.role === 'host') this.#host(run, input);
    else this.#guest(run, input);
  }

  /** From here on the link's PAIR records, and its end, are this pairing's. */
  #attach(run: Run, { link, greeting }: GreetedLink): void {
    this.#used.add(link);
    // A contact cannot pass for another by what it calls itself now.
    const known = this.#options.roster.byIdentity(run.ik);
    run.name = known?.name ?? receivedName(greeting.theirs.name, toHex(run.ik));
    link.onceClosed(() => {
      this.#end(run, whyClosed(run, link.farewell, this.#options.clock.now()), BYE.goingOffline);
    });
  }

  #setClock(run: Run): void {
    const { clock } = this.#options;
    run.cancelTimer();
    run.until = clock.now() + PAIR_CODE_MS;
    run.cancelTimer = clock.after(PAIR_CODE_MS, () => this.#step(run, { kind: 'expired' }));
  }

  /** The tags held: the records in the queue go out, and then a contact is made. */
  #paired(run: Run): void {
    if (!run.met) return;
    if (this.#isBlocked(run)) {
      this.#end(run, 'wrong-code', BYE.goingOffline);
      return;
    }
    const { link, greeting } = run.met;
    this.#close(run);
    runInBackground(
      this.#adopt(link, greeting).then((contact) => {
        this.#tell({ ...viewOf(run), state: { kind: 'paired', contact } });
      }),
    );
  }

  async #adopt(link: Link, { theirs, theirStatic }: Greeting): Promise<ContactId> {
    const address = returnAddress(link, theirs);
    const contact = await this.#options.adopt({
      ik: theirs.ik,
      key: provenKey(theirs, theirStatic),
      name: receivedName(theirs.name, toHex(theirs.ik)),
      address,
    });
    // Both dial anew, each knowing the other.
    link.bye(BYE.goingOffline);
    this.#options.peers.encourage(contact);
    return contact;
  }

  /** Answered like anybody, on a code that nobody sees: they cannot tell, and the person can send them away. */
  #isBlocked({ ik }: Run): boolean {
    return this.#options.roster.byIdentity(ik)?.blocked === true;
  }

  #end(run: Run, reason: PairingEnd, farewell: number): void {
    if (run !== this.#run) return;
    this.#close(run);
    run.met?.link.bye(farewell);
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
