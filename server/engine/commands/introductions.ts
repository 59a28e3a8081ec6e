// Two contacts told of each other by a third, who vouches for the keys; and what such a message leads to.
import { CommandError } from '../../contract/errors.ts';
import { toHex } from '../../crypto/bytes.ts';
import { parseIdentityPublicKey, parseStaticPublicKey } from '../../crypto/keys.ts';
import { parseContent, type IntroduceContent } from '../../protocol/content.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import type { ContactRecord } from '../../storage/contacts.ts';
import type { Engine } from '../engine.ts';
import { cleanName, receivedName } from '../names.ts';
import { makeContact } from './contacts.ts';
import { done, type Handlers } from './handlers.ts';

export function introductionCommands(engine: Engine): Handlers<'contact.introduce' | 'introduction.accept'> {
  const { roster, outbox, options } = engine;
  const notBlocked = (id: string): ContactRecord => {
    const contact = roster.get(id);
    if (contact.blocked) throw new CommandError('contact-blocked', 'this contact is blocked');
    return contact;
  };
  return {
    'contact.introduce': async ({ contact, other }) => {
      const [one, two] = [notBlocked(contact), notBlocked(other)];
      if (one.id === two.id) throw new CommandError('bad-request', 'two different contacts are introduced');
      await Promise.all([outbox.introduce(one.id, two), outbox.introduce(two.id, one)]);
      return done;
    },
    'introduction.accept': ({ contact, id, name }) => {
      const introducer = roster.get(contact);
      const record = options.store.messages.get(contact, 'in', id);
      const content = record && readIntroduction(record.content);
      if (!content) throw new CommandError('message-unknown', 'there is no introduction in this message');
      const [ik, sk] = [parseIdentityPublicKey(content.ik), parseStaticPublicKey(content.sk)];
      if (!ik || !sk) throw new CommandError('token-key', 'these are no keys');
      if (engine.isUs(ik)) throw new CommandError('token-own', 'this is you');
      if (roster.byIdentity(ik)) throw new CommandError('contact-exists', 'already a contact');
      return makeContact(engine, {
        ik,
        staticKey: sk,
        device: 0,
        generation: 0,
        name: cleanName(name === '' ? receivedName(content.name, toHex(ik)) : name),
        addresses: [],
        blocked: false,
        addedBy: 'introduction',
        introducedBy: introducer.ik,
      });
    },
  };
}

function readIntroduction(bytes: Uint8Array): IntroduceContent | null {
  try {
    const content = parseContent(bytes);
    return content.t === 'introduce' ? content : null;
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}
