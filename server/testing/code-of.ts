// What a parser made of untrusted bytes: taken, or refused by a code. Any other failure is a bug and passes through.
import { ProtocolError, type ProtocolErrorCode } from '../protocol/errors.ts';

/** The code of the ProtocolError that `action` throws, or null when it returns. */
export function codeOf(action: () => unknown): ProtocolErrorCode | null {
  try {
    action();
    return null;
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
}
