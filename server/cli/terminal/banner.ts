// What a person sees in the terminal when Loom has started, and the line that scripts read instead.
import { jsonLine } from './printable.ts';

export interface Running {
  readonly profile: string;
  readonly url: string;
  readonly peerPort: number;
  readonly pid: number;
}

/** Why no browser opens by itself; null: one does. */
export type Unopened = 'asked not to' | 'no display' | 'over SSH' | 'in a container';

/** The first line of `serve --json`. */
export function readyLine({ profile, url, peerPort, pid }: Running): string {
  return jsonLine({ event: 'ready', profile, url, peerPort, pid });
}

/** Lines for people. @param again the command that prints another address. */
export function banner(
  running: Running & { readonly httpPort: number },
  unopened: Unopened | null,
  host: string,
  again: string,
): readonly string[] {
  const lines = [
    'Loom is running.',
    '',
    `  Open       ${running.url}`,
    '             (works once, within ten minutes; for another, run:',
    `             ${again})`,
    `  Profile    ${running.profile}`,
    `  Peer port  ${running.peerPort}`,
    '  Stop       Ctrl-C',
    '',
  ];
  if (unopened === null) return [...lines, 'Your browser opens by itself.'];
  return [...lines, ...tunnel(running.httpPort, host)];
}

/** For a profile that was running before. */
export function alreadyRunning(running: Running): readonly string[] {
  return [`Loom is already running, as process ${running.pid}.`, '', `  Open       ${running.url}`];
}

/** When no page came in the time that a browser needs. */
export const NOTHING_CAME =
  'No page has opened yet. If your browser shows an error, or nothing: copy the address above into it.';

function tunnel(port: number, host: string): readonly string[] {
  return [
    'From another computer, run this there and then open the address above:',
    '',
    `  ssh -L ${port}:127.0.0.1:${port} ${host}`,
  ];
}
