import { typedPath, UsageError } from '../../../options.ts';
import { daemonCommand } from '../../command.ts';
import { jsonLine } from '../../terminal/printable.ts';
import { withProgress } from '../../terminal/progress.ts';
import { Secrets } from '../../terminal/secrets.ts';
import { surroundings } from '../../environment.ts';

// Words and passphrases come from the terminal or, one a line, from stdin, in the order in which they are asked for.
export const restoreCommand = daemonCommand({
  name: 'restore',
  usage: 'FILE | --phrase --name NAME',
  summary: 'restores everything from a backup, or the identity from its recovery phrase, into a new profile',
  words: [0, 1],
  options: {
    phrase: { help: 'restore from the 24 words, asked for or read from stdin, on one line or several' },
    name: { value: 'NAME', help: 'your name, with --phrase: the words do not include it' },
  },
  check({ words, values: { phrase, name } }) {
    if ((words.length === 0) === (phrase === undefined)) throw new UsageError('restore needs a FILE or --phrase');
    if ((name === undefined) !== (phrase === undefined)) throw new UsageError('--name goes with --phrase');
  },
  async run(call, daemon) {
    const { words, values, json, terminal } = call;
    const secrets = new Secrets(terminal);
    try {
      const [file] = words;
      const known = await (file === undefined
        ? secrets.askPhrase('Recovery phrase')
        : secrets.ask('Passphrase of the backup'));
      const passphrase = await secrets.choose('New passphrase for this profile (empty for none)');
      const identity = await withProgress(call, daemon, () =>
        file === undefined
          ? daemon.request('identity.restore', { phrase: known, name: values.name ?? '', passphrase })
          : daemon.request('backup.restore', { file: typedPath(file, surroundings), opens: known, passphrase }),
      );
      if (json) terminal.print(jsonLine(identity));
      else terminal.tell('Restored.');
    } finally {
      await secrets.end();
    }
  },
});
