import { hostname } from 'node:os';
import type { Loom, LoomOptions } from '../../../loom.ts';
import { serveOptions } from '../../../options.ts';
import type { ServeOptions } from '../../../options.ts';
import { StorageError } from '../../../storage/errors.ts';
import { version } from '../../../version.ts';
import { endWithParent, runWithSwitch } from '../../address-space.ts';
import { alreadyRunning, banner, NOTHING_CAME, readyLine } from '../../terminal/banner.ts';
import type { Unopened } from '../../terminal/banner.ts';
import { command } from '../../command.ts';
import type { Call } from '../../command.ts';
import { prepareFolder, untilAnswered } from '../../data-dir.ts';
import { CommandFailure, exitCodes } from '../../exit.ts';
import { endByBug, endOnBugs, Lifetime } from '../../process-lifecycle.ts';
import { thisDesktop, whyNotOpen } from '../../browser/open-browser.ts';
import { NO_BROWSER, openPage } from '../../browser/open-page.ts';
import { removeRedirect } from '../../browser/redirect-place.ts';
import { storageSentences } from '../../terminal/error-sentences.ts';
import { STATIC_FOLDER } from '../../static-folder.ts';
import { thisLauncher } from '../../launcher/this-launcher.ts';
import { withSmallHeap } from '../../startup-memory.ts';
import { surroundings } from '../../environment.ts';
import { ownCommand } from '../../own-command.ts';

export const serveCommand = command({
  name: 'serve',
  usage: '',
  summary: 'runs Loom and opens the page',
  words: [0, 0],
  options: {
    port: { value: 'N', help: 'port of the page, on 127.0.0.1 (LOOM_PORT; 0 any; else 7467 if it is free)' },
    'peer-port': { value: 'N', help: 'port for other people’s Looms (LOOM_PEER_PORT; else any)' },
    'peer-host': { value: 'ADDR', help: 'listen for them on this IP address alone' },
    adapters: { value: 'NAMES', help: 'use these network adapters alone, like wlan0,eth* (LOOM_ADAPTERS)' },
    'not-adapters': { value: 'NAMES', help: 'use all but these, like docker*,tun0 (LOOM_NOT_ADAPTERS)' },
    'no-open': { help: 'do not open the browser' },
    discovery: {
      value: 'WHO',
      help: 'builtin, or system: contacts are found by avahi-daemon or Bonjour (LOOM_DISCOVERY; needs the package mdns)',
    },
    'no-discovery': { help: 'do not look for contacts on the network, and do not be found' },
  },
  async run(call) {
    const { values, place, terminal } = call;
    const options = serveOptions(
      {
        port: values.port,
        peerPort: values['peer-port'],
        peerHost: values['peer-host'],
        adapters: values.adapters,
        notAdapters: values['not-adapters'],
        discovery: values.discovery,
      },
      surroundings,
    );
    const elsewhere = await runWithSwitch();
    if (elsewhere !== null) return elsewhere;
    endOnBugs();
    await untilAnswered(place, () => terminal.tell(`The data folder ${place.folder} doesn’t answer yet.`));
    for (const warning of prepareFolder(place)) terminal.tell(`warning: ${warning}`);
    if (process.getuid?.() === 0) terminal.tell('warning: Loom runs as root; an ordinary user is enough for it.');
    const lifetime = new Lifetime();
    endWithParent(() => lifetime.requestStop());
    const loom = await withSmallHeap(() => start(call, options, values['no-discovery'] === true, lifetime));
    if (loom === null) {
      await showRunning(call);
      return exitCodes.done;
    }
    if (!lifetime.stopping) announce(call, loom, values['no-open'] === true);
    await lifetime.stopRequested;
    await loom.stop();
    return exitCodes.done;
  },
});

