// How the list here shows a conversation: nobody else learns of it. Without schemas: the page bundles this.

export interface ConversationMarks {
  /** When it was pinned, ms; null: it is not. */
  readonly pinnedAt: number | null;
  /** Null: it is not. `until`: ms; null: until the person says so. */
  readonly muted: { readonly until: number | null } | null;
  /** Comes back with the next entry, unless it is muted. */
  readonly archived: boolean;
  /** Shown as unread, though everything in it is read. */
  readonly unread: boolean;
}

/** Of a conversation of which nothing was said. */
export const NO_MARKS: ConversationMarks = { pinnedAt: null, muted: null, archived: false, unread: false };
