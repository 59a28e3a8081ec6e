// One call of the command line, from its words to its exit code.
import { profilePlace } from '../options.ts';
import { version } from '../version.ts';
import { helpText, parseCommandLine } from './args.ts';
import { addCommand } from './commands/add.ts';
import { backupCommand } from './commands/backup.ts';
import { contactsCommand } from './commands/contacts.ts';
import { doctorCommand } from './commands/doctor.ts';
import { importLoomCommand } from './commands/import-loom.ts';
import { introduceCommand } from './commands/introduce.ts';
import { inviteCommand } from './commands/invite.ts';
import { invitesCommand } from './commands/invites.ts';
import { lockCommand } from './commands/lock.ts';
import { messagesCommand } from './commands/messages.ts';
import { pairCommand } from './commands/pair.ts';
import { notesCommand } from './commands/notes.ts';
import { peersCommand } from './commands/peers.ts';
import { phraseCommand } from './commands/phrase.ts';
import { restoreCommand } from './commands/restore.ts';
import { sendCommand } from './commands/send.ts';
import { serveCommand } from './commands/serve.ts';
import { statusCommand } from './commands/status.ts';
import { stopCommand } from './commands/stop.ts';
import { tokenCommand } from './commands/token.ts';
import { unlockCommand } from './commands/unlock.ts';
import { urlCommand } from './commands/url.ts';
import { watchCommand } from './commands/watch.ts';
import { wipeCommand } from './commands/wipe.ts';
import { exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { asksForJson, failureLine, failureOf } from './failure.ts';
import { surroundings } from './environment.ts';
import type { Terminal } from './terminal/terminal.ts';

export const commands = [
  serveCommand,
  urlCommand,
  statusCommand,
  tokenCommand,
  contactsCommand,
  peersCommand,
  doctorCommand,
  addCommand,
  pairCommand,
  inviteCommand,
  invitesCommand,
  introduceCommand,
  notesCommand,
  sendCommand,
  watchCommand,
  messagesCommand,
  phraseCommand,
  backupCommand,
  restoreCommand,
  importLoomCommand,
  unlockCommand,
  lockCommand,
  stopCommand,
  wipeCommand,
] as const;

/** @param args the words after the program's name. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    const invocation = parseCommandLine(args, commands);
    if (invocation.kind === 'call') {
      const place = profilePlace(invocation, surroundings);
      return await invocation.command.run({ ...invocation, place, terminal });
    }
    terminal.print(invocation.kind === 'version' ? version : helpText(invocation.command, commands));
    return exitCodes.done;
  } catch (error) {
    const failure = failureOf(error);
    terminal.tell(failureLine(failure, asksForJson(args)));
    return failure.exitCode;
  }
}
