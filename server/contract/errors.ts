// Every failure a person or script can meet, by code. The sentence for each stands in web/src/text and cli;
// tests there assert that none is missing.

export const errorCodes = [
  'bad-request',
  'unknown-command',
  'not-allowed',
  'locked',
  'no-identity',
  'identity-exists',
  'wrong-passphrase',
  'passphrase-too-long',
  'phrase-length',
  'phrase-word',
  'phrase-checksum',
  'phrase-not-shown',
  'passphrase-empty',
  'path-invalid',
  'file-exists',
  'file-missing',
  'file-refused',
  'file-silent',
  'backup-foreign',
  'backup-newer',
  'backup-truncated',
  'backup-damaged',
  'backup-passphrase',
  'backup-unproven',
  'import-foreign',
  'import-damaged',
  'import-in-use',
  'task-running',
  'task-stopped',
  'database-newer',
  'storage-failed',
  'token-prefix',
  'token-encoding',
  'token-length',
  'token-version',
  'token-checksum',
  'token-key',
  'token-own',
  'token-expired',
  'pairing-busy',
  'pairing-none',
  'pairing-code',
  'invite-unknown',
  'invite-used',
  'contact-unknown',
  'conversation-unknown',
  'contact-exists',
  'contact-blocked',
  'request-unknown',
  'introduction-unmet',
  'introduction-key',
  'name-empty',
  'name-too-long',
  'about-too-long',
  'picture-invalid',
  'picture-too-large',
  'address-invalid',
  'message-empty',
  'message-too-large',
  'message-unknown',
  'message-id-taken',
  'message-not-yours',
  'message-not-text',
  'edits-too-many',
  'file-unknown',
  'file-state',
  'file-too-large',
  'disk-full',
  'files-unsupported',
  'emoji-invalid',
  'too-many',
  'system-busy',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export interface ErrorBody {
  readonly code: ErrorCode;
  /** English, for scripts and logs; the interface has its own words for each code. Carries no user data. */
  readonly message: string;
  /** Which of several is meant, from 1: of words in a phrase, the one that is wrong. */
  readonly at?: number;
}

/** What a command handler throws when the caller, not the program, is at fault. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: ErrorCode;
  readonly at: number | undefined;

  constructor(code: ErrorCode, message: string, at?: number) {
    super(message);
    this.code = code;
    this.at = at;
  }
}
