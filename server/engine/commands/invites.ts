// Invites: made, listed, revoked; and what a HELLO that shows one leads to.
import { toHex } from '../../crypto/bytes.ts';
import { CommandError } from '../../contract/errors.ts';
import { parseAddress } from '../../network/addresses.ts';
import type { Hello } from '../../protocol/hello.ts';
import type { Link } from '../links/link.ts';
import { runInBackground } from '../background.ts';
import type { Engine } from '../engine.ts';
import type { Admitted } from '../links/greeter.ts';
import { receivedName } from '../contacts/names.ts';
import { returnAddress } from '../presence/known-addresses.ts';
import { provenKey } from '../contacts/static-key.ts';
import { makeContact } from './contacts.ts';
import type { Handlers } from './handlers.ts';

export function inviteCommands(engine: Engine): Handlers<'invite.create' | 'invite.list' | 'invite.revoke'> {
  return {
    'invite.create': (params) => engine.invites.create(params),
    'invite.list': () => engine.invites.list(),
    'invite.revoke': ({ invite }) => engine.invites.revoke(invite),
  };
}

/** Somebody we do not know shows an invite: they are a contact from here on, or are told why not. */
export async function admitInvited(
  engine: Engine,
  link: Link,
  theirs: Hello,
  staticKey: Uint8Array,
): Promise<Admitted> {
  const record = theirs.invite && engine.invites.find(theirs.invite, link.handshakeHash);
  if (!record) return { contact: null };
  const refused = engine.invites.refusal(record.id);
  if (refused !== undefined) return { contact: null, refused };
  if (engine.roster.byIdentity(theirs.ik)) return { contact: null, refused: useUp(engine, record.id, theirs.ik) };
  const { ik } = theirs;
  const address = returnAddress(link, theirs);
  const at = engine.options.clock.now();
  const addresses = address && parseAddress(address) ? [{ address, source: 'link', at } as const] : [];
  const name = receivedName(theirs.name, toHex(ik));
  const key = provenKey(theirs, staticKey);
  const invited = { ik, ...key, name, addresses, blocked: false, addedBy: 'invite' } as const;
  try {
    const { id } = await makeContact(engine, invited, () => {
      // Of two who come at once, one is let in.
      if (!engine.invites.spend(record.id, ik)) throw new CommandError('invite-used', 'the invite was used');
    });
    engine.invites.spent(record.id);
    return { contact: engine.roster.find(id) ?? null };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { contact: null, refused: engine.invites.refusal(record.id) };
  }
}

/**
 * Somebody blocked shows an invite that is open, and must neither be let in nor learn why: it is used up, and they are
 * answered as who comes after that, whoever shows it next as well.
 */
function useUp({ invites, options }: Engine, id: string, ik: Uint8Array): number | undefined {
  const spent = options.store.journal.write(() => invites.spend(id, ik));
  runInBackground(spent.then(() => invites.spent(id)));
  return invites.refusal(id);
}