/** @returns null when the profile is live already. */
async function start(
  { place }: Pick<Call, 'place'>,
  options: ServeOptions,
  silent: boolean,
  lifetime: Lifetime,
): Promise<Loom | null> {
  // Loaded late: every other command comes without the daemon.
  const { AlreadyRunning, startLoom } = await import('../../../loom.ts');
  const loomOptions: LoomOptions = {
    ...options,
    profile: place.profile,
    folder: place.folder,
    discovery: silent ? 'off' : options.discovery,
    crypto: process.env.LOOM_CRYPTO === 'portable' ? 'portable' : undefined,
    staticFolder: STATIC_FOLDER,
    urlCommand: ownCommand(['url'], place, surroundings),
    // Where there is no screen, a launcher is of no use to anybody.
    ...(whyNotOpen({ ...thisDesktop(), container: false }) === null && { launcher: thisLauncher(place) }),
    version,
    onBug: endByBug,
    onStopRequested: () => lifetime.requestStop(),
  };
  try {
    return await startLoom(loomOptions);
  } catch (error) {
    if (error instanceof AlreadyRunning) return null;
    throw explained(error, options);
  }
}

function announce(
  { json, place, terminal }: Pick<Call, 'json' | 'place' | 'terminal'>,
  loom: Loom,
  asked: boolean,
): void {
  const { httpPort, peerPort } = loom;
  const url = loom.pageUrl();
  const running = { profile: place.profile, url, httpPort, peerPort, pid: process.pid };
  const unopened: Unopened | null = asked ? 'asked not to' : whyNotOpen(thisDesktop());
  if (json) terminal.print(readyLine(running));
  else {
    const again = ownCommand(['url'], place, surroundings);
    for (const line of banner(running, unopened, hostname(), again)) terminal.print(line);
  }
  removeRedirect(place.folder);
  if (unopened !== null) return;
  void openPage(place, loom.launch()).then((opened) => {
    if (opened !== 'opened') terminal.tell(opened === 'no browser' ? NO_BROWSER : NOTHING_CAME);
  });
}

/** A second start shows the way to the first. */
async function showRunning({ json, place, terminal }: Pick<Call, 'json' | 'place' | 'terminal'>): Promise<void> {
  const { reachDaemon } = await import('../../daemon.ts');
  const daemon = await reachDaemon(place);
  try {
    const url = await daemon.url();
    const { pid, peerPort } = await daemon.request('status.get', {});
    const running = { profile: place.profile, url, pid, peerPort };
    if (json) terminal.print(readyLine(running));
    else for (const line of alreadyRunning(running)) terminal.print(line);
  } finally {
    daemon.close();
  }
}

/** What a person can mend gets its sentence; everything else stays a bug. */
function explained(error: unknown, options: ServeOptions): unknown {
  const code = codeOf(error instanceof StorageError ? error.cause : error);
  if (code === 'EADDRINUSE') {
    const ports = [options.port, options.peerPort].filter((port) => port !== null && port !== 0);
    return new CommandFailure('failed', `Port ${ports.join(' or ')} is in use by another program.`);
  }
  if (code === 'EADDRNOTAVAIL')
    return new CommandFailure('failed', `This computer has no address ${options.peerHost}.`);
  if (isLackOfSockets(error)) {
    return new CommandFailure(
      'failed',
      'The file system of the data folder has no sockets or no hard links. Choose another place with --data-dir.',
    );
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new CommandFailure('notAllowed', 'No permission to use the data folder or the port.');
  }
  if (code === 'EMFILE' || code === 'ENFILE') {
    return new CommandFailure(
      'failed',
      'Too few files may be open here at once (ulimit -n); Loom needs some hundreds.',
    );
  }
  if (code === 'ENOSPC') return new CommandFailure('failed', 'The disk is full.');
  if (error instanceof StorageError) return new CommandFailure('failed', storageSentences[error.code]);
  if (code === 'EIO') return new CommandFailure('failed', storageSentences['write-failed']);
  return error;
}

/** A memory stick or a share cannot hold the control socket, or give it its name. */
function isLackOfSockets(error: unknown): boolean {
  const codes: unknown[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];
  if (!(error instanceof Error) || !('syscall' in error) || !codes.includes(codeOf(error))) return false;
  const onPath = 'address' in error && String(error.address).includes('control');
  return error.syscall === 'link' || (error.syscall === 'listen' && onPath);
}

/** Of a failed system call; null for any other error. */
function codeOf(error: unknown): unknown {
  return error instanceof Error && 'syscall' in error && 'code' in error ? error.code : null;
}
