// The drafts of one tab and the daemon's, brought together: what is typed here goes there, one at a time for each
// conversation; what is told from there shows here, unless something that was typed here is still on its way.
import type { ConversationId, Draft } from '../../../../server/contract/model.ts';

/** From the first key to the daemon; ms. What is typed meanwhile goes along. */
export const SAVE_MS = 400;

export interface DraftParts {
  /** What is shown, by conversation; none that is empty. */
  readonly shown: Map<ConversationId, string>;
  /** @returns the revision that the daemon gave it, once it is on the disk. */
  readonly save: (conversation: ConversationId, body: string) => Promise<number>;
}

interface Entry {
  /** The newest one that is shown here or was sent from here. */
  revision: number;
  /** Told meanwhile; null: nothing was. */
  heard: Draft | null;
  /** Typed and not sent to the daemon. */
  waits: boolean;
  /** Sent and not answered. */
  saving: boolean;
  /** The daemon would not have the last one. */
  refused: boolean;
}

export class DraftBook {
  readonly #parts: DraftParts;
  readonly #entries = new Map<ConversationId, Entry>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Locked: what the daemon has is not kept here. */
  #cleared = false;

  constructor(parts: DraftParts) {
    this.#parts = parts;
  }

  /** A person types here. An empty one was sent or cleared, and is told at once. */
  type(conversation: ConversationId, body: string): void {
    this.#show(conversation, body);
    this.#entry(conversation).waits = true;
    if (body === '') this.#save(conversation);
    else this.#timer ??= setTimeout(() => this.flush(), SAVE_MS);
  }

  /** Sends what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [conversation, { waits }] of this.#entries) if (waits) this.#save(conversation);
  }

  /** The page may be left: sends what waits, also where an answer is still to come. For those who stay, nothing changes. */
  leave(): void {
    this.flush();
    for (const [conversation, { waits }] of this.#entries) {
      if (waits) this.#parts.save(conversation, this.#parts.shown.get(conversation) ?? '').catch(() => undefined);
    }
  }

  /** Told by the daemon. */
  take(draft: Draft): void {
    const entry = this.#entry(draft.conversation);
    if (draft.revision <= entry.revision) return;
    if (entry.waits || entry.saving) {
      if (draft.revision > (entry.heard?.revision ?? 0)) entry.heard = draft;
      return;
    }
    entry.revision = draft.revision;
    this.#show(draft.conversation, draft.body);
  }

  /** All that the daemon has; what is typed here and it has not is sent. */
  load(drafts: readonly Draft[]): void {
    this.#cleared = false;
    const told = new Map(drafts.map((draft) => [draft.conversation, draft]));
    for (const conversation of new Set([...this.#entries.keys(), ...told.keys()])) {
      const entry = this.#entry(conversation);
      const draft = told.get(conversation);
      // Another start of the daemon counts anew.
      entry.revision = draft?.revision ?? 0;
      entry.heard = null;
      if (!entry.waits && !entry.saving) this.#show(conversation, draft?.body ?? '');
    }
    this.flush();
  }

  drop(conversation: ConversationId): void {
    this.#entries.delete(conversation);
    this.#show(conversation, '');
  }

  /** Forgets all that the daemon has. */
  clear(): void {
    this.#cleared = true;
    for (const [conversation, { waits, saving }] of this.#entries) if (!waits && !saving) this.drop(conversation);
  }

  /** What is shown and the daemon may not have. */
  unsaved(): readonly string[] {
    const unsaved = [...this.#entries].filter(([, { waits, saving }]) => waits || saving);
    return unsaved.flatMap(([conversation]) => this.#parts.shown.get(conversation) ?? []).filter(isText);
  }

  /** Whether there is one of which the daemon says that it cannot keep it. */
  refused(): boolean {
    return [...this.#entries.values()].some(({ refused }) => refused);
  }

  #save(conversation: ConversationId): void {
    const entry = this.#entry(conversation);
    if (entry.saving) return;
    entry.waits = false;
    entry.saving = true;
    this.#parts.save(conversation, this.#parts.shown.get(conversation) ?? '').then(
      (revision) => this.#saved(conversation, entry, revision),
      () => {
        // Tried again with the next key, and when all is loaded anew.
        Object.assign(entry, { saving: false, waits: true, refused: true });
      },
    );
  }

  #saved(conversation: ConversationId, entry: Entry, revision: number): void {
    if (this.#entries.get(conversation) !== entry) return;
    const { heard } = entry;
    Object.assign(entry, { saving: false, refused: false, heard: null, revision: Math.max(entry.revision, revision) });
    if (entry.waits) this.#save(conversation);
    else if (this.#cleared) this.drop(conversation);
    else if (heard) this.take(heard);
  }

  #entry(conversation: ConversationId): Entry {
    const known = this.#entries.get(conversation);
    if (known !== undefined) return known;
    const entry: Entry = { revision: 0, heard: null, waits: false, saving: false, refused: false };
    this.#entries.set(conversation, entry);
    return entry;
  }

  #show(conversation: ConversationId, body: string): void {
    if (body === '') this.#parts.shown.delete(conversation);
    else this.#parts.shown.set(conversation, body);
  }
}

function isText(body: string): boolean {
  return body.trim() !== '';
}
