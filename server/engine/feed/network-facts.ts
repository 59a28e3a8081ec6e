// What the interface is told of our networks and links.
import type { NetworkFacts } from '../../contract/model.ts';
import { formatAddress, listLocalAddresses } from '../../network/addresses.ts';
import type { Engine } from '../engine.ts';

export function networkFacts({ presence, visibility, links, options: { peerPort, interfaces } }: Engine): NetworkFacts {
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
