// The system's responder, through the process of the library: one operation for each call.
import type { Child } from './child.ts';
import type { Begin, Order, Report, ReportKind } from './child-protocol.ts';
import { PROCESS_ID } from './child-protocol.ts';

export interface Operation {
  /** Of a registration: another TXT record, in base64. */
  update(text: string): void;
  stop(): void;
}

export type OnReport = (kind: ReportKind, data: Report['data']) => void;

export class Responder {
  readonly #child: Pick<Child, 'order'>;
  readonly #going = new Map<number, OnReport>();
  #last = PROCESS_ID;

  constructor(child: Pick<Child, 'order'>) {
    this.#child = child;
  }

  /** How many operations go on. */
  get size(): number {
    return this.#going.size;
  }

  begin(begin: Begin, onReport: OnReport): Operation {
    this.#last += 1;
    const id = this.#last;
    this.#going.set(id, onReport);
    this.#order({ ...begin, id });
    return {
      update: (text) => {
        if (this.#going.has(id)) this.#order({ kind: 'update', id, text });
      },
      stop: () => {
        if (this.#going.delete(id)) this.#order({ kind: 'stop', id });
      },
    };
  }

  /** Passes on what is about an operation that goes on. */
  report({ id, kind, data }: Report): void {
    this.#going.get(id)?.(kind, data);
  }

  #order(order: Order): void {
    this.#child.order(order);
  }
}

/** @returns null for what the process of the library would never say. */
export function readReport(value: unknown): Report | null {
  if (typeof value !== 'object' || value === null) return null;
  const { id, kind, data } = value as Readonly<Record<string, unknown>>;
  if (typeof id !== 'number' || typeof kind !== 'string' || typeof data !== 'object' || data === null) return null;
  return { id, kind: kind as ReportKind, data: data as Report['data'] };
}
