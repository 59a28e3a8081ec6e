// Invites: made, listed, revoked.
import type { Engine } from '../engine.ts';
import type { Handlers, Named } from './handlers.ts';

export function inviteCommands(engine: Engine): Handlers<Named<'invite'>> {
  return {
    'invite.create': (params) => engine.invites.create(params),
    'invite.list': () => engine.invites.list(),
    'invite.revoke': ({ invite }) => engine.invites.revoke(invite),
  };
}
