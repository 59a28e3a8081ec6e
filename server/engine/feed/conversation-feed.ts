// Tells the interface about conversations that changed, many changes in a row as one, like `contact-feed.ts` about people.
import type { ConversationId } from '../../contract/ids.ts';
import type { Conversation } from '../../contract/model.ts';
import type { Store } from '../../storage/profile-store.ts';
import { Coalescer } from '../../timing/coalesce.ts';
import type { Clock } from '../../timing/clock.ts';
import type { Conversations } from '../contacts/conversations.ts';
import type { Marks } from '../contacts/marks.ts';
import type { EventLog } from '../event-log.ts';
import type { ActiveLink } from '../links/active-link.ts';
import type { Links } from '../links/links.ts';
import { conversationView } from './views.ts';

export interface ConversationFeedOptions {
  readonly store: Store;
  readonly conversations: Conversations;
  readonly marks: Marks;
  readonly links: Links;
  readonly clock: Clock;
  readonly events: EventLog;
}

export class ConversationFeed {
  readonly #options: ConversationFeedOptions;
  readonly #changed = new Set<ConversationId>();
  readonly #gathered: Coalescer;

  constructor(options: ConversationFeedOptions) {
    this.#options = options;
    this.#gathered = new Coalescer(options.clock, () => this.#tell());
    options.marks.changed.on((id) => this.changed(id));
  }

  /** @throws CommandError conversation-unknown. */
  view(id: ConversationId): Conversation {
    const { store, conversations, marks } = this.#options;
    return conversationView(store, conversations.get(id), this.activeLinksOf(id), marks.of(id));
  }

  list(): readonly Conversation[] {
    return this.#options.conversations.list().map(({ id }) => this.view(id));
  }

  /** What goes to a conversation with one contact travels there, to each of their devices; of any other there are none. */
  activeLinksOf(id: ConversationId): readonly ActiveLink[] {
    const { conversations, links } = this.#options;
    const found = conversations.find(id);
    return found?.kind === 'direct' ? links.activeLinksOf(found.contact) : [];
  }

  changed(id: ConversationId): void {
    this.#changed.add(id);
    this.#gathered.changed();
  }

  /** Tells at once, and gives what was told: the answer to the command that changed it. */
  now(id: ConversationId): Conversation {
    const conversation = this.view(id);
    this.#changed.delete(id);
    const read = (): { conversation: Conversation } | null =>
      this.#options.conversations.find(id) ? { conversation: this.view(id) } : null;
    this.#options.events.emit('conversation.changed', { conversation }, { about: id, read });
    return conversation;
  }

  stop(): void {
    this.#gathered.stop();
    this.#changed.clear();
  }

  #tell(): void {
    const ids = [...this.#changed];
    this.#changed.clear();
    for (const id of ids) if (this.#options.conversations.find(id)) this.now(id);
  }
}
