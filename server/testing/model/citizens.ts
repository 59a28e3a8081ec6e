// The Looms of a model run, whom they know, and what has been said and seen between each two.
import type { ConversationId } from '../../contract/ids.ts';
import type { ActiveLink } from '../../engine/links/active-link.ts';
import { directConversation } from '../../storage/rows/conversation-rowids.ts';
import type { ContactRecord } from '../../storage/tables/contacts.ts';
import type { TempProfile } from '../disk/temp-profile.ts';
import type { KeyWatch } from '../network/session-pair.ts';
import type { TestLoom } from '../test-loom.ts';
import type { Label } from './operations.ts';
import type { Direction } from './oracle.ts';

export interface Citizen {
  readonly index: number;
  readonly loom: TestLoom;
  readonly watch: KeyWatch;
  snapshot: TempProfile | null;
  killAt: { label: Label; nth: number } | null;
  /** Since it was started last. */
  killed: boolean;
}

export class Citizens {
  readonly all: Citizen[] = [];
  readonly #directions = new Map<string, Direction>();
  /** Envelopes that have come, by direction. */
  readonly #came = new Map<string, Uint8Array[]>();

  sessions(a: Citizen, b: Citizen): ReturnType<typeof a.loom.profile.opened.store.sessions.load> {
    const { id, device } = this.contact(a, b);
    return a.loom.profile.opened.store.sessions.load(id, device);
  }

  activeLinkOf(a: Citizen, b: Citizen): ActiveLink | null {
    return a.loom.isRunning ? a.loom.profile.opened.engine.links.activeLinkOf(this.contact(a, b).id) : null;
  }

  contact(a: Citizen, b: Citizen): ContactRecord {
    const found = a.loom.profile.opened.engine.roster.list().find(({ name }) => name === nameOf(b));
    if (!found) throw new Error(`${nameOf(a)} does not know ${nameOf(b)}`);
    return found;
  }

  conversation(a: Citizen, b: Citizen): ConversationId {
    return directConversation(this.contact(a, b).id);
  }

  cameFrom(from: Citizen, to: Citizen): Uint8Array[] {
    const key = keyOf(from, to);
    const came = this.#came.get(key) ?? [];
    this.#came.set(key, came);
    return came;
  }

  direction(from: Citizen, to: Citizen): Direction {
    const direction = this.#directions.get(keyOf(from, to));
    if (!direction) throw new Error('no such direction');
    return direction;
  }

  citizen(number: number): Citizen {
    const citizen = this.all[number % this.all.length];
    if (!citizen) throw new Error('nobody is there');
    return citizen;
  }

  pairs(): (readonly [Citizen, Citizen])[] {
    return this.all.flatMap((a) => this.all.filter((b) => b !== a).map((b) => [a, b] as const));
  }

  /** Everything between them goes by this one. */
  follow(from: Citizen, to: Citizen, direction: Direction): void {
    this.#directions.set(keyOf(from, to), direction);
  }

  /** All are linked, and nothing waits. */
  areQuiet(): boolean {
    for (const [a, b] of this.pairs()) {
      const contact = this.contact(a, b);
      if (!this.activeLinkOf(a, b)) return false;
      const { outbox } = a.loom.profile.opened.store;
      if (outbox.pending({ contact: contact.id, device: contact.device }, -Infinity, 1).length > 0) return false;
    }
    return true;
  }
}

export function nameOf({ index }: Citizen): string {
  return `L${index}`;
}

export function keyOf(from: Citizen, to: Citizen): string {
  return `${from.index}>${to.index}`;
}
