// A whole Loom but for its page, in a process of its own: real storage in a temporary folder, real TCP on loopback, the
// real clock. Driven over the channel that `fork` opens; `loom-at.ts` is its other end. Ends when that closes.
import { commands, type ApplicationCommand } from '../../contract/commands.ts';
import { choosePrimitives } from '../../crypto/choose.ts';
import { MdnsDiscovery } from '../../discovery/mdns.ts';
import { SilentDiscovery } from '../../discovery/silent.ts';
import { systemClock } from '../../timing/clock.ts';
import { Profile } from '../../engine/profile/profile.ts';
import { tcpTransport } from '../../transport/tcp.ts';
import { tempProfile } from '../disk/temp-profile.ts';

/** `command` null: asks for the process's memory. */
export interface ProcessRequest {
  readonly id: number;
  readonly command: ApplicationCommand | null;
  readonly params: unknown;
  /** Runs it so often, as fast as it goes; answered once, when all are done. */
  readonly times: number;
}

export type ProcessAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly ready: true; readonly peerPort: number };

/** Sockets that this process holds, and its memory in bytes. */
export interface ProcessFacts {
  readonly sockets: number;
  readonly rss: number;
  /** Seconds of processor time so far. */
  readonly cpu: number;
}

/** Of a command that is run many times, so many are under way together. */
const AT_ONCE = 500;

const [host = '127.0.0.1', port = '0', discovery = 'silent'] = process.argv.slice(2);
const primitives = choosePrimitives(undefined);
const random = (length: number): Uint8Array => primitives.random(length);
const { folder, remove } = tempProfile();
const profile = new Profile({
  name: 'test',
  folder,
  version: '0.0.0',
  primitives,
  random,
  clock: systemClock,
  transport: tcpTransport,
  peerHost: host,
  peerPort: Number(port),
  discovery:
    discovery === 'silent' ? new SilentDiscovery() : new MdnsDiscovery({ primitives, clock: systemClock, random }),
  addresses: () => [],
  network: () => '',
});

function facts(): ProcessFacts {
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const sockets = process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
  return { sockets, rss: process.memoryUsage().rss, cpu: (user + system) / 1e6 };
}

async function run({ command, params, times }: ProcessRequest): Promise<unknown> {
  if (command === null) return facts();
  for (let left = times; left > 1; left -= AT_ONCE) {
    const window = Array.from({ length: Math.min(AT_ONCE, left - 1) });
    await Promise.all(window.map(() => profile.execute(command, commands[command].params.parse(params))));
  }
  return profile.execute(command, commands[command].params.parse(params));
}

const say = (answer: ProcessAnswer): void => void process.send?.(answer);

process.on('message', (request: ProcessRequest) => {
  void (async () => {
    const { id } = request;
    try {
      say({ id, result: await run(request) });
    } catch (error) {
      say({ id, error: error instanceof Error ? error.message : String(error) });
    }
  })();
});
process.once('disconnect', () => {
  void profile.stop().then(() => {
    remove();
    process.exit(0);
  });
});
await profile.start();
await profile.execute('identity.create', { name: host, passphrase: '' });
say({ ready: true, peerPort: profile.peerPort });
