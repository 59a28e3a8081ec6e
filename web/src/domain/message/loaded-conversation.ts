// What of a conversation the page has loaded.
import type { Shown } from './outgoing.ts';

export interface LoadedConversation {
  readonly messages: readonly Shown[];
  readonly phase: 'unloaded' | 'loading' | 'ready' | 'failed';
  /** Older ones exist. */
  readonly more: boolean;
  /** This change put older messages in front of those already shown. */
  readonly prepended: boolean;
}

export const unloaded: LoadedConversation = { messages: [], phase: 'unloaded', more: false, prepended: false };
