// A message that may be damaged, read where that is no reason to stop.
import { StorageError } from '../../errors.ts';
import type { MessageRecord, MessageRef, MessageTable } from './message-record.ts';

/** Null where it is not here, or damaged. */
export function readable(messages: Pick<MessageTable, 'get'>, ref: MessageRef): MessageRecord | null {
  try {
    return messages.get(ref);
  } catch (error) {
    if (error instanceof StorageError && error.code === 'damaged') return null;
    throw error;
  }
}
