// Who sees us on the network, and whom we see.
import type { Engine } from '../engine.ts';
import type { Handlers, Named } from './handlers.ts';

export function nearbyCommands(engine: Engine): Handlers<Named<'peer' | 'people' | 'network'>> {
  return {
    'peer.list': () => engine.presence.list(),
    'people.list': () => engine.people.list(),
    'network.status': () => engine.network(),
    'network.doctor': ({ contact }) => engine.doctor.examine(contact === undefined ? null : engine.roster.get(contact)),
    'network.visibility': async ({ mode }) => {
      if (mode === 'everyone') engine.pairing.welcome();
      await engine.visibility.set(mode);
      return engine.network();
    },
  };
}
