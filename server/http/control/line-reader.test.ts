import { describe, expect, it } from 'vitest';
import { LineReader } from './line-reader.ts';

describe('lines', () => {
  const text = 'one\n\nthree é 🧵\n';

  it('are the same in whatever pieces they come', () => {
    const bytes = Buffer.from(text);
    for (let size = 1; size <= bytes.length; size++) {
      const reader = new LineReader(100);
      const lines: string[] = [];
      for (let at = 0; at < bytes.length; at += size) lines.push(...reader.push(bytes.subarray(at, at + size))!);
      expect(lines).toEqual(['one', '', 'three é 🧵']);
    }
  });

  it('end with their newline', () => {
    const reader = new LineReader(100);
    expect(reader.push(Buffer.from('unfin'))).toEqual([]);
    expect(reader.push(Buffer.from('ished\nrest'))).toEqual(['unfinished']);
  });

  it('are bounded, each alone, ended or not', () => {
    expect(new LineReader(3).push(Buffer.from('abc\nabc\n'))).toEqual(['abc', 'abc']);
    expect(new LineReader(3).push(Buffer.from('abc\nabcd\n'))).toBeNull();
    const reader = new LineReader(3);
    expect(reader.push(Buffer.from('ab'))).toEqual([]);
    expect(reader.push(Buffer.from('cd'))).toBeNull();
  });
});
