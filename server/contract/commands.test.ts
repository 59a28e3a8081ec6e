import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { CommandRow } from './command.ts';
import { commands, isCommandName, isConnectionCommand } from './commands.ts';
import { contactsCommands } from './contacts.ts';
import { conversationsCommands } from './conversations.ts';
import { doctorCommands } from './diagnosis.ts';
import { draftsCommands } from './drafts.ts';
import { filesCommands } from './files.ts';
import { identityCommands } from './identity.ts';
import { meetingCommands } from './meeting.ts';
import { messagesCommands } from './messages.ts';
import { networkCommands } from './network.ts';
import { profileCommands } from './profile.ts';
import { recoveryCommands } from './recovery.ts';
import { repeatable } from './repeatable.ts';
import { searchCommands } from './search.ts';
import { sessionCommands } from './session.ts';

const domains = [
  contactsCommands,
  conversationsCommands,
  doctorCommands,
  draftsCommands,
  filesCommands,
  identityCommands,
  meetingCommands,
  messagesCommands,
  networkCommands,
  profileCommands,
  recoveryCommands,
  searchCommands,
  sessionCommands,
];
const rows: [name: string, row: CommandRow][] = Object.entries(commands);

describe('the table of commands', () => {
  it('has every row of every domain, each name once', () => {
    const names = domains.flatMap((domain) => Object.keys(domain));
    expect(names.toSorted()).toEqual(Object.keys(commands).toSorted());
  });

  it.each(rows)('%s: its row is whole', (name, { params, result, repeatable: repeats, needs }) => {
    expect(name).toMatch(/^[a-z]+\.[a-zA-Z]+$/);
    expect(Object.keys(commands[name as keyof typeof commands]).toSorted()).toEqual([
      'needs',
      'params',
      'repeatable',
      'result',
    ]);
    expect(params).toBeInstanceOf(z.ZodObject);
    // Strict: what it does not know is refused, not passed over.
    const shape = (params as z.ZodObject).shape;
    const refused = params.safeParse({ ...shape, surplus: 1 });
    expect(refused.error?.issues.some(({ code }) => code === 'unrecognized_keys')).toBe(true);
    expect(result).toBeDefined();
    expect([true, false, 'with-id']).toContain(repeats);
    if (repeats === 'with-id') expect(shape).toHaveProperty('id');
    expect(['any', 'new', 'exists', 'ready']).toContain(needs.state);
    expect(['any', 'owner', 'tab', 'control']).toContain(needs.caller);
    // A connection answers in every state of the profile behind it.
    if (isCommandName(name) && isConnectionCommand(name)) expect(needs.state).toBe('any');
  });

  it('knows its own names alone', () => {
    for (const name of ['toString', '__proto__', 'contact', '']) expect(isCommandName(name)).toBe(false);
  });

  it('has the page ask again what may be repeated, and nothing else', () => {
    const repeats = rows.filter(([, row]) => row.repeatable !== false).map(([name, row]) => [name, row.repeatable]);
    expect(repeatable).toEqual(Object.fromEntries(repeats));
  });
});
