// A text to be sent or kept, from what stands before the command: a pipe, or a person who types.
import { MESSAGE_BYTES } from '../../contract/limits.ts';
import { readText, type Terminal } from './terminal.ts';

/** A byte order mark before the text, and a line end behind it. */
const EDGES = 5;

export async function typedText({ stdin, tell }: Pick<Terminal, 'stdin' | 'tell'>): Promise<string> {
  if (stdin.isTTY) tell('Type the message; Ctrl-D on an empty line sends it.');
  const text = await readText(stdin, MESSAGE_BYTES + EDGES);
  // The end of the last line is the shell's, not the message's.
  return text.replace(/\r?\n$/, '');
}
