// One row of the table of commands: what a caller sends, what comes back, and what has to be so for it to be answered.
import { z } from 'zod';
import { FIELD_LENGTH, PASTED_LENGTH } from './limits.ts';

/**
 * The state of the profile that a command needs; in another it fails. `new`: identity-exists. `exists`, locked or ready:
 * no-identity. `ready`: locked or no-identity.
 */
export type StateNeed = 'any' | 'new' | 'exists' | 'ready';

/**
 * Who may ask; others get not-allowed. `control`: the command line. `tab`: a browser tab. `owner`: the command line, or a
 * tab while nothing is locked, since the session of a locked tab may have been copied; a locked one gets `locked`.
 */
export type CallerNeed = 'any' | 'owner' | 'tab' | 'control';

export interface Needs {
  readonly state: StateNeed;
  readonly caller: CallerNeed;
}

declare const shape: unique symbol;

/** The type of a result. There is nothing of it at run time: replies are not checked again where they arrive. */
export interface ResultShape<T> {
  readonly [shape]: T;
}

export interface CommandRow {
  readonly params: z.ZodType;
  readonly result: ResultShape<unknown>;
  /** Asking twice does what asking once does. `with-id`: when the caller chose the id in the parameters. */
  readonly repeatable: boolean | 'with-id';
  readonly needs: Needs;
}

/** A row, with its types as narrow as they are written. */
export function command<const Row extends CommandRow>(row: Row): Row {
  return row;
}

const nothing = {};

export function result<T>(): ResultShape<T> {
  return nothing as ResultShape<T>;
}

/** The parameters of a command that takes none. */
export const none = z.strictObject({});

/** Generous on purpose: the engine measures each and answers with a code people understand. */
export const field = z.string().max(FIELD_LENGTH);

/** A token or invite, with whatever it was pasted with. */
export const pasted = z.string().max(PASTED_LENGTH);

/** A picture, in base64. As generous: over its own bound, the engine says so. */
export const picture = z.base64().max(FIELD_LENGTH * 8);

/** The whole answer of a command that was done. */
export interface Done {
  readonly done: true;
}

/** Needs that most rows share. */
export const READY = { state: 'ready', caller: 'any' } as const;
export const NEW = { state: 'new', caller: 'any' } as const;
export const ANY = { state: 'any', caller: 'any' } as const;
