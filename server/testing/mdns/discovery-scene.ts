// Discoveries on machines of their own, and others beside them: what the tests in network namespaces are played with.
import { builtProgram, type BuiltProgram } from '../built-program.ts';
import type { DiscoveryFacts, DiscoverySettings } from './discovery-process.ts';
import { Instance } from '../network/instance.ts';
import type { Machines } from '../network/namespaces.ts';
import type { Part } from './outsider-process.ts';

/** Presence keys. */
export const keys = { ann: 'a1'.repeat(32), bob: 'b0'.repeat(32), carl: 'ca'.repeat(32) };
export type Name = keyof typeof keys;

export class Scene {
  readonly machines: Machines;
  readonly #discovery: BuiltProgram;
  readonly #outsider: BuiltProgram;
  readonly #instances: Instance[] = [];

  private constructor(machines: Machines, discovery: BuiltProgram, outsider: BuiltProgram) {
    this.machines = machines;
    this.#discovery = discovery;
    this.#outsider = outsider;
  }

  static async on(machines: Machines): Promise<Scene> {
    const discovery = await builtProgram(new URL('./discovery-process.ts', import.meta.url));
    const outsider = await builtProgram(new URL('./outsider-process.ts', import.meta.url));
    await machines.connected();
    return new Scene(machines, discovery, outsider);
  }

  /** Contacts are all the others. @param within what its command line begins with on that machine. */
  start(machine: string, who: Name, more: Partial<DiscoverySettings> = {}, within: readonly string[] = []): Instance {
    const contacts = Object.fromEntries(Object.entries(keys).filter(([name]) => name !== who));
    const usual = { silent: false, port: 4712, adapters: { only: null, except: [] } };
    const settings: DiscoverySettings = { ...usual, key: keys[who], contacts, ...more };
    return this.#run(machine, this.#discovery, settings, within);
  }

  /** Resolves when it plays its part; a flood, when it is over. */
  async outsider(machine: string, part: Part): Promise<Instance> {
    const instance = this.#run(machine, this.#outsider, part);
    await instance.first('ready');
    return instance;
  }

  /** Any command line, which prints events. */
  command(machine: string, ...command: string[]): Instance {
    const instance = new Instance([...this.machines.on(machine), ...command]);
    this.#instances.push(instance);
    return instance;
  }

  clear(): void {
    for (const instance of this.#instances.splice(0)) instance.kill();
  }

  remove(): void {
    this.clear();
    this.machines.remove();
    this.#discovery.remove();
    this.#outsider.remove();
  }

  #run(machine: string, program: BuiltProgram, settings: unknown, within: readonly string[] = []): Instance {
    return this.command(machine, ...within, process.execPath, '--expose-gc', program.path, JSON.stringify(settings));
  }
}

export function factsOf(instance: Instance): Promise<DiscoveryFacts> {
  return instance.ask<DiscoveryFacts>('facts', 'facts');
}
