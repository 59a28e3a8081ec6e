// Asks before what cannot be undone: a person types yes, a script says so with an option.
import { ReadStream } from 'node:tty';
import { createInterface } from 'node:readline/promises';
import { UsageError } from '../../options.ts';
import { CommandFailure } from '../exit.ts';
import type { Terminal } from './terminal.ts';

/** The option that every such command has. */
export const yesOption = { yes: { help: 'don’t ask first' } } as const;

/**
 * @param yes the option was given. @param question without its question mark.
 * @throws UsageError when nobody can be asked, CommandFailure when the answer is another.
 */
export async function confirm(terminal: Terminal, yes: true | undefined, question: string): Promise<void> {
  if (yes === true) return;
  if (!(terminal.stdin instanceof ReadStream)) throw new UsageError(`${question}? Say so with --yes`);
  const lines = createInterface({ input: terminal.stdin, output: process.stderr });
  try {
    const answer = await lines.question(`${question}? Type yes: `);
    if (answer.trim().toLowerCase() !== 'yes') throw new CommandFailure('failed', 'Nothing was changed.');
  } finally {
    lines.close();
  }
}
