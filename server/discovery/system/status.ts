// Why the system's responder is of no use, for the doctor and in plain words.
import type { DiscoveryProblem } from '../discovery.ts';

export interface Facts {
  readonly state:
    | { readonly kind: 'closed' | 'silent' | 'up' }
    /** No library; `installed`: its files are there. */
    | { readonly kind: 'without'; readonly installed: boolean };
  /** How many there are to be heard on. */
  readonly adapters: number;
}

export function problemOf({ state, adapters }: Facts): DiscoveryProblem | null {
  switch (state.kind) {
    case 'closed':
      return null;
    case 'without':
      return 'responder-missing';
    case 'silent':
      return 'responder-silent';
    case 'up':
      return adapters > 0 ? null : 'no-multicast';
  }
}

/** Plain English, empty when all is well. */
export function reasonOf({ state, adapters }: Facts): string {
  switch (state.kind) {
    case 'closed':
      return '';
    case 'without':
      return state.installed
        ? 'The package “mdns”, which --discovery system needs, cannot be loaded: it was not built here, or for another version of Node.'
        : 'The package “mdns”, which --discovery system needs, is not installed.';
    case 'silent':
      return 'The service of this system that finds others on the network (avahi-daemon, or Bonjour) does not answer.';
    case 'up':
      return adapters > 0 ? '' : 'No network with multicast is connected.';
  }
}
