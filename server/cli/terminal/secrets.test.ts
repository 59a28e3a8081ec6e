import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { phraseWords } from '../../contract/words/pasted.ts';
import { Secrets } from './secrets.ts';

const given = (...chunks: (string | Uint8Array)[]): Secrets => {
  const stdin = new PassThrough();
  for (const chunk of chunks) stdin.write(chunk);
  stdin.end();
  return new Secrets({ stdin });
};

describe('secrets on stdin', () => {
  it('come one a line, wherever the pieces end', async () => {
    const secrets = given('fir', 'st\r\nsec', Buffer.from([0xc3]), Buffer.from([0xa9]), '\n\nfourth');
    const read = [await secrets.ask('a'), await secrets.choose('b'), await secrets.ask('c'), await secrets.ask('d')];
    expect(read).toEqual(['first', 'sec\u00e9', '', 'fourth']);
    expect(await secrets.ask('e')).toBe('');
  });

  it('do not hold the byte order mark that an editor began the file with', async () => {
    const secrets = given('\ufeffcorrect horse\r\n\ufeffsecond\n');
    expect([await secrets.ask('a'), await secrets.ask('b')]).toEqual(['correct horse', '\ufeffsecond']);
  });

  it('do not wait for more than the line that is asked for', async () => {
    const stdin = new PassThrough();
    stdin.write('secret\n');
    const secrets = new Secrets({ stdin });
    expect(await secrets.ask('a')).toBe('secret');
    await secrets.end();
    expect(stdin.destroyed).toBe(true);
  });

  it('are refused when they are no text, or endless', async () => {
    await expect(given(Uint8Array.of(0xff, 0x0a)).ask('a')).rejects.toThrow('UTF-8');
    await expect(given('x'.repeat(10_000)).ask('a')).rejects.toThrow('long');
  });
});

describe('a phrase on stdin', () => {
  const words = Array.from({ length: 24 }, (_, at) => `word${'abcdefghijklmnopqrstuvwxyz'.charAt(at)}`);
  it.each([
    ['one line', words.join(' ')],
    ['one word a line', words.join('\n')],
    ['numbered lines of four', words.map((word, at) => `${at + 1} ${word}${at % 4 === 3 ? '\n' : '  '}`).join('')],
    ['lines with empty ones between, and a byte order mark', `\ufeff\r\n${words.join(',\r\n\r\n')}`],
  ])('is read from %s, and what follows is for the next question', async (_, text) => {
    const secrets = given(`${text.trimEnd()}\nthe passphrase\n`);
    expect(phraseWords(await secrets.askPhrase('a'))).toEqual(words);
    expect(await secrets.ask('b')).toBe('the passphrase');
  });

  it('ends where stdin ends, and with too much of it', async () => {
    expect(phraseWords(await given('one two\nthree').askPhrase('a'))).toEqual(['one', 'two', 'three']);
    await expect(given('\n'.repeat(10_000)).askPhrase('a')).rejects.toThrow('long');
  });
});
