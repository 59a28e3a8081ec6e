// Tells the interface about our networks and links. Each time it names every link, and hundreds may come at once: many
// changes in a row become one event.
import type { NetworkFacts } from '../../contract/model.ts';
import { formatAddress, listLocalAddresses } from '../../network/addresses.ts';
import type { Interfaces } from '../../network/adapters.ts';
import type { Clock } from '../../timing/clock.ts';
import { Coalescer } from '../../timing/coalesce.ts';
import type { EventLog } from '../event-log.ts';
import type { Links } from '../links/links.ts';

export interface NetworkFeedOptions {
  readonly peerPort: number;
  readonly interfaces: () => Interfaces;
  readonly clock: Clock;
  readonly events: EventLog;
  readonly links: Links;
  readonly presence: { readonly status: NetworkFacts['discovery'] };
  readonly visibility: { readonly view: NetworkFacts['visibility'] };
}

export class NetworkFeed {
  readonly #options: NetworkFeedOptions;
  readonly #gathered: Coalescer;

  constructor(options: NetworkFeedOptions) {
    this.#options = options;
    this.#gathered = new Coalescer(options.clock, () => this.#tell());
    options.links.activated.on(() => this.changed());
    options.links.dropped.on((_, { wasActive }) => {
      if (wasActive) this.changed();
    });
  }

  facts(): NetworkFacts {
    const { peerPort, interfaces, links, presence, visibility } = this.#options;
    return {
      peerPort,
      addresses: listLocalAddresses(interfaces()).map((host) => formatAddress(host, peerPort)),
      discovery: presence.status,
      visibility: visibility.view,
      links: links.all().map(([{ contact }, { remoteAddress, role, since }]) => ({
        contact,
        address: remoteAddress,
        role,
        since,
      })),
    };
  }

  changed(): void {
    this.#gathered.changed();
  }

  stop(): void {
    this.#gathered.stop();
  }

  #tell(): void {
    const read = (): { network: NetworkFacts } => ({ network: this.facts() });
    this.#options.events.emit('network.changed', read(), { about: '', read });
  }
}
