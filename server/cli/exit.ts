// How a command ends. Scripts hold on to these numbers.

export const exitCodes = {
  done: 0,
  failed: 1,
  misuse: 2,
  locked: 3,
  notRunning: 4,
  notAllowed: 5,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command with an exit code and one sentence for the person. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly outcome: Exclude<keyof typeof exitCodes, 'done'>;

  constructor(outcome: Exclude<keyof typeof exitCodes, 'done'>, message: string) {
    super(message);
    this.outcome = outcome;
  }

  get exitCode(): ExitCode {
    return exitCodes[this.outcome];
  }
}
