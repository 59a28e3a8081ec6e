import { changedFilesSentence, whatToCheck } from '../../../contract/words/changed-files.ts';
import type { Status } from '../../../contract/model.ts';
import { daemonCommand } from '../../command.ts';
import { localTime } from '../../terminal/local-time.ts';
import { jsonLine } from '../../terminal/printable.ts';

export const statusCommand = daemonCommand({
  name: 'status',
  usage: '',
  summary: 'the state of the running Loom',
  words: [0, 0],
  options: { checked: { help: 'you have checked what was changed while Loom was closed: it’s not said again' } },
  async run({ values, json, terminal }, daemon) {
    if (values.checked) await daemon.request('vault.checked', {});
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
    ...(status.changedWhileClosed.length === 0 ? [] : filesChanged(status.changedWhileClosed)),
    ...(network === null
      ? []
      : [
          `Peer port  ${network.peerPort}, ${network.links.length} linked`,
          `Discovery  ${discovery?.status ?? 'off'}${discovery?.reason ? `: ${discovery.reason}` : ''}`,
        ]),
  ];
}

function filesChanged(parts: Status['changedWhileClosed']): readonly string[] {
  return [
    `Files      ${changedFilesSentence}`,
    `           ${whatToCheck(parts)}`,
    '           Then: loom-web status --checked',
  ];
}

function resealing(percent: number): string {
  return `Keys       being replaced, ${percent} % done; until then a copy of an old key file opens the rest`;
}

function verified(at: number | null): string {
  return at === null ? 'none verified' : `verified, of ${localTime(at)}`;
}
