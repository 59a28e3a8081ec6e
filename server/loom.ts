// The composition root: everything that makes a running Loom, wired by plain constructor arguments.
//
// The control socket comes first: whoever holds it owns the profile, and only then may a lock that a killed process left
// behind be removed. It goes last, when nothing of this process touches the profile any more.
import type { ProfileState } from './contract/model.ts';
import { choosePrimitives } from './crypto/choose.ts';
import { ChosenAdapters, type AdapterChoice } from './network/adapter-choice.ts';
import type { Discovery } from './discovery/discovery.ts';
import { MdnsDiscovery } from './discovery/mdns.ts';
import type { MdnsOptions } from './discovery/mdns/options.ts';
import { networkName } from './network/network-name.ts';
import { SilentDiscovery } from './discovery/silent.ts';
import { SystemDiscovery } from './discovery/system.ts';
import { collectGarbage } from './engine/profile/collect-garbage.ts';
import { systemClock } from './timing/clock.ts';
import { runInBackground } from './engine/background.ts';
import { deferred } from './timing/deferred.ts';
import { currentAddresses } from './network/network-watch.ts';
import { Profile } from './engine/profile/profile.ts';
import { Access } from './http/access.ts';
import { isControlName, listenControl } from './http/control/control.ts';
import { Dispatcher } from './http/dispatch.ts';
import { SessionFile } from './http/kept-sessions.ts';
import { Launch } from './http/opening/launch.ts';
import type { Launcher } from './http/opening/launcher.ts';
import { startHttp, type HttpServer, type ListenOptions } from './http/listen.ts';
import { landingUrl, pageUrl } from './http/opening/page-address.ts';
import { readLastPort, rememberPort } from './network/last-port.ts';
import type { DiscoveryBackend } from './options.ts';
import { EVERY_ADDRESS, peerTransport } from './network/peer-transport.ts';
import { eraseFile } from './storage/profile-files/erase-file.ts';
import { removeStaleLock } from './storage/profile-store.ts';

/** After locking, until replies are sent and sockets have ended: then nothing holds on to what they carried. */
const SETTLED_MS = 2_000;

export interface LoomOptions {
  readonly profile: string;
  /** The profile's own folder; exists, 0700. */
  readonly folder: string;
  /** Of the page. Null: the last one, else 7467, else any. */
  readonly port: number | null;
  /** Null: every address of this machine. */
  readonly peerHost: string | null;
  readonly peerPort: number;
  readonly discovery: DiscoveryBackend | 'off';
  readonly adapters: AdapterChoice;
  readonly crypto: 'portable' | undefined;
  readonly staticFolder: string;
  /** Prints a fresh address of the page. */
  readonly urlCommand: string;
  /** Left out: there is no desktop. */
  readonly launcher?: Launcher;
  readonly version: string;
  readonly onBug: (error: unknown) => void;
  readonly onStopRequested: () => void;
}

export interface Loom {
  readonly httpPort: number;
  readonly peerPort: number;
  readonly state: ProfileState;
  /** A fresh address of the page for a person. */
  pageUrl(): string;
  /** One for the browser that we open ourselves. */
  launch(): Launching;
  stop(): Promise<void>;
}

/** The page being opened in the browser, as `Launch`. */
export interface Launching extends Pick<Launch, 'arrived' | 'settled'> {
  readonly url: string;
}

/** Another process runs this profile. */
export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning';
}

/**
 * @throws AlreadyRunning; StorageError when the profile's files cannot be used; Error EADDRINUSE, EACCES … when a port
 * that was asked for cannot be had.
 */
export async function startLoom(options: LoomOptions): Promise<Loom> {
  const { folder, onBug } = options;
  const door = deferred<HttpServer>();
  const profile = makeProfile(options);
  const ready = deferred<Dispatcher>();
  const control = await listenControl(folder, ready.promise);
  if (!control) throw new AlreadyRunning(`the profile ${options.profile} is running`);
  const sessions = new SessionFile({ folder, clock: systemClock, erase: eraseFile });
  const access = new Access(systemClock, sessions);
  const dispatcher = new Dispatcher({
    application: profile,
    access,
    url: async (lifetime, code) => {
      const { port } = await door.promise;
      return lifetime === 'opened' ? landingUrl(port, code) : pageUrl(port, code);
    },
    stop: () => options.onStopRequested(),
    ...(options.launcher && { launcher: options.launcher }),
    onBug,
  });
  let http: HttpServer | null = null;
  const stop = async (): Promise<void> => {
    await http?.stop();
    sessions.stop();
    await profile.stop();
    await control.stop();
  };
  try {
    removeStaleLock(folder);
    await profile.start();
    access.restore(profile.state === 'locked');
    http = await openDoor(options, { access, dispatcher, application: profile });
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

function makeProfile(options: LoomOptions): Profile {
  const { profile, folder, version, discovery, crypto, peerHost, peerPort } = options;
  const primitives = choosePrimitives(crypto);
  const adapters = new ChosenAdapters(options.adapters);
  const interfaces = adapters.list;
  const readable = (): boolean => adapters.readable;
  const random = (length: number): Uint8Array => primitives.random(length);
  return new Profile({
    name: profile,
    folder,
    keep: isControlName,
    version,
    primitives,
    random,
    clock: systemClock,
    transport: peerTransport(folder, adapters),
    peerHost: peerHost ?? EVERY_ADDRESS,
    peerPort,
    discovery: makeDiscovery(discovery, { primitives, clock: systemClock, random, interfaces, readable }),
    interfaces,
    addresses: () => currentAddresses(interfaces()),
    network: () => networkName(interfaces()),
    onLocked: () => systemClock.after(SETTLED_MS, () => runInBackground(collectGarbage())),
  });
}

function makeDiscovery(backend: LoomOptions['discovery'], options: MdnsOptions): Discovery {
  switch (backend) {
    case 'builtin':
      return new MdnsDiscovery(options);
    case 'system':
      return new SystemDiscovery(options);
    case 'off':
      return new SilentDiscovery(options.readable);
  }
}

async function openDoor(
  options: LoomOptions,
  inside: Pick<ListenOptions, 'access' | 'dispatcher' | 'application'>,
): Promise<HttpServer> {
  const { folder, port, staticFolder, urlCommand, onBug } = options;
  const preferredPort = readLastPort(folder, 'page');
  return startHttp({
    ...inside,
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
    pageUrl: () => pageUrl(http.port, access.mintCode('printed')),
    launch: () => {
      const { code, arrived, settled } = new Launch(access);
      return { url: landingUrl(http.port, code), arrived, settled };
    },
    stop,
  };
}
