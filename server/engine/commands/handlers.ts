// The shape of a table of commands: parameters that the contract has parsed, a result of the contract's type.
import type { CommandName, Params, Result } from '../../contract/commands.ts';

export type Handler<N extends CommandName> = (params: Params<N>) => Result<N> | Promise<Result<N>>;

export type Handlers<N extends CommandName> = { readonly [Name in N]: Handler<Name> };

/** Parameters of commands whose whole answer is that they were done. */
export const done = { done: true } as const;
