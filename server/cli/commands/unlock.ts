import { createReadStream } from 'node:fs';
import { ReadStream } from 'node:tty';
import { PASSPHRASE_LENGTH } from '../../contract/limits.ts';
import { wholeNumber } from '../../options.ts';
import { daemonCommand } from '../command.ts';
import { CommandFailure } from '../exit.ts';
import { askHidden, readLine } from '../terminal.ts';

/** UTF-8 takes at most 3 bytes for each UTF-16 code unit; and a line end. */
const PASSPHRASE_BYTES = 3 * PASSPHRASE_LENGTH + 2;

// Neither an option nor a variable takes the passphrase itself: other users of the machine can read both.
export const unlockCommand = daemonCommand({
  name: 'unlock',
  usage: '[--passphrase-fd N]',
  summary: 'opens a locked profile; asks for the passphrase or reads it from stdin',
  words: [0, 0],
  options: { 'passphrase-fd': { value: 'N', help: 'read the passphrase from this file descriptor' } },
  check({ values }) {
    if (values['passphrase-fd'] !== undefined) descriptor(values['passphrase-fd']);
  },
  async run({ values, json, terminal }, daemon) {
    const fd = values['passphrase-fd'];
    const passphrase = fd === undefined ? await fromStdin(terminal.stdin) : await fromDescriptor(descriptor(fd));
    await daemon.request('vault.unlock', { passphrase });
    if (!json) terminal.tell('Unlocked.');
  },
});

function descriptor(text: string): number {
  return wholeNumber('--passphrase-fd', text, 0, 1023);
}

async function fromStdin(stdin: NodeJS.ReadableStream): Promise<string> {
  if (stdin instanceof ReadStream) return askHidden('Passphrase: ', stdin);
  return readLine(stdin, PASSPHRASE_BYTES);
}

async function fromDescriptor(fd: number): Promise<string> {
  try {
    return await readLine(createReadStream('', { fd }), PASSPHRASE_BYTES);
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure('failed', `File descriptor ${fd} cannot be read.`);
  }
}
