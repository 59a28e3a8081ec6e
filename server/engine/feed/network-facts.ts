// What the interface is told of our networks and links.
import type { NetworkFacts } from '../../contract/model.ts';
import { formatAddress, listLocalAddresses } from '../../network/addresses.ts';
import type { Interfaces } from '../../network/adapters.ts';
import type { Links } from '../links/links.ts';

export interface NetworkFactsOptions {
  readonly peerPort: number;
  readonly interfaces: () => Interfaces;
  readonly links: Links;
  readonly presence: { readonly status: NetworkFacts['discovery'] };
  readonly visibility: { readonly view: NetworkFacts['visibility'] };
}

export function networkFacts({ peerPort, interfaces, links, presence, visibility }: NetworkFactsOptions): NetworkFacts {
  return {
    peerPort,
    addresses: listLocalAddresses(interfaces()).map((host) => formatAddress(host, peerPort)),
    discovery: presence.status,
    visibility: visibility.view,
    links: links.all().map(([contact, { remoteAddress, role, since }]) => ({
      contact,
      address: remoteAddress,
      role,
      since,
    })),
  };
}
