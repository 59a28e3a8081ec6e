// The commands of browser and command line, from every domain: one row each.
// A request is `{ id, command, params }`, its one reply `{ id, ok: true, result }` or `{ id, ok: false, error }`.
import { z } from 'zod';
import type { ResultShape } from './command.ts';
import { contactsCommands } from './contacts.ts';
import { conversationsCommands } from './conversations.ts';
import { doctorCommands } from './diagnosis.ts';
import { draftsCommands } from './drafts.ts';
import type { ErrorBody } from './errors.ts';
import { filesCommands } from './files.ts';
import { identityCommands } from './identity.ts';
import { meetingCommands } from './meeting.ts';
import { messagesCommands } from './messages.ts';
import { networkCommands } from './network.ts';
import { profileCommands } from './profile.ts';
import { recoveryCommands } from './recovery.ts';
import { searchCommands } from './search.ts';
import { sessionCommands } from './session.ts';

/** No name stands in two domains. */
export const commands = {
  ...profileCommands,
  ...identityCommands,
  ...recoveryCommands,
  ...contactsCommands,
  ...messagesCommands,
  ...filesCommands,
  ...conversationsCommands,
  ...searchCommands,
  ...draftsCommands,
  ...meetingCommands,
  ...networkCommands,
  ...doctorCommands,
  ...sessionCommands,
};

type Rows = typeof commands;
export type CommandName = keyof Rows;

/** Parameters after parsing (defaults filled in). */
export type Params<N extends CommandName> = z.output<Rows[N]['params']>;
/** Parameters as a caller writes them. */
export type Input<N extends CommandName> = z.input<Rows[N]['params']>;
export type Result<N extends CommandName> = Rows[N]['result'][keyof ResultShape<unknown>];

/** Answered where the sockets are: by `http`, for each connection. */
export type ConnectionCommand = keyof typeof sessionCommands;
/** Answered by the application behind them. */
export type ApplicationCommand = Exclude<CommandName, ConnectionCommand>;
/** Answered when the profile is ready. */
export type ReadyCommand = {
  [N in ApplicationCommand]: Rows[N]['needs']['state'] extends 'ready' ? N : never;
}[ApplicationCommand];
/** Answered by the profile itself, in other states too. */
export type ProfileCommand = Exclude<ApplicationCommand, ReadyCommand>;

/** Those that may be asked again when no answer came, and when. */
export type Repeatable = {
  readonly [N in CommandName as Rows[N]['repeatable'] extends false ? never : N]: Rows[N]['repeatable'];
};

/** What arrives on a socket, before the parameters are looked at. */
export const requestSchema = z.strictObject({
  id: z.int().nonnegative(),
  command: z.string().max(64),
  params: z.unknown(),
});
export type Request = z.infer<typeof requestSchema>;

export type Reply =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorBody };

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

export function isConnectionCommand(name: CommandName): name is ConnectionCommand {
  return Object.hasOwn(sessionCommands, name);
}
