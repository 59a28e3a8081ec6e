import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
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
