// The composition root: everything that makes a running Loom, wired by plain constructor arguments.
//
// The control socket comes first: whoever holds it owns the profile, and only then may a lock that a killed process left
// behind be removed. It goes last, when nothing of this process touches the profile any more.
import type { ProfileState } from './contract/model.ts';
import { choosePrimitives } from './crypto/choose.ts';
import { MdnsDiscovery } from './discovery/mdns.ts';
import { networkName } from './discovery/network-name.ts';
import { SilentDiscovery } from './discovery/silent.ts';
import { systemClock } from './engine/clock.ts';
import { deferred } from './engine/deferred.ts';
import { currentAddresses } from './engine/network-watch.ts';
import { Profile } from './engine/profile.ts';
import { Access, type CodeLifetime } from './http/access.ts';
import { isControlName, listenControl } from './http/control.ts';
import { Dispatcher } from './http/dispatch.ts';
import { startHttp, type HttpServer } from './http/listen.ts';
import { readLastPort, rememberPort } from './last-port.ts';
import { removeStaleLock } from './storage/profile-store.ts';
import { tcpTransport } from './transport/tcp.ts';
import type { Listener, Transport } from './transport/transport.ts';

export interface LoomOptions {
  readonly profile: string;
  /** The profile's own folder; exists, 0700. */
  readonly folder: string;
  /** Of the page. Null: the last one, else 7467, else any. */
  readonly port: number | null;
  /** Null: every address of this machine. */
  readonly peerHost: string | null;
  readonly peerPort: number;
  readonly discovery: boolean;
  readonly crypto: 'portable' | undefined;
  readonly staticFolder: string;
  /** Prints a fresh address of the page. */
  readonly urlCommand: string;
  readonly version: string;
  readonly onBug: (error: unknown) => void;
  readonly onStopRequested: () => void;
}

export interface Loom {
  readonly httpPort: number;
  readonly peerPort: number;
  readonly state: ProfileState;
  mintCode(lifetime: CodeLifetime): string;
  stop(): Promise<void>;
}

/** Another process runs this profile. */
export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning';
}

/** IPv4 as well, where the system lets one socket serve both. */
const EVERY_ADDRESS = '::';
const EVERY_IPV4_ADDRESS = '0.0.0.0';

/**
 * @throws AlreadyRunning; StorageError when the profile's files cannot be used; Error EADDRINUSE, EACCES … when a port
 * that was asked for cannot be had.
 */
export async function startLoom(options: LoomOptions): Promise<Loom> {
  const { folder, onBug } = options;
  const door = deferred<HttpServer>();
  const access = new Access(systemClock);
  const profile = makeProfile(options);
  const dispatcher = new Dispatcher({
    application: profile,
    access,
    url: async (code) => `http://127.0.0.1:${(await door.promise).port}/#code=${code}`,
    stop: () => options.onStopRequested(),
    onBug,
  });
  const ready = deferred<Dispatcher>();
  const control = await listenControl(folder, ready.promise);
  if (!control) throw new AlreadyRunning(`the profile ${options.profile} is running`);
  let http: HttpServer | null = null;
  const stop = async (): Promise<void> => {
    await http?.stop();
    await profile.stop();
    await control.stop();
  };
  try {
    removeStaleLock(folder);
    await profile.start();
    http = await openDoor(options, access, dispatcher);
    rememberPort(folder, 'page', http.port);
    door.resolve(http);
    ready.resolve(dispatcher);
    return running(profile, access, http, stop);
  } catch (error) {
    ready.reject(error);
    await stop();
    throw error;
  }
}

function makeProfile({ profile, folder, version, discovery, crypto, peerHost, peerPort }: LoomOptions): Profile {
  const primitives = choosePrimitives(crypto);
  const random = (length: number): Uint8Array => primitives.random(length);
  return new Profile({
    name: profile,
    folder,
    keep: isControlName,
    version,
    primitives,
    random,
    clock: systemClock,
    transport: peerTransport(folder),
    peerHost: peerHost ?? EVERY_ADDRESS,
    peerPort,
    discovery: discovery ? new MdnsDiscovery({ primitives, clock: systemClock, random }) : new SilentDiscovery(),
    addresses: currentAddresses,
    network: networkName,
  });
}

/**
 * TCP that listens where it can: on the port it had last when any will do, so that remembered addresses stay good; on
 * IPv4 alone where IPv6 is switched off.
 */
function peerTransport(folder: string): Transport {
  return {
    dial: (host, port, signal) => tcpTransport.dial(host, port, signal),
    async listen(host, port, accept) {
      const last = port === 0 ? readLastPort(folder, 'peer') : null;
      const hosts = host === EVERY_ADDRESS ? [EVERY_ADDRESS, EVERY_IPV4_ADDRESS] : [host];
      const places = [...(last === null ? [] : [last]), port].flatMap((each) =>
        hosts.map((on) => ({ on, port: each })),
      );
      const listener = await firstThatListens(places, accept);
      rememberPort(folder, 'peer', listener.port);
      return listener;
    },
  };
}

interface Place {
  readonly on: string;
  readonly port: number;
}

/** @throws the error of the last place. */
async function firstThatListens(
  places: readonly Place[],
  accept: Parameters<Transport['listen']>[2],
): Promise<Listener> {
  const [place, ...others] = places;
  if (!place) throw new Error('nowhere to listen');
  try {
    return await tcpTransport.listen(place.on, place.port, accept);
  } catch (error) {
    if (others.length === 0) throw error;
    return firstThatListens(others, accept);
  }
}

async function openDoor(options: LoomOptions, access: Access, dispatcher: Dispatcher): Promise<HttpServer> {
  const { folder, port, staticFolder, urlCommand, onBug } = options;
  const preferredPort = readLastPort(folder, 'page');
  return startHttp({
    access,
    dispatcher,
    clock: systemClock,
    staticFolder,
    urlCommand,
    onBug,
    port,
    ...(preferredPort !== null && { preferredPort }),
  });
}

function running(profile: Profile, access: Access, http: HttpServer, stop: () => Promise<void>): Loom {
  return {
    httpPort: http.port,
    get peerPort() {
      return profile.peerPort;
    },
    get state() {
      return profile.state;
    },
    mintCode: (lifetime) => access.mintCode(lifetime),
    stop,
  };
}
