import { daemonCommand } from '../../command.ts';
import { CommandFailure } from '../../exit.ts';
import { jsonLine } from '../../terminal/printable.ts';
import { Secrets } from '../../terminal/secrets.ts';

const WORDS_A_LINE = 4;
const COLUMN = 14;

export const phraseCommand = daemonCommand({
  name: 'phrase',
  usage: '',
  summary: 'shows the 24 words that bring your identity back; asks for the passphrase or reads it from stdin',
  words: [0, 0],
  options: {},
  async run({ json, terminal }, daemon) {
    // Into a file or a pipe only when that is what was asked for.
    if (!json && !terminal.isScreen) {
      throw new CommandFailure('failed', 'The recovery phrase is shown on a terminal only, or with --json.');
    }
    const identity = await daemon.request('identity.get', {});
    const secrets = new Secrets(terminal);
    const passphrase = identity?.passphraseSet === true ? await secrets.ask('Passphrase') : '';
    await secrets.end();
    const { words } = await daemon.request('phrase.show', { passphrase });
    if (json) terminal.print(jsonLine({ words }));
    else for (const line of table(words)) terminal.print(line);
  },
});

function table(words: readonly string[]): readonly string[] {
  const cells = words.map((word, index) => `${String(index + 1).padStart(2)} ${word}`.padEnd(COLUMN));
  return cells.flatMap((_, index) => {
    const line = cells
      .slice(index, index + WORDS_A_LINE)
      .join('')
      .trimEnd();
    return index % WORDS_A_LINE === 0 ? [line] : [];
  });
}
