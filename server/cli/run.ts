// One call of the command line, from its words to its exit code.
import { profilePlace } from '../options.ts';
import type { ProfilePlace } from '../options.ts';
import { version } from '../version.ts';
import { helpText, parseCommandLine } from './args.ts';
import { addCommand } from './commands/people/add.ts';
import { backupCommand } from './commands/recovery/backup.ts';
import { contactsCommand } from './commands/people/contacts.ts';
import { doctorCommand } from './commands/people/doctor.ts';
import { importLoomCommand } from './commands/recovery/import-loom.ts';
import { introduceCommand } from './commands/people/introduce.ts';
import { inviteCommand } from './commands/people/invite.ts';
import { invitesCommand } from './commands/people/invites.ts';
import { infoCommand } from './commands/messages/info.ts';
import { lockCommand } from './commands/profile/lock.ts';
import { messagesCommand } from './commands/messages/messages.ts';
import { muteCommand } from './commands/messages/mute.ts';
import { notesCommand } from './commands/messages/notes.ts';
import { archiveCommand, pinCommand } from './commands/messages/on-off.ts';
import { pairCommand } from './commands/people/pair.ts';
import { peersCommand } from './commands/people/peers.ts';
import { phraseCommand } from './commands/recovery/phrase.ts';
import { restoreCommand } from './commands/recovery/restore.ts';
import { sendCommand } from './commands/messages/send.ts';
import { launcherCommand } from './commands/program/launcher.ts';
import { openCommand } from './commands/program/open.ts';
import { serveCommand } from './commands/program/serve.ts';
import { statusCommand } from './commands/program/status.ts';
import { stopCommand } from './commands/program/stop.ts';
import { tokenCommand } from './commands/profile/token.ts';
import { unlockCommand } from './commands/profile/unlock.ts';
import { urlCommand } from './commands/program/url.ts';
import { watchCommand } from './commands/messages/watch.ts';
import { wipeCommand } from './commands/profile/wipe.ts';
import { clearCommand } from './commands/messages/clear.ts';
import { contactCommand } from './commands/people/contact.ts';
import { deleteCommand } from './commands/messages/delete.ts';
import { editCommand } from './commands/messages/edit.ts';
import { forwardCommand } from './commands/messages/forward.ts';
import { reactCommand } from './commands/messages/react.ts';
import { passphraseCommand } from './commands/profile/passphrase.ts';
import { profileCommand } from './commands/profile/profile.ts';
import { readCommand } from './commands/messages/read.ts';
import { requestsCommand } from './commands/people/requests.ts';
import { timerCommand } from './commands/messages/timer.ts';
import { searchCommand } from './commands/messages/search.ts';
import { visibilityCommand } from './commands/profile/visibility.ts';
import { exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { asksForJson, failureLine, failureOf } from './failure.ts';
import { surroundings } from './environment.ts';
import { inOwnWords } from './own-command.ts';
import type { Terminal } from './terminal/terminal.ts';

export const commands = [
  serveCommand,
  openCommand,
  urlCommand,
  statusCommand,
  stopCommand,
  launcherCommand,
  profileCommand,
  tokenCommand,
  passphraseCommand,
  unlockCommand,
  lockCommand,
  visibilityCommand,
  contactsCommand,
  contactCommand,
  requestsCommand,
  addCommand,
  pairCommand,
  inviteCommand,
  invitesCommand,
  introduceCommand,
  peersCommand,
  doctorCommand,
  sendCommand,
  messagesCommand,
  infoCommand,
  notesCommand,
  searchCommand,
  readCommand,
  pinCommand,
  muteCommand,
  archiveCommand,
  timerCommand,
  watchCommand,
  editCommand,
  reactCommand,
  forwardCommand,
  deleteCommand,
  clearCommand,
  phraseCommand,
  backupCommand,
  restoreCommand,
  importLoomCommand,
  wipeCommand,
] as const;

/** @param args the words after the program's name. */
export async function run(args: readonly string[], given: Terminal): Promise<ExitCode> {
  let place: ProfilePlace | null = null;
  const terminal = speaking(given, (line) => inOwnWords(line, place, surroundings));
  try {
    const invocation = parseCommandLine(args, commands);
    if (invocation.kind === 'call') {
      place = profilePlace(invocation, surroundings);
      return await invocation.command.run({ ...invocation, place, terminal });
    }
    terminal.print(invocation.kind === 'version' ? version : helpText(invocation.command, commands));
    return exitCodes.done;
  } catch (error) {
    const failure = failureOf(error);
    const json = asksForJson(args);
    (json ? given : terminal).tell(failureLine(failure, json));
    return failure.exitCode;
  }
}

/** A terminal whose words for the person go through `say`; answers and what is typed stay as they are. */
function speaking(terminal: Terminal, say: (line: string) => string): Terminal {
  return {
    print: terminal.print,
    tell: (line) => terminal.tell(say(line)),
    readerGone: terminal.readerGone,
    get isScreen() {
      return terminal.isScreen;
    },
    get stdin() {
      return terminal.stdin;
    },
  };
}
