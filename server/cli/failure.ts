// How a command that failed says so: a sentence for a person, or one JSON object a line for a script.
import { CommandError } from '../contract/errors.ts';
import type { ErrorCode } from '../contract/errors.ts';
import { UsageError } from '../options.ts';
import { CommandFailure, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { whereabouts } from './process-lifecycle.ts';
import { jsonLine } from './terminal/printable.ts';
import { exitCodeOf, sentences } from './terminal/error-sentences.ts';

export interface Failure {
  /** Of the contract, when Loom refused; else what the exit code means, in a word. */
  readonly code: ErrorCode | 'misuse' | 'failed' | 'not-running';
  readonly message: string;
  /** The message as a person reads it. */
  readonly words: string;
  readonly exitCode: ExitCode;
}

const outcomes = {
  failed: 'failed',
  misuse: 'misuse',
  locked: 'locked',
  notRunning: 'not-running',
  notAllowed: 'not-allowed',
} as const;

/** What is not one of the three kinds of failure is a bug of ours, and says nothing a person wrote. */
export function failureOf(error: unknown): Failure {
  if (error instanceof UsageError) {
    const { message } = error;
    return { code: 'misuse', message, words: `loom-web: ${message}`, exitCode: exitCodes.misuse };
  }
  if (error instanceof CommandFailure) {
    const { message, outcome } = error;
    return { code: outcomes[outcome], message, words: message, exitCode: error.exitCode };
  }
  if (error instanceof CommandError) {
    const { code, at } = error;
    const message = sentences[code] + (at === undefined ? '' : ` It is number ${at}.`);
    return { code, message, words: message, exitCode: exitCodeOf(code) };
  }
  const message = `a bug in Loom: ${whereabouts(error)}`;
  return { code: 'internal', message, words: `error: ${message}`, exitCode: exitCodes.failed };
}

/** One line for stderr. */
export function failureLine({ code, message, words }: Failure, json: boolean): string {
  return json ? jsonLine({ error: { code, message } }) : words;
}

/** Whether the words ask for JSON; asked of words that may not even parse. */
export function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).includes('--json');
}
