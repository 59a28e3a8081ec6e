import { describe, expect, it } from 'vitest';
import { CommandError } from '../contract/errors.ts';
import { UsageError } from '../options.ts';
import { CommandFailure, exitCodes } from './exit.ts';
import { asksForJson, failureLine, failureOf } from './failure.ts';

describe('a failure', () => {
  const cases = [
    [new UsageError('unknown option --x'), 'misuse', exitCodes.misuse, 'loom-web: unknown option --x'],
    [new CommandFailure('notRunning', 'Loom is not running.'), 'not-running', exitCodes.notRunning, undefined],
    [new CommandFailure('notAllowed', 'Not yours.'), 'not-allowed', exitCodes.notAllowed, undefined],
    [new CommandError('locked', 'x'), 'locked', exitCodes.locked, undefined],
    [new CommandError('token-checksum', 'x'), 'token-checksum', exitCodes.failed, undefined],
  ] as const;

  for (const [error, code, exitCode, words] of cases) {
    it(`is “${code}” for scripts, and ends with ${exitCode}`, () => {
      const failure = failureOf(error);
      expect(failure.exitCode).toBe(exitCode);
      expect(failureLine(failure, false)).toBe(words ?? failure.message);
      expect(JSON.parse(failureLine(failure, true))).toEqual({ error: { code, message: failure.message } });
    });
  }

  it('that is a bug tells neither kind of reader what it says', () => {
    const failure = failureOf(new Error('Ada wrote\nsecret'));
    expect(failure).toMatchObject({ code: 'internal', exitCode: exitCodes.failed });
    for (const json of [true, false]) {
      expect(failureLine(failure, json)).not.toMatch(/Ada|secret|\n/);
    }
  });

  it('stays one line as JSON, whatever it quotes', () => {
    expect(failureLine(failureOf(new CommandFailure('failed', 'two\nlines “x”')), true)).not.toContain('\n');
  });
});

describe('asking for JSON', () => {
  it('is heard in words that do not parse, and not behind --', () => {
    expect(asksForJson(['bogus', '--json'])).toBe(true);
    expect(asksForJson(['--json', 'send', '--nonsense'])).toBe(true);
    expect(asksForJson(['send', 'Bob', '--', '--json'])).toBe(false);
    expect(asksForJson(['status'])).toBe(false);
  });
});
