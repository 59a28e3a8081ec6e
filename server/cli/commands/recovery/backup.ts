import type { Backup, BackupStatus } from '../../../contract/model.ts';
import { typedPath, UsageError, wholeNumber } from '../../../options.ts';
import { BACKUPS_KEPT } from '../../../contract/limits.ts';
import { daemonCommand, type Call } from '../../command.ts';
import type { Daemon } from '../../daemon.ts';
import { localTime } from '../../terminal/local-time.ts';
import { jsonLine, printable } from '../../terminal/printable.ts';
import { withProgress } from '../../terminal/progress.ts';
import { Secrets } from '../../terminal/secrets.ts';
import { surroundings } from '../../environment.ts';

const KEEP_DEFAULT = '7';

const actions = ['create', 'verify', 'status', 'schedule', 'unschedule'] as const;
type Action = (typeof actions)[number];

/** Those that take a file or a folder. */
const placed: readonly Action[] = ['create', 'verify', 'schedule'];

// Passphrases come from the terminal or, one a line, from stdin: the backup's first, the profile's after it, if it has one.
export const backupCommand = daemonCommand({
  name: 'backup',
  usage: 'create FILE | verify FILE | schedule FOLDER [--keep N] | unschedule | status',
  summary:
    'makes, verifies and schedules backups: everything in one encrypted file; asks for passphrases or reads them from stdin, one a line',
  words: [1, 2],
  options: { keep: { value: 'N', help: `how many of the daily backups to keep (${KEEP_DEFAULT})` } },
  check({ words, values }) {
    const action = actionOf(words);
    const takes = placed.includes(action);
    if (takes !== (words[1] !== undefined))
      throw new UsageError(`backup ${action} ${takes ? 'needs a path' : 'takes nothing more'}`);
    if (values.keep !== undefined) {
      if (action !== 'schedule') throw new UsageError('--keep goes with schedule');
      keepOf(values.keep);
    }
  },
  async run(call, daemon) {
    const secrets = new Secrets(call.terminal);
    try {
      await run(call, daemon, secrets, keepOf(call.values.keep));
    } finally {
      await secrets.end();
    }
  },
});

async function run(call: Call, daemon: Daemon, secrets: Secrets, keep: number): Promise<void> {
  const { words, json, terminal } = call;
  const path = typedPath(words[1] ?? '', surroundings);
  const show = (backup: Backup): void =>
    terminal.print(json ? jsonLine(backup) : `${printable(backup.file)}: ${describe(backup)}`);
  const tell = (status: BackupStatus): void => {
    for (const line of json ? [jsonLine(status)] : statusLines(status)) terminal.print(line);
  };
  switch (actionOf(words)) {
    case 'create': {
      const asked = await askBoth(daemon, secrets);
      show(await withProgress(call, daemon, () => daemon.request('backup.create', { file: path, ...asked })));
      break;
    }
    case 'verify': {
      const passphrase = await secrets.ask('Passphrase of the backup');
      show(await withProgress(call, daemon, () => daemon.request('backup.verify', { file: path, passphrase })));
      break;
    }
    case 'schedule': {
      const asked = await askBoth(daemon, secrets);
      tell(await withProgress(call, daemon, () => daemon.request('backup.schedule', { folder: path, keep, ...asked })));
      break;
    }
    case 'unschedule':
      tell(await daemon.request('backup.unschedule', {}));
      break;
    case 'status':
      tell(await daemon.request('backup.status', {}));
  }
}

async function askBoth(daemon: Daemon, secrets: Secrets): Promise<{ passphrase: string; current: string }> {
  const identity = await daemon.request('identity.get', {});
  const passphrase = await secrets.choose('New passphrase for the backup');
  const current = identity?.passphraseSet === true ? await secrets.ask('Passphrase of this profile') : '';
  return { passphrase, current };
}

function actionOf(words: readonly string[]): Action {
  const action = actions.find((known) => known === words[0]);
  if (!action) throw new UsageError(`backup does one of: ${actions.join(', ')}`);
  return action;
}

function keepOf(text: string = KEEP_DEFAULT): number {
  return wholeNumber('--keep', text, 1, BACKUPS_KEPT);
}

function describe({ contacts, messages, damaged, tooLarge, bytes, madeAt }: Backup): string {
  const unreadable = damaged === 0 ? '' : `, ${damaged} unreadable ones left out`;
  const lost = tooLarge === 0 ? unreadable : `${unreadable}, ${tooLarge} too large ones left out`;
  return `${contacts} contacts, ${messages} messages${lost}, ${bytes} bytes, made ${localTime(madeAt)}`;
}

function statusLines({ phraseCheckedAt, schedule, last, verified, failure }: BackupStatus): readonly string[] {
  return [
    `Phrase     ${phraseCheckedAt === null ? 'not yet checked' : `checked ${localTime(phraseCheckedAt)}`}`,
    `Schedule   ${schedule === null ? 'none' : `daily to ${printable(schedule.folder)}, the newest ${schedule.keep} kept`}`,
    `Last       ${last === null ? 'none' : `${printable(last.file)}: ${describe(last)}`}`,
    `Verified   ${verified === null ? 'none' : `${printable(verified.file)}: ${describe(verified)}`}`,
    ...(failure === null ? [] : [`Failed     ${localTime(failure.at)}: ${failure.code}`]),
  ];
}
