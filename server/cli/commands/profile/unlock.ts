import { readSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { ReadStream } from 'node:tty';
import { wholeNumber } from '../../../options.ts';
import { daemonCommand } from '../../command.ts';
import { CommandFailure } from '../../exit.ts';
import { LINE_BYTES } from '../../terminal/secrets.ts';
import { askHidden, decodeStart, readLine } from '../../terminal/terminal.ts';

const LOOK_EVERY_MS = 10;

// Neither an option nor a variable takes the passphrase itself: other users of the machine can read both.
export const unlockCommand = daemonCommand({
  name: 'unlock',
  usage: '[--passphrase-fd N]',
  summary: 'unlocks the profile; asks for the passphrase or reads it from stdin',
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
  return readLine(stdin, LINE_BYTES);
}

/** Byte by byte and not as a stream: what comes after the line stays unread, and the other end may stay open. */
async function fromDescriptor(fd: number): Promise<string> {
  const bytes: number[] = [];
  for (;;) {
    const byte = await readByte(fd);
    if (byte === null || byte === 0x0a) break;
    bytes.push(byte);
    if (bytes.length > LINE_BYTES) throw new CommandFailure('failed', 'That is too long for a passphrase.');
  }
  return decodeStart(Uint8Array.from(bytes)).replace(/\r$/, '');
}

/** @returns null at the end. */
async function readByte(fd: number): Promise<number | null> {
  const byte = new Uint8Array(1);
  for (;;) {
    try {
      return readSync(fd, byte) === 0 ? null : (byte[0] ?? null);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (code === 'EOF') return null;
      if (code !== 'EAGAIN') throw new CommandFailure('failed', `File descriptor ${fd} can’t be read.`);
      // A pipe that does not wait by itself.
      await wait(LOOK_EVERY_MS);
    }
  }
}
