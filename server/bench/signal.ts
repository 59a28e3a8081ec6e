// What Loom is compared with: libsignal, the library of the Signal app, in Rust, through its own Node bindings. Its
// protocol asks for stores; these keep everything in memory, as serialised bytes, like those of its own tests.
import {
  IdentityChange,
  IdentityKeyStore,
  KEMKeyPair,
  KyberPreKeyRecord,
  KyberPreKeyStore,
  PreKeyBundle,
  PreKeyRecord,
  PreKeySignalMessage,
  PreKeyStore,
  PrivateKey,
  processPreKeyBundle,
  ProtocolAddress,
  SessionRecord,
  SessionStore,
  signalDecrypt,
  signalDecryptPreKey,
  signalEncrypt,
  SignalMessage,
  SignedPreKeyRecord,
  SignedPreKeyStore,
  type PublicKey,
} from '@signalapp/libsignal-client';

type Bytes = Uint8Array<ArrayBuffer>;

class Sessions extends SessionStore {
  readonly #records = new Map<string, Bytes>();

  override saveSession(name: ProtocolAddress, record: SessionRecord): Promise<void> {
    this.#records.set(name.toString(), record.serialize());
    return Promise.resolve();
  }

  override getSession(name: ProtocolAddress): Promise<SessionRecord | null> {
    const record = this.#records.get(name.toString());
    return Promise.resolve(record ? SessionRecord.deserialize(record) : null);
  }

  override getExistingSessions(): Promise<SessionRecord[]> {
    throw new Error('for groups alone');
  }
}

class Identities extends IdentityKeyStore {
  readonly #ours = PrivateKey.generate();
  readonly #theirs = new Map<string, PublicKey>();

  get publicKey(): PublicKey {
    return this.#ours.getPublicKey();
  }

  sign(bytes: Bytes): Bytes {
    return this.#ours.sign(bytes);
  }

  override getIdentityKey(): Promise<PrivateKey> {
    return Promise.resolve(this.#ours);
  }

  override getLocalRegistrationId(): Promise<number> {
    return Promise.resolve(1);
  }

  override saveIdentity(name: ProtocolAddress, key: PublicKey): Promise<IdentityChange> {
    this.#theirs.set(name.toString(), key);
    return Promise.resolve(IdentityChange.NewOrUnchanged);
  }

  override isTrustedIdentity(): Promise<boolean> {
    return Promise.resolve(true);
  }

  override getIdentity(name: ProtocolAddress): Promise<PublicKey | null> {
    return Promise.resolve(this.#theirs.get(name.toString()) ?? null);
  }
}

/** The serialised records of one kind of prekey. */
class Records {
  readonly #records = new Map<number, Bytes>();

  save(id: number, record: { serialize(): Bytes }): Promise<void> {
    this.#records.set(id, record.serialize());
    return Promise.resolve();
  }

  get<T>(id: number, parse: (bytes: Bytes) => T): Promise<T> {
    const record = this.#records.get(id);
    return record ? Promise.resolve(parse(record)) : Promise.reject(new Error('no such prekey'));
  }

  remove(id: number): Promise<void> {
    this.#records.delete(id);
    return Promise.resolve();
  }
}

class PreKeys extends PreKeyStore {
  readonly #records = new Records();
  override savePreKey = (id: number, record: PreKeyRecord): Promise<void> => this.#records.save(id, record);
  override getPreKey = (id: number): Promise<PreKeyRecord> =>
    this.#records.get(id, (bytes) => PreKeyRecord.deserialize(bytes));
  override removePreKey = (id: number): Promise<void> => this.#records.remove(id);
}

class SignedPreKeys extends SignedPreKeyStore {
  readonly #records = new Records();
  override saveSignedPreKey = (id: number, record: SignedPreKeyRecord): Promise<void> => this.#records.save(id, record);
  override getSignedPreKey = (id: number): Promise<SignedPreKeyRecord> =>
    this.#records.get(id, (bytes) => SignedPreKeyRecord.deserialize(bytes));
}

class KyberPreKeys extends KyberPreKeyStore {
  readonly #records = new Records();
  override saveKyberPreKey = (id: number, record: KyberPreKeyRecord): Promise<void> => this.#records.save(id, record);
  override getKyberPreKey = (id: number): Promise<KyberPreKeyRecord> =>
    this.#records.get(id, (bytes) => KyberPreKeyRecord.deserialize(bytes));
  override markKyberPreKeyUsed = (): Promise<void> => Promise.resolve();
}

/** One person of libsignal's world. */
export class SignalUser {
  readonly address: ProtocolAddress;
  readonly #identities = new Identities();
  readonly #sessions = new Sessions();
  readonly #preKeys = new PreKeys();
  readonly #signedPreKeys = new SignedPreKeys();
  readonly #kyberPreKeys = new KyberPreKeys();
  #nextId = 0;

  constructor(name: string) {
    this.address = ProtocolAddress.new(name, 1);
  }

  /** Fresh prekeys, elliptic and post-quantum, as its server would hand them out. */
  async bundle(): Promise<PreKeyBundle> {
    const id = (this.#nextId += 1);
    const [preKey, signedPreKey, kyberPreKey] = [PrivateKey.generate(), PrivateKey.generate(), KEMKeyPair.generate()];
    const signed = signedPreKey.getPublicKey();
    const kyber = kyberPreKey.getPublicKey();
    const signature = this.#identities.sign(signed.serialize());
    const kyberSignature = this.#identities.sign(kyber.serialize());
    await this.#preKeys.savePreKey(id, PreKeyRecord.new(id, preKey.getPublicKey(), preKey));
    await this.#signedPreKeys.saveSignedPreKey(id, SignedPreKeyRecord.new(id, 0, signed, signedPreKey, signature));
    await this.#kyberPreKeys.saveKyberPreKey(id, KyberPreKeyRecord.new(id, 0, kyberPreKey, kyberSignature));
    const identity = this.#identities.publicKey;
    const oneTime = [id, preKey.getPublicKey()] as const;
    return PreKeyBundle.new(1, 1, ...oneTime, id, signed, signature, identity, id, kyber, kyberSignature);
  }

  async begin(other: SignalUser, bundle: PreKeyBundle): Promise<void> {
    await processPreKeyBundle(bundle, other.address, this.address, this.#sessions, this.#identities);
  }

  async encrypt(other: SignalUser, text: Bytes): Promise<Bytes> {
    const message = await signalEncrypt(text, other.address, this.address, this.#sessions, this.#identities);
    return message.serialize();
  }

  decrypt(other: SignalUser, bytes: Bytes): Promise<Bytes> {
    const message = SignalMessage.deserialize(bytes);
    return signalDecrypt(message, other.address, this.address, this.#sessions, this.#identities);
  }

  /** The first message of a session, which makes it. */
  decryptFirst(other: SignalUser, bytes: Bytes): Promise<Bytes> {
    return signalDecryptPreKey(
      PreKeySignalMessage.deserialize(bytes),
      other.address,
      this.address,
      this.#sessions,
      this.#identities,
      this.#preKeys,
      this.#signedPreKeys,
      this.#kyberPreKeys,
    );
  }
}
