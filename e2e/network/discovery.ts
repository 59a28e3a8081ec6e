// Discovery where half of all packets are lost: how soon two who start together see each other.
import { keys } from '../../server/testing/mdns/discovery-scene.ts';
import { builtProgram } from '../../server/testing/built-program.ts';
import { Instance } from '../../server/testing/network/instance.ts';
import type { DiscoverySettings } from '../../server/testing/mdns/discovery-process.ts';
import { Network } from './network.ts';

/** @returns ms until both saw each other, for each round; null: this machine does not permit such networks. */
export async function timesUnderLoss(loss: number, rounds: number, seed: number): Promise<readonly number[] | null> {
  const network = await Network.make(2, seed);
  if (!network) return null;
  const program = await builtProgram(new URL('../../server/testing/mdns/discovery-process.ts', import.meta.url));
  const times: number[] = [];
  try {
    await network.set({ loss });
    for (let round = 0; round < rounds; round += 1) times.push(await meet(network, program.path));
  } finally {
    await network.remove();
    program.remove();
  }
  return times;
}

async function meet(network: Network, program: string): Promise<number> {
  const start = (host: number, key: string, contacts: DiscoverySettings['contacts']): Instance => {
    const adapters = { only: null, except: [] };
    const settings: DiscoverySettings = { silent: false, key, port: 4712, contacts, adapters };
    const [command = 'ip', ...args] = network.on(host);
    return new Instance([command, ...args, process.execPath, program, JSON.stringify(settings)]);
  };
  const ann = start(1, keys.ann, { bob: keys.bob });
  const bob = start(2, keys.bob, { ann: keys.ann });
  try {
    const begun = await Promise.all([ann.first('starting'), bob.first('starting')]);
    const seen = await Promise.all([ann.seeing('bob'), bob.seeing('ann')]);
    return Math.max(...seen.map(({ at }) => at)) - Math.max(...begun.map(({ at }) => at));
  } finally {
    ann.kill();
    bob.kill();
  }
}
