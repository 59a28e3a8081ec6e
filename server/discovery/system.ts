// Discovery by the responder of the system, avahi-daemon or Bonjour, through the optional package `mdns`: for machines
// where another program must not speak mDNS. Adverts, keys and bounds are those of the built-in backend, and so is the
// code; what is announced differs in that the host behind a name is the machine's own. The package is native code, so a
// process of its own holds it.
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { MdnsDiscovery } from './mdns.ts';
import type { MdnsOptions } from './mdns/options.ts';
import { spawnProgram } from './system/child.ts';
import type { Spawn } from './system/child.ts';
import { SystemNetwork } from './system/network.ts';

export interface SystemOptions extends Omit<MdnsOptions, 'port'> {
  /** Starts the process of the library; by default the one beside this program. */
  readonly spawn?: Spawn;
}

export class SystemDiscovery extends MdnsDiscovery {
  constructor(options: SystemOptions) {
    const { clock, interfaces = networkInterfaces, spawn = spawnProgram(besideThis()) } = options;
    super(options, (events) => new SystemNetwork({ clock, interfaces, spawn, events }));
  }
}

function besideThis(): string {
  return fileURLToPath(new URL('./responder-process.js', import.meta.url));
}
