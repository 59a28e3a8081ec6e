import { formatAddress, parseAddress } from '../../network/addresses.ts';
import type { Hello } from '../../protocol/hello.ts';
import type { Link } from './link.ts';

/** Where the other side of a link can be dialled again; null: it does not listen, or nowhere that can be kept. */
export function returnAddress(link: Link, theirs: Hello): string | null {
  if (link.role === 'initiator') return kept(link.remoteAddress);
  return theirs.port === 0 ? null : kept(formatAddress(link.remoteHost, theirs.port));
}

function kept(address: string): string | null {
  return parseAddress(address) ? address : null;
}
