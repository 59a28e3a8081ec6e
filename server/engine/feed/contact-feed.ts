// Tells the interface about contacts that changed. Many changes in a row become one event: a burst of a thousand messages
// is a thousand message events, but a few of these.
import type { Contact } from '../../contract/model.ts';
import type { ContactId } from '../../contract/ids.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { Budgets } from '../delivery/budgets.ts';
import type { Clock } from '../../timing/clock.ts';
import type { EventLog } from '../event-log.ts';
import { Coalescer } from '../../timing/coalesce.ts';
import type { Links } from '../links/links.ts';
import type { Conversations } from '../contacts/conversations.ts';
import type { Roster } from '../contacts/roster.ts';
import { contactView } from './views.ts';

export interface ContactFeedOptions {
  readonly store: Store;
  readonly roster: Roster;
  readonly conversations: Conversations;
  readonly links: Links;
  readonly budgets: Budgets;
  readonly clock: Clock;
  readonly events: EventLog;
}

export class ContactFeed {
  readonly #options: ContactFeedOptions;
  readonly #changed = new Set<ContactId>();
  readonly #gathered: Coalescer;

  constructor(options: ContactFeedOptions) {
    this.#options = options;
    this.#gathered = new Coalescer(options.clock, () => this.#tell());
    options.links.connectionChanged.on((contact) => this.changed(contact));
    options.links.activated.on(({ contact, resumed }) =>
      options.events.emit('session.established', { contact, resumed }),
    );
  }

  /** @throws CommandError contact-unknown. */
  view(id: ContactId): Contact {
    const { store, roster, conversations, links, budgets } = this.#options;
    const [connection, activeLinks, full] = [links.connectionOf(id), links.activeLinksOf(id), budgets.full(id)];
    const conversation = conversations.directWith(id);
    return contactView(store, roster.get(id), { conversation, connection, activeLinks, full });
  }

  changed(id: ContactId): void {
    this.#changed.add(id);
    this.#gathered.changed();
  }

  /** Tells at once, and gives what was told: the answer to the command that changed it. */
  now(id: ContactId): Contact {
    const contact = this.view(id);
    this.#changed.delete(id);
    this.#options.events.emit('contact.changed', { contact }, { about: id, read: () => this.#again(id) });
    return contact;
  }

  stop(): void {
    this.#gathered.stop();
    this.#changed.clear();
  }

  #again(id: ContactId): { contact: Contact } | null {
    return this.#options.roster.find(id) ? { contact: this.view(id) } : null;
  }

  #tell(): void {
    const ids = [...this.#changed];
    this.#changed.clear();
    for (const id of ids) if (this.#options.roster.find(id)) this.now(id);
  }
}
