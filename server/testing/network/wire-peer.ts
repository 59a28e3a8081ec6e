// Somebody on the network in memory whose every byte a test chooses: real keys and a real link, and no engine behind it.
import { choosePrimitives } from '../../crypto/choose.ts';
import { makePresenceKey, type StaticKeyPair } from '../../crypto/keys.ts';
import { ourIdentity, type OurIdentity } from '../../engine/contacts/identity.ts';
import { signCertificate } from '../../protocol/certificate.ts';
import { encodeHello, parseHello, type Hello } from '../../protocol/hello.ts';
import { inviteProof } from '../../protocol/invite.ts';
import { LinkProtocol, type LinkEvent } from '../../protocol/link-protocol.ts';
import { RECORD, type LinkRecord } from '../../protocol/records.ts';
import { parseToken } from '../../protocol/token.ts';
import type { MemoryNetwork } from '../../transport/memory.ts';
import type { Connection } from '../../transport/transport.ts';
import type { TestLoom } from '../test-loom.ts';

const primitives = choosePrimitives(undefined);
const random = (length: number): Uint8Array => primitives.random(length);
const PORT = 4000;

/** One link, after the handshake. */
export class WireLink {
  /** All that came, HELLO first. */
  readonly records: LinkRecord[] = [];
  /** The lengths of the pieces it came in. */
  readonly pieces: number[] = [];
  closed = false;
  readonly #connection: Connection;
  readonly #protocol: LinkProtocol;

  /** @param greeting what is said first, on a link that is secured. */
  constructor(connection: Connection, protocol: LinkProtocol, greeting: (protocol: LinkProtocol) => LinkRecord) {
    this.#connection = connection;
    this.#protocol = protocol;
    connection.onData = (bytes) => {
      this.pieces.push(bytes.length);
      this.#run(protocol.receive(bytes), greeting);
    };
    connection.onClose = () => {
      this.closed = true;
    };
    this.#run(protocol.start(), greeting);
  }

  get hello(): Hello | null {
    const record = this.records.find(({ type }) => type === RECORD.hello);
    return record ? parseHello(record.body) : null;
  }

  get handshakeHash(): Uint8Array {
    return this.#protocol.handshakeHash;
  }

  send(...records: readonly LinkRecord[]): void {
    this.#connection.write(this.#protocol.flush(records));
  }

  /** Stops reading, and says nothing about it. */
  pause(): void {
    this.#connection.pause();
  }

  close(): void {
    this.#connection.destroy();
  }

  #run(events: readonly LinkEvent[], greeting: (protocol: LinkProtocol) => LinkRecord): void {
    for (const event of events) {
      if (event.kind === 'send') this.#connection.write(event.bytes);
      else if (event.kind === 'called') this.#run(this.#protocol.answer(), greeting);
      else if (event.kind === 'proven') this.#run(this.#protocol.proceed(), greeting);
      else if (event.kind === 'secured') {
        if (this.#protocol.role === 'initiator') this.send(greeting(this.#protocol));
      } else if (event.kind === 'record') {
        if (this.#protocol.role === 'responder' && event.type === RECORD.hello) this.send(greeting(this.#protocol));
        this.records.push({ type: event.type, body: event.body.slice() });
      }
    }
  }
}

export interface WireChanges {
  readonly staticKey?: StaticKeyPair;
  readonly hello?: Partial<Hello>;
  /** Of an invite that is shown. */
  readonly inviteSecret?: Uint8Array;
}

export class WirePeer {
  readonly host: string;
  readonly identity: OurIdentity;
  readonly #network: MemoryNetwork;

  constructor(network: MemoryNetwork, host: string) {
    this.#network = network;
    this.host = host;
    const fixed = { name: 'Wire', device: 0, generation: 0, createdAt: 0 };
    this.identity = ourIdentity(primitives, { ...fixed, masterSeed: random(32), presenceKey: makePresenceKey(random) });
  }

  get address(): string {
    return `${this.host}:${PORT}`;
  }

  /** Dials a Loom and greets it. */
  async dial(loom: TestLoom, changes: WireChanges = {}): Promise<WireLink> {
    const { token } = await loom.run('identity.token');
    const theirStatic = parseToken(primitives, token).staticKey;
    const ourStatic = changes.staticKey ?? this.identity.keys.staticKey;
    const dialled = this.#network.host(this.host).dial(loom.host, PORT, new AbortController().signal);
    const protocol = LinkProtocol.initiator({ primitives, ourStatic, theirStatic, random });
    return new WireLink(await dialled, protocol, (secured) => this.#greeting(changes, secured));
  }

  /** Answers whoever dials. @returns the links so far, growing. */
  async listen(changes: WireChanges = {}): Promise<readonly WireLink[]> {
    const links: WireLink[] = [];
    const ourStatic = changes.staticKey ?? this.identity.keys.staticKey;
    const ratchet = changes.hello?.ratchet ?? primitives.x25519KeyPair(random(32)).publicKey;
    await this.#network.host(this.host).listen(this.host, PORT, (connection) => {
      const protocol = LinkProtocol.responder({ primitives, ourStatic, random });
      protocol.trust();
      const greeted = { ...changes, hello: { ...changes.hello, ratchet } };
      links.push(new WireLink(connection, protocol, (secured) => this.#greeting(greeted, secured)));
    });
    return links;
  }

  #greeting({ staticKey, hello, inviteSecret }: WireChanges, { handshakeHash }: LinkProtocol): LinkRecord {
    const { keys, device } = this.identity;
    const statement = {
      staticKey: (staticKey ?? keys.staticKey).publicKey,
      device: hello?.device ?? device,
      generation: hello?.gen ?? 0,
    };
    const body = encodeHello({
      v: 2,
      ik: keys.identityKey.publicKey,
      device,
      gen: 0,
      cert: signCertificate(primitives, keys.identityKey.privateKey, statement),
      port: PORT,
      contact: true,
      session: null,
      features: 0,
      name: 'Wire',
      ...(inviteSecret && { invite: inviteProof(primitives, inviteSecret, handshakeHash) }),
      ...hello,
    });
    return { type: RECORD.hello, body };
  }
}
