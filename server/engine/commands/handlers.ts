// The shape of a table of commands: parameters that the contract has parsed, a result of the contract's type.
import type { ApplicationCommand, Params, ReadyCommand, Result } from '../../contract/commands.ts';

export type Handler<N extends ApplicationCommand> = (params: Params<N>) => Result<N> | Promise<Result<N>>;

export type Handlers<N extends ApplicationCommand> = { readonly [Name in N]: Handler<Name> };

/** Those of a ready profile whose names begin so: `contact` for `contact.add`. */
export type Named<Prefix extends string> = Extract<ReadyCommand, `${Prefix}.${string}`>;

/** The result of commands whose whole answer is that they were done. */
export const done = { done: true } as const;
