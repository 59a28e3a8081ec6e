// Drafts: what is typed and not sent, kept by the daemon and the same in every tab.
import { z } from 'zod';
import { command, none, READY, result } from './command.ts';
import { conversationIdSchema, type ConversationId } from './ids.ts';
import { MESSAGE_BYTES } from './limits.ts';

export interface Draft {
  readonly conversation: ConversationId;
  /** Empty: there is none any more. */
  readonly body: string;
  /** Larger is later, of all drafts while the profile stays open: what a tab told is overtaken by a larger one alone. */
  readonly revision: number;
}

export const draftsCommands = {
  /** Those that are not empty. */
  'draft.list': command({
    params: none,
    result: result<readonly Draft[]>(),
    repeatable: true,
    needs: READY,
  }),
  /** In place of the one before; an empty one takes it away. Answered once it is on the disk, to which many go together. */
  'draft.set': command({
    params: z.strictObject({ conversation: conversationIdSchema, body: z.string().max(MESSAGE_BYTES * 2) }),
    result: result<Pick<Draft, 'revision'>>(),
    repeatable: true,
    needs: READY,
  }),
};

export interface DraftsEvents {
  /** In some tab, this one or another. */
  'draft.changed': { readonly draft: Draft };
}
