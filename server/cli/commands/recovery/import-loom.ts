import { basename } from 'node:path';
import type { ImportPreview, ImportSkip } from '../../../contract/model.ts';
import { typedPath, UsageError } from '../../../options.ts';
import { daemonCommand } from '../../command.ts';
import { jsonLine, printable } from '../../terminal/printable.ts';
import { withProgress } from '../../terminal/progress.ts';
import { Secrets } from '../../terminal/secrets.ts';
import { surroundings } from '../../environment.ts';

const skips: Readonly<Record<ImportSkip, string>> = {
  'contact-keys': 'contacts with damaged keys',
  'contact-twice': 'duplicate contacts',
  'contact-self': 'yourself as a contact',
  'message-nobody': 'messages that belong to no contact',
  'message-unreadable': 'messages without readable text',
  'message-too-large': 'messages over 256 KiB',
};

// The passphrase comes from the terminal or from the first line of stdin; the dry run asks for none.
export const importLoomCommand = daemonCommand({
  name: 'import-loom',
  usage: 'PATH [--dry-run] [--name NAME]',
  summary: 'imports identity, contacts and messages of the original Loom into a new profile; its database is only read',
  words: [1, 1],
  options: {
    'dry-run': { help: 'show what would be imported, and change nothing' },
    name: {
      value: 'NAME',
      help: 'your name, which the original does not know; if left out, that of its database or of the profile',
    },
  },
  check({ words, values }) {
    if (words[0] === '') throw new UsageError('import-loom needs the path of a database');
    if (values.name !== undefined && values['dry-run']) throw new UsageError('--name goes without --dry-run');
  },
  async run(call, daemon) {
    const { words, values, json, terminal, place } = call;
    const file = typedPath(words[0] ?? '', surroundings);
    if (values['dry-run']) {
      const preview = await withProgress(call, daemon, () => daemon.request('import.inspect', { file }));
      for (const line of json ? [jsonLine(preview)] : previewLines(preview)) terminal.print(line);
      return;
    }
    const name = values.name ?? nameIn(file) ?? place.profile;
    const secrets = new Secrets(terminal);
    try {
      const passphrase = await secrets.choose('New passphrase for this profile (empty for none)');
      const identity = await withProgress(call, daemon, () => daemon.request('import.run', { file, name, passphrase }));
      if (json) terminal.print(jsonLine(identity));
      else terminal.tell(`Imported. Your contacts see you as “${printable(identity.name)}”.`);
    } finally {
      await secrets.end();
    }
  },
});

/** The original names the database of a further profile after it. */
function nameIn(file: string): string | undefined {
  return /^loom_(.+)\.db$/.exec(basename(file))?.[1];
}

function previewLines({ token, contacts, messages, skipped }: ImportPreview): readonly string[] {
  return [
    `Token      ${token}`,
    `Contacts   ${contacts.length}`,
    ...contacts.map(({ name, messages: theirs }) => `  ${printable(name)}: ${theirs} messages`),
    `Messages   ${messages}`,
    ...(skipped.length === 0 ? [] : ['Left out:']),
    ...skipped.map(({ reason, count }) => `  ${count} ${skips[reason]}`),
  ];
}
