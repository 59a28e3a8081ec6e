// A line typed at a prompt that shows nothing: what each key does to it. What a terminal sends for keys that edit, move or
// mark a paste (ECMA-48 §5.4) never becomes part of the line. Pure.

export type Typed = { readonly kind: 'line'; readonly text: string } | { readonly kind: 'stopped' };

const ESCAPE = '\u001b';
/* eslint-disable no-control-regex -- keys arrive as control characters */
/** Control sequences, those of function keys on the Linux console, answers of the terminal, and Alt with a key. */
const SEQUENCE =
  /^\u001b(?:\[\[[A-E]|\[[0-?]*[ -/]*[@-~]|O[ -~]|[\]P_^X][^\u0007\u001b]*(?:\u0007|\u001b\\)|(?![[O\]P_^X\r\n\u0003])[^])/u;
const UNFINISHED = /^\u001b(?:\[\[?[0-?]*[ -/]*|O|[\]P_^X][^\u0007\u001b]*\u001b?)?$/;
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const DELETES_WORD = /^(?:\u0017|\u001b[\u007f\b])$/;
/* eslint-enable no-control-regex */

export class LineEditor {
  readonly #graphemes = new Intl.Segmenter();
  #keys = '';
  #line = '';

  /** @param keys as they came at one time. */
  feed(keys: string): void {
    // A sequence comes in one piece or goes on with one of these; before anything else it was the key itself.
    const waits = this.#keys === ESCAPE && !/^[[O]/.test(keys);
    this.#keys = waits ? keys : this.#keys + keys;
  }

  /** The next finished line, or that the person stopped. Keys behind it stay for the next. Null: more keys are needed. */
  next(): Typed | null {
    for (;;) {
      const key = this.#nextKey();
      if (key === null) return null;
      if (key === '\r' || key === '\n') return { kind: 'line', text: this.#take() };
      if (key === '\u0003' || (key === '\u0004' && this.#line === '')) {
        this.#take();
        return { kind: 'stopped' };
      }
      this.#line = this.#edited(key);
    }
  }

  #nextKey(): string | null {
    if (this.#keys === '' || UNFINISHED.test(this.#keys)) return null;
    const key = SEQUENCE.exec(this.#keys)?.[0] ?? String.fromCodePoint(this.#keys.codePointAt(0) ?? 0);
    this.#keys = this.#keys.slice(key.length);
    return key;
  }

  #edited(key: string): string {
    if (key === '\u007f' || key === '\b') return this.#line.slice(0, this.#lastGrapheme());
    if (key === '\u0015') return '';
    if (DELETES_WORD.test(key)) return this.#line.replace(/\S*\s*$/u, '');
    return key.startsWith(ESCAPE) || CONTROL.test(key) ? this.#line : this.#line + key;
  }

  /** Where the last character, as a person sees it, begins. */
  #lastGrapheme(): number {
    return [...this.#graphemes.segment(this.#line)].at(-1)?.index ?? 0;
  }

  #take(): string {
    const line = this.#line;
    this.#line = '';
    return line;
  }
}
