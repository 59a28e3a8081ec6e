// Secrets a person types, or a script gives line by line: never as arguments or variables, which others of the machine read.
import { ReadStream } from 'node:tty';
import { PASSPHRASE_LENGTH, PHRASE_WORDS } from '../../contract/limits.ts';
import { phraseWords } from '../../contract/words/pasted.ts';
import { CommandFailure } from '../exit.ts';
import { LineEditor } from './line-editor.ts';
import { askHidden, decodeStart, decodeText, type Terminal } from './terminal.ts';

/** UTF-8 takes at most 3 bytes for each UTF-16 code unit; a byte order mark and a line end come besides. */
export const LINE_BYTES = 3 * PASSPHRASE_LENGTH + 5;
const LINE_END = 0x0a;

export class Secrets {
  readonly #stdin: Terminal['stdin'];
  #lines: AsyncIterator<string | Uint8Array, undefined> | null = null;
  #rest: Uint8Array = new Uint8Array();
  #ended = false;
  #decode = decodeStart;
  readonly #editor = new LineEditor();

  constructor({ stdin }: Pick<Terminal, 'stdin'>) {
    this.#stdin = stdin;
  }

  /** Asks on a terminal without showing the answer; else reads the next line of stdin. @throws CommandFailure */
  ask(prompt: string): Promise<string> {
    return this.#stdin instanceof ReadStream ? askHidden(`${prompt}: `, this.#stdin, this.#editor) : this.#line();
  }

  /** As `ask`, a second time on a terminal: what is misspelt here is found out too late. @throws CommandFailure */
  async choose(prompt: string): Promise<string> {
    const chosen = await this.ask(prompt);
    if (!(this.#stdin instanceof ReadStream)) return chosen;
    if ((await this.ask(`${prompt}, again`)) !== chosen) throw new CommandFailure('failed', 'The two don’t match.');
    return chosen;
  }

  /** As `ask`, over as many lines as it takes until there are all words of a phrase, or no more. @throws CommandFailure */
  async askPhrase(prompt: string): Promise<string> {
    let phrase = '';
    let question = prompt;
    for (;;) {
      phrase += `${await this.ask(question)}\n`;
      if (phrase.length > LINE_BYTES) throw new CommandFailure('failed', 'That is too long for a recovery phrase.');
      const { length } = phraseWords(phrase);
      if (length >= PHRASE_WORDS || this.#ended) return phrase;
      question = length === 0 ? prompt : `${prompt}, ${length} of ${PHRASE_WORDS} words so far`;
    }
  }

  /** Reads no more: the writing side may go on, and we may end. */
  async end(): Promise<void> {
    await this.#lines?.return?.();
  }

  /** Empty at the end of stdin. */
  async #line(): Promise<string> {
    this.#lines ??= this.#stdin[Symbol.asyncIterator]();
    for (;;) {
      const end = this.#rest.indexOf(LINE_END);
      if (end >= 0) return this.#cut(end);
      if (this.#rest.length > LINE_BYTES) throw new CommandFailure('failed', 'That is too long for one line.');
      const next = await this.#lines.next();
      if (next.done === true) {
        this.#ended = true;
        return this.#cut(this.#rest.length);
      }
      this.#rest = Buffer.concat([this.#rest, Buffer.from(next.value)]);
    }
  }

  #cut(end: number): string {
    const line = this.#decode(this.#rest.subarray(0, end));
    this.#decode = decodeText;
    this.#rest = this.#rest.subarray(end + 1);
    return line.replace(/\r$/, '');
  }
}
