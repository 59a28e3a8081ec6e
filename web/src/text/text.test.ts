import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../../server/contract/errors.ts';
import { CallError } from '../api/pending.ts';
import { en } from './en.ts';
import { errorText, i18n, text, textFor } from './text.ts';

function leaves(value: object, path = ''): [string, string][] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    typeof inner === 'string'
      ? [[`${path}${key}`, inner] as [string, string]]
      : leaves(inner as object, `${path}${key}.`),
  );
}

describe('texts', () => {
  it.each([...errorCodes, 'disconnected'] as const)('say something of their own for the error %s', (code) => {
    const sentence = errorText(new CallError(code, ''));
    expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(sentence).not.toContain('errors.');
    expect(Object.values(en.errors).filter((other) => other === sentence)).toHaveLength(1);
  });

  it('speak of anything else as a fault of Loom itself', () => {
    expect(errorText(new TypeError('x'))).toBe(en.errors.internal);
  });

  it('all compile, with nothing left in braces', () => {
    const translate = i18n.global.t as unknown as (key: string, values: object, options: number) => string;
    for (const [key, source] of leaves(en)) {
      const names = [...source.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
      const values: Record<string, string> = Object.fromEntries(names.map((name) => [name, 'VALUE']));
      const shown = translate(key, values, 2);
      expect(shown, key).not.toBe(key);
      expect(shown, key).not.toMatch(/[{}]/);
    }
  });

  it('choose the form that fits a number', () => {
    expect(textFor('contact.unread', 1)).toBe('1 unread message');
    expect(textFor('contact.unread', 1234)).toBe('1,234 unread messages');
    expect(textFor('settings.queuedCount', 0)).toBe('nothing');
  });

  it('fill in what came from people without reading it as a pattern', () => {
    expect(text('lists.noMatch', { query: '{x} @:y | z' })).toBe('Nobody called “{x} @:y | z”.');
  });
});
