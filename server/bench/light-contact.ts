// A contact that is nothing but its keys, a link and a session: no disk, no queue. Hundreds of them fit beside the Loom
// that is measured without taking its time. They listen, and it dials them: dialling out is bound by nothing.
import { toHex } from '../crypto/bytes.ts';
import { deriveIdentity, parseMasterSeed, type IdentityKeys } from '../crypto/keys.ts';
import type { Primitives } from '../crypto/primitives.ts';
import { Link } from '../engine/links/link.ts';
import { weightless } from '../engine/links/flow/record-weight.ts';
import { systemClock } from '../timing/clock.ts';
import { TurnScheduler } from '../engine/links/flow/turn-scheduler.ts';
import { signCertificate } from '../protocol/certificate.ts';
import { encodeContent } from '../protocol/content/content.ts';
import { parseEnvelope } from '../protocol/envelope.ts';
import { encodeHello, parseHello } from '../protocol/hello.ts';
import { PROTOCOL_VERSION } from '../protocol/limits.ts';
import { LinkProtocol } from '../protocol/link-protocol.ts';
import { parseAck, RECORD, type LinkRecord } from '../protocol/records.ts';
import { makeRatchetKey, Session } from '../protocol/session.ts';
import { encodeToken } from '../protocol/token.ts';
import { tcpTransport } from '../transport/tcp.ts';
import type { Connection, Listener } from '../transport/transport.ts';

const BODY = 'a'.repeat(100);

export class LightContact {
  readonly #primitives: Primitives;
  readonly #keys: IdentityKeys;
  #listener: Listener | null = null;
  #meeting: { readonly link: Link; session: Session } | null = null;
  #sequence = 0;
  #onMet: () => void = () => undefined;
  /** When each message went out, by id. */
  readonly #sent = new Map<string, number>();
  #onAcknowledged: (wait: number) => void = () => undefined;

  constructor(primitives: Primitives) {
    this.#primitives = primitives;
    this.#keys = deriveIdentity(primitives, parseMasterSeed(primitives.random(32)));
  }

  get token(): string {
    const { identityKey, staticKey } = this.#keys;
    const keys = { identityKey: identityKey.publicKey, staticKey: staticKey.publicKey };
    return encodeToken(this.#primitives, { version: 1, ...keys });
  }

  /** @returns where it listens. */
  async listen(): Promise<string> {
    this.#listener = await tcpTransport.listen('127.0.0.1', 0, (connection) => this.#accept(connection));
    return `127.0.0.1:${this.#listener.port}`;
  }

  /** Until a Loom has dialled and greeted. */
  met(): Promise<void> {
    return this.#meeting ? Promise.resolve() : new Promise((resolve) => (this.#onMet = resolve));
  }

  /** Sends so many, never more than `window` on their way. @returns the wait for each acknowledgement, ms. */
  send(count: number, window: number): Promise<number[]> {
    const waits: number[] = [];
    let sent = 0;
    return new Promise((resolve) => {
      this.#onAcknowledged = (wait) => {
        waits.push(wait);
        if (waits.length === count) resolve(waits);
        else if (sent < count) {
          sent += 1;
          this.#sendOne();
        }
      };
      for (; sent < Math.min(window, count); sent += 1) this.#sendOne();
    });
  }

  async close(): Promise<void> {
    this.#meeting?.link.destroy();
    await this.#listener?.stop();
  }

  #sendOne(): void {
    const meeting = this.#meeting;
    if (!meeting) throw new Error('nobody is there yet');
    this.#sequence += 1;
    const id = this.#primitives.random(16);
    const content = encodeContent({ t: 'text', body: BODY, at: systemClock.now(), seq: this.#sequence });
    const { envelope, next } = meeting.session.encrypt(id, content, this.#random);
    meeting.session = next;
    this.#sent.set(toHex(id), performance.now());
    meeting.link.send(RECORD.envelope, envelope);
  }

  #accept(connection: Connection): void {
    const random = this.#random;
    const protocol = LinkProtocol.responder({ primitives: this.#primitives, random, ourStatic: this.#keys.staticKey });
    const link = new Link({ connection, protocol, clock: systemClock, scheduler: new TurnScheduler(), random });
    link.trust();
    link.start({
      kind: 'greeting',
      onSecured: () => undefined,
      onRecord: (record) => this.#greet(link, record),
      onClosed: () => undefined,
    });
  }

  #greet(link: Link, record: LinkRecord): void {
    if (record.type !== RECORD.hello) throw new Error('a HELLO comes first');
    const primitives = this.#primitives;
    const { identityKey, staticKey } = this.#keys;
    const theirIdentity = parseHello(record.body).ik;
    const ratchet = makeRatchetKey(primitives, this.#random);
    const statement = { staticKey: staticKey.publicKey, device: 0, generation: 0 };
    const hello = encodeHello({
      v: PROTOCOL_VERSION,
      ik: identityKey.publicKey,
      device: 0,
      gen: 0,
      cert: signCertificate(primitives, identityKey.privateKey, statement),
      port: 0,
      contact: true,
      session: null,
      features: 0,
      ratchet: ratchet.publicKey,
    });
    link.send(RECORD.hello, hello);
    link.greeted();
    const { handshakeHash, exportKey } = link;
    const context = { primitives, ourIdentity: identityKey.publicKey, theirIdentity };
    const session = Session.establish(context, { role: 'responder', handshakeHash, exportKey, ratchet });
    this.#meeting = { link, session };
    link.handOver({
      kind: 'waiting',
      onRecord: (next) => this.#read(next),
      weightOf: () => weightless,
      onClosed: () => undefined,
    });
    this.#onMet();
  }

  #read({ type, body }: LinkRecord): void {
    if (type === RECORD.ack) for (const id of parseAck(body)) this.#acknowledged(toHex(id));
    const meeting = this.#meeting;
    if (type !== RECORD.envelope || !meeting) return;
    const envelope = parseEnvelope(body);
    meeting.session = meeting.session.decrypt(envelope, this.#random, systemClock.now()).next;
    meeting.link.acknowledge(envelope.messageId);
  }

  #acknowledged(id: string): void {
    const at = this.#sent.get(id);
    if (at === undefined) return;
    this.#sent.delete(id);
    this.#onAcknowledged(performance.now() - at);
  }

  readonly #random = (length: number): Uint8Array => this.#primitives.random(length);
}
