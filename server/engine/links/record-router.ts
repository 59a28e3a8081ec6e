// Which part takes which records, and in which phase of a link. A part registers what it takes when it is made; a type that
// nobody takes in a phase is skipped there, as SPEC §3 wants it. What a link itself needs (PING, PONG, BYE) stays in
// `link.ts`, and a greeting is its HELLO.
import type { LinkRecord } from '../../protocol/records.ts';
import type { ActiveLink } from './active-link.ts';
import type { BulkLink } from './bulk-links.ts';
import type { GreetedLink } from './greeter.ts';
import type { LinkPhase } from './link-phase.ts';
import { smallRecord, type Weight } from './flow/record-weight.ts';

/** What a handler is given of the link a record came on, by phase. */
export interface Origins {
  readonly visiting: GreetedLink;
  readonly stranger: GreetedLink;
  readonly waiting: GreetedLink;
  readonly active: ActiveLink;
  readonly bulk: BulkLink;
}

export type RoutedPhase = keyof Origins;

export interface Route<P extends RoutedPhase> {
  /** @throws ProtocolError on a bad body: the link is closed. */
  readonly handle: (from: Origins[P], body: Uint8Array) => void;
  /** Left out: a small record's. */
  readonly weight?: Weight;
}

type Routes = { readonly [P in RoutedPhase]: Map<number, Route<P>> };

/** What a routed phase does with records. */
export interface RoutedTo<P extends RoutedPhase> {
  readonly kind: P;
  readonly onRecord: Extract<LinkPhase, { kind: RoutedPhase }>['onRecord'];
  readonly weightOf: (record: LinkRecord) => Weight;
}

export class RecordRouter {
  readonly #routes: Routes = {
    ...{ visiting: new Map(), stranger: new Map(), waiting: new Map(), active: new Map() },
    bulk: new Map(),
  };

  /** From now on `route` takes records of this type in these phases. @throws Error when another takes them already. */
  on<P extends RoutedPhase>(type: number, phases: readonly P[], route: Route<P>): void {
    for (const phase of phases) {
      const routes = this.#of(phase);
      if (routes.has(type)) throw new Error(`records of type ${type} are taken in phase ${phase}`);
      routes.set(type, route);
    }
  }

  /** For the owner of a link that enters a phase. */
  to<P extends RoutedPhase>(kind: P, from: Origins[P]): RoutedTo<P> {
    const routes = this.#of(kind);
    return {
      kind,
      onRecord: ({ type, body }) => routes.get(type)?.handle(from, body),
      weightOf: ({ type }) => routes.get(type)?.weight ?? smallRecord,
    };
  }

  #of<P extends RoutedPhase>(phase: P): Map<number, Route<P>> {
    return this.#routes[phase];
  }
}
