import type { Invite } from '../../../contract/model.ts';
import { UsageError } from '../../../options.ts';
import { daemonCommand } from '../../command.ts';
import { CommandFailure } from '../../exit.ts';
import { localTime } from '../../terminal/local-time.ts';
import { jsonLine, printable } from '../../terminal/printable.ts';
import { printRows } from '../../terminal/rows.ts';

/** Shorter starts of an id fit several too easily. */
const ID_START = /^[0-9a-f]{4,32}$/;

export const invitesCommand = daemonCommand({
  name: 'invites',
  usage: '[revoke ID]',
  summary: 'your invites, newest first; or cancels one',
  words: [0, 2],
  options: {},
  check({ words: [verb, id] }) {
    if (verb !== undefined && (verb !== 'revoke' || id === undefined))
      throw new UsageError('Usage: loom-web invites [revoke ID]');
  },
  async run({ words: [verb, start = ''], json, terminal }, daemon) {
    const invites = await daemon.request('invite.list', {});
    const contacts = await daemon.request('contact.list', {});
    const line = (invite: Invite): string => {
      const name = contacts.find(({ id }) => id === invite.contact)?.name;
      const by = name === undefined ? '' : ` by ${printable(name)}`;
      return json ? jsonLine(invite) : `${invite.id.slice(0, 8)}  ${describeInvite(invite)}${by}`;
    };
    if (verb === undefined) printRows(terminal, invites, line);
    else terminal.print(line(await daemon.request('invite.revoke', { invite: findInvite(invites, start).id })));
  },
});

/** A few words for people. */
export function describeInvite({ state, expiresAt }: Invite): string {
  if (state !== 'open') return state;
  return expiresAt === null ? 'open until it is used or revoked' : `open until ${localTime(expiresAt)}`;
}

/** @throws CommandFailure when it is none, or several. */
function findInvite(invites: readonly Invite[], start: string): Invite {
  const [invite, ...others] = ID_START.test(start) ? invites.filter(({ id }) => id.startsWith(start)) : [];
  if (invite && others.length === 0) return invite;
  throw new CommandFailure(
    'failed',
    `No single invite starts with “${printable(start)}”. “loom-web invites” lists them.`,
  );
}
