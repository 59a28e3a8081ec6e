// Where a command reads and writes. Answers go to stdout, words for the person to stderr.
import type { ReadStream } from 'node:tty';
import { CommandFailure } from '../exit.ts';
import { LineEditor } from './line-editor.ts';

export interface Terminal {
  /** One line on stdout. */
  readonly print: (line: string) => void;
  /** One line on stderr. */
  readonly tell: (line: string) => void;
  /** Stdout is a screen, read by a person. */
  readonly isScreen: boolean;
  /** Resolves when stdout has no reader any more. */
  readonly readerGone: Promise<void>;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
}

/** The real one. */
export const processTerminal: Terminal = {
  print: (line) => void process.stdout.write(`${line}\n`),
  tell: (line) => void process.stderr.write(`${line}\n`),
  readerGone: new Promise((resolve) => {
    // The reader of our output may go first, as `loom-web watch | head` does; that is no failure.
    process.stdout.on('error', () => resolve());
    process.stderr.on('error', () => undefined);
  }),
  get isScreen() {
    return process.stdout.isTTY;
  },
  get stdin() {
    return process.stdin;
  },
};

/** Everything until the end, as UTF-8. @throws CommandFailure past `limit` bytes or on bytes that are no text. */
export async function readText(stream: NodeJS.ReadableStream, limit: number): Promise<string> {
  return decodeStart(await readBytes(stream, limit, () => false));
}

/** The first line, as UTF-8; does not wait for more. @throws CommandFailure as above. */
export async function readLine(stream: NodeJS.ReadableStream, limit: number): Promise<string> {
  const text = decodeStart(await readBytes(stream, limit, (bytes) => bytes.includes(0x0a)));
  return text.split(/\r?\n/, 1)[0] ?? '';
}

async function readBytes(
  stream: NodeJS.ReadableStream,
  limit: number,
  isLast: (chunk: Uint8Array) => boolean,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > limit) throw new CommandFailure('failed', `That is more than ${limit} bytes.`);
    chunks.push(bytes);
    if (isLast(bytes)) break;
  }
  return Buffer.concat(chunks);
}

/** The beginning of an input: editors put a byte order mark there, which is none of the text. @throws CommandFailure */
export function decodeStart(bytes: Uint8Array): string {
  return decodeText(bytes).replace(/^\ufeff/, '');
}

/** @throws CommandFailure on bytes that are no UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CommandFailure('failed', 'That is not UTF-8 text.');
  }
}

/**
 * Asks on stderr and reads one line from the terminal without showing it.
 * @param editor holds what was typed or pasted behind an earlier line. @throws CommandFailure on Ctrl-C or Ctrl-D.
 */
export async function askHidden(prompt: string, input: ReadStream, editor = new LineEditor()): Promise<string> {
  process.stderr.write(prompt);
  input.setRawMode(true);
  try {
    return await hiddenLine(input, editor);
  } finally {
    input.setRawMode(false);
    input.pause();
    process.stderr.write('\n');
  }
}

async function hiddenLine(input: ReadStream, editor: LineEditor): Promise<string> {
  const pasted = editor.next();
  if (pasted?.kind === 'line') return pasted.text;
  input.setEncoding('utf8');
  if (pasted === null) {
    for await (const chunk of input.iterator({ destroyOnReturn: false })) {
      editor.feed(String(chunk));
      const typed = editor.next();
      if (typed?.kind === 'line') return typed.text;
      if (typed?.kind === 'stopped') break;
    }
  }
  throw new CommandFailure('failed', 'Stopped.');
}
