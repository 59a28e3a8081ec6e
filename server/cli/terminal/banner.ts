// What a person sees in the terminal when Loom has started, and the line that scripts read instead.
import { LANDING_PATH } from '../../http/guard.ts';
import { jsonLine } from './printable.ts';

export interface Running {
  readonly profile: string;
  readonly url: string;
  readonly peerPort: number;
  readonly pid: number;
}

/** Why no browser opens by itself; null: one does. */
export type Unopened = 'asked not to' | 'no display' | 'over SSH' | 'in a container';

/** The address of a page with a code in its fragment, which browsers never send. */
export function pageUrl(httpPort: number, code: string): string {
  return `http://127.0.0.1:${httpPort}/#code=${code}`;
}

/** The address for the file that we open in the browser; see http/landing.ts. */
export function landingUrl(httpPort: number, code: string): string {
  return `http://127.0.0.1:${httpPort}${LANDING_PATH}#launch=${code}`;
}

/** The first line of `serve --json`. */
export function readyLine({ profile, url, peerPort, pid }: Running): string {
  return jsonLine({ event: 'ready', profile, url, peerPort, pid });
}

/** Lines for people. */
export function banner(
  running: Running & { readonly httpPort: number },
  unopened: Unopened | null,
  host: string,
): readonly string[] {
  const lines = [
    'Loom is running.',
    '',
    `  Open       ${running.url}`,
    '             (works once, within ten minutes; “loom-web url” prints another)',
    `  Profile    ${running.profile}`,
    `  Peer port  ${running.peerPort}`,
    '  Stop       Ctrl-C',
    '',
  ];
  if (unopened === null)
    return [...lines, 'Your browser opens by itself. If nothing opens, or it shows an error, use the address above.'];
  return [...lines, ...tunnel(running.httpPort, host)];
}

/** For a profile that was running before. */
export function alreadyRunning(running: Running): readonly string[] {
  return [`Loom is already running, as process ${running.pid}.`, '', `  Open       ${running.url}`];
}

function tunnel(port: number, host: string): readonly string[] {
  return [
    'From another computer, run this there and then open the address above:',
    '',
    `  ssh -L ${port}:127.0.0.1:${port} ${host}`,
  ];
}
