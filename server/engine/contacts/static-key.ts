// Which static key of a contact is believed (protocol §1). A card names one and proves nothing; a certificate proves that
// the identity key stands behind it. A key that was never proven gives way to one that is, and never the other way round:
// who alters a card, or lies about a key, keeps nobody out for longer than until the person themselves comes.
import { equal } from '../../crypto/bytes.ts';
import type { StaticPublicKey } from '../../crypto/keys.ts';
import type { StaticKeyClaim } from '../../protocol/certificate.ts';
import type { Hello } from '../../protocol/hello.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';

/** A static key and the certificate that held for it. */
export interface ProvenKey extends StaticKeyClaim {
  /** 64 bytes. */
  readonly certificate: Uint8Array;
}

/** What a HELLO whose certificate held says of the key that Noise authenticated. */
export function provenKey({ device, gen, cert }: Hello, staticKey: StaticPublicKey): ProvenKey {
  return { staticKey, device, generation: gen, certificate: new Uint8Array(cert) };
}

type KnownKey = Pick<ContactRecord, 'staticKey' | 'device' | 'generation' | 'certificate'>;

/**
 * @param shown a key whose certificate holds.
 * @returns taken: it replaces the known one, or proves it. Kept: it is the known one. Refused: it is another, and not newer.
 */
export function judgeKey(known: KnownKey, shown: ProvenKey): 'taken' | 'kept' | 'refused' {
  if (shown.device !== known.device) return 'refused';
  const isProven = known.certificate !== undefined;
  if (shown.generation > known.generation) return 'taken';
  if (shown.generation === known.generation && !isProven) return 'taken';
  return equal(shown.staticKey, known.staticKey) ? 'kept' : 'refused';
}

/** May another card replace the key? Not if a certificate held for it, nor if a link proved it before those were kept. */
export function isOnlyClaimed({ certificate, lastSeen }: Pick<ContactRecord, 'certificate' | 'lastSeen'>): boolean {
  return certificate === undefined && lastSeen === null;
}
