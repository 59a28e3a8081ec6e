// Pairing by code, from the side of whoever asks for it.
import { CommandError } from '../../contract/errors.ts';
import type { Params } from '../../contract/commands.ts';
import type { Pairing } from '../../contract/model.ts';
import type { Engine } from '../engine.ts';
import { addressesOf, targetsOf } from '../presence/known-addresses.ts';
import { isOnlyClaimed } from '../contacts/static-key.ts';
import { readAddress } from './contacts.ts';
import { done, type Handlers, type Named } from './handlers.ts';
import { readToken } from '../contacts/read-token.ts';

export function pairingCommands(engine: Engine): Handlers<Named<'pairing'>> {
  return {
    'pairing.start': (params) => start(engine, params),
    'pairing.enter': ({ code }) => engine.pairing.enter(code),
    'pairing.cancel': () => {
      engine.pairing.cancel();
      return done;
    },
    'pairing.get': () => engine.pairing.view,
  };
}

async function start(engine: Engine, { token: text, address }: Params<'pairing.start'>): Promise<Pairing> {
  const token = readToken(engine.options.primitives, text, engine.us.keys.identityKey.publicKey);
  if (engine.isUs(token.identityKey)) throw new CommandError('token-own', 'this is your own token');
  const contact = engine.roster.byIdentity(token.identityKey);
  if (contact?.blocked) throw new CommandError('contact-blocked', 'this contact is blocked');
  const typed = address?.trim() ? await addressesOf(readAddress(address), engine.presence) : [];
  const seen = engine.people.targets(token.identityKey);
  const known = contact ? await targetsOf(contact, engine.presence) : [];
  // A contact may have a newer static key than the token they gave away; one that was never proven says no more than it.
  const staticKey = contact && !isOnlyClaimed(contact) ? contact.staticKey : token.staticKey;
  return engine.pairing.start({ ik: token.identityKey, staticKey }, [...typed, ...seen, ...known]);
}
