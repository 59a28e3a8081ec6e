import type { Status } from '../../contract/model.ts';
import { daemonCommand } from '../command.ts';
import { isoTime } from '../terminal/iso-time.ts';
import { jsonLine } from '../terminal/printable.ts';

export const statusCommand = daemonCommand({
  name: 'status',
  usage: '',
  summary: 'the state of the running Loom',
  words: [0, 0],
  options: {},
  async run({ json, terminal }, daemon) {
    const status = await daemon.request('status.get', {});
    if (json) terminal.print(jsonLine(status));
    else for (const line of describe(status)) terminal.print(line);
  },
});

const states = { new: 'no identity yet', locked: 'locked', ready: 'ready' } as const;

function describe(status: Status): readonly string[] {
  const { network } = status;
  const discovery = network?.discovery;
  return [
    `State      ${states[status.state]}`,
    `Profile    ${status.profile} in ${status.dataDir}`,
    `Process    ${status.pid}, version ${status.version}`,
    `Crypto     ${status.crypto}, post-quantum ${status.kem}`,
    `Storage    ${status.storage}`,
    `Unsent     ${status.queued}`,
    `Backup     ${verified(status.verifiedBackup)}`,
    ...(status.resealing === null ? [] : [resealing(status.resealing)]),
    ...(network === null
      ? []
      : [
          `Peer port  ${network.peerPort}, ${network.links.length} linked`,
          `Discovery  ${discovery?.status ?? 'off'}${discovery?.reason ? `: ${discovery.reason}` : ''}`,
        ]),
  ];
}

function resealing(percent: number): string {
  return `Keys       being replaced, ${percent} % done; until then a copy of an old key file opens the rest`;
}

function verified(at: number | null): string {
  return at === null ? 'none verified' : `verified, of ${isoTime(at)}`;
}
