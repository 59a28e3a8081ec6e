// Who sees us on the network, and whom we see.
import type { Engine } from '../engine.ts';
import type { Handlers } from './handlers.ts';

export function nearbyCommands(
  engine: Engine,
): Handlers<'peer.list' | 'people.list' | 'network.status' | 'network.visibility'> {
  return {
    'peer.list': () => engine.near.list(),
    'people.list': () => engine.people.list(),
    'network.status': () => engine.network(),
    'network.visibility': async ({ mode }) => {
      await engine.visibility.set(mode);
      return engine.network();
    },
  };
}
