// Two contacts told of each other by a third, who vouches for the keys; and what such a message leads to.
import { CommandError } from '../../contract/errors.ts';
import type { ContactId } from '../../contract/ids.ts';
import { toHex } from '../../crypto/bytes.ts';
import { parseIdentityPublicKey, parseStaticPublicKey, type IdentityPublicKey } from '../../crypto/keys.ts';
import type { Primitives } from '../../crypto/primitives.ts';
import { verifyCertificate } from '../../protocol/certificate.ts';
import type { ContentOf } from '../../protocol/content/content.ts';
import type { IntroducedCard } from '../../protocol/content/kinds/introduce.ts';
import { readContent } from '../delivery/kinds/kinds.ts';
import type { Engine } from '../engine.ts';
import { cleanName, receivedName } from '../contacts/names.ts';
import type { ProvenKey } from '../contacts/static-key.ts';
import { done, type Handlers } from './handlers.ts';

export type IntroductionCommand = 'contact.introduce' | 'introduction.accept';

export function introductionCommands(engine: Engine): Handlers<IntroductionCommand> {
  const { roster, conversations, outbox, options } = engine;
  const tell = (contact: ContactId, card: IntroducedCard): Promise<unknown> =>
    outbox.send(conversations.directWith(contact), { t: 'introduce', ...card });
  const cardOf = (id: ContactId): IntroducedCard => {
    const { blocked, ik, staticKey: sk, device, generation: gen, certificate: cert, name } = roster.get(id);
    if (blocked) throw new CommandError('contact-blocked', 'this contact is blocked');
    if (!cert) throw new CommandError('introduction-unmet', 'this contact has not proven its key yet');
    return { ik, sk, device, gen, cert, name };
  };
  return {
    'contact.introduce': async ({ contact, other }) => {
      const [one, two] = [cardOf(contact), cardOf(other)];
      if (contact === other) throw new CommandError('bad-request', 'two different contacts are introduced');
      await Promise.all([tell(contact, two), tell(other, one)]);
      return done;
    },
    'introduction.accept': async ({ name, ...message }) => {
      conversations.get(message.conversation);
      const introducer = roster.get(message.author);
      const record = options.store.messages.get(message);
      const content = record && readIntroduction(record.content);
      if (!content) throw new CommandError('message-unknown', 'there is no introduction in this message');
      const { ik, key } = requireKeys(options.primitives, content);
      if (engine.isUs(ik)) throw new CommandError('token-own', 'this is you');
      if (roster.byIdentity(ik)) throw new CommandError('contact-exists', 'already a contact');
      const added = await engine.contactMaker.make({
        ik,
        ...key,
        name: cleanName(name === '' ? receivedName(content.name, toHex(ik)) : name),
        addresses: [],
        blocked: false,
        addedBy: 'introduction',
        introducedBy: introducer.ik,
      });
      return engine.feed.view(added);
    },
  };
}

/** What an introducer says of keys counts for nothing without a certificate. @throws CommandError introduction-key. */
function requireKeys(
  primitives: Primitives,
  { ik: claimed, sk, device, gen: generation, cert: certificate }: ContentOf<'introduce'>,
): { readonly ik: IdentityPublicKey; readonly key: ProvenKey } {
  const [ik, staticKey] = [parseIdentityPublicKey(claimed), parseStaticPublicKey(sk)];
  const key = staticKey && { staticKey, device, generation, certificate };
  if (!ik || !key || !verifyCertificate(primitives, ik, key, certificate))
    throw new CommandError('introduction-key', 'the certificate does not hold for these keys');
  return { ik, key };
}

function readIntroduction(bytes: Uint8Array): ContentOf<'introduce'> | null {
  const content = readContent(bytes);
  return content?.t === 'introduce' ? content : null;
}
