// One contact: seen, renamed, verified, blocked, removed. What a contact sends and is sent has commands of its own.
import type { Contact, ContactId } from '../../../contract/model.ts';
import { isOwnName } from '../../../contract/words/names.ts';
import { UsageError } from '../../../options.ts';
import { daemonCommand, type Call } from '../../command.ts';
import type { Daemon } from '../../daemon.ts';
import { CommandFailure } from '../../exit.ts';
import { confirm, yesOption } from '../../terminal/confirm.ts';
import { localTime } from '../../terminal/local-time.ts';
import { jsonLine, printable } from '../../terminal/printable.ts';

/** By name, what each takes behind CONTACT; `?`: it may be left out. */
const actions = {
  show: null,
  rename: 'NAME',
  verify: 'NUMBER',
  unverify: null,
  block: null,
  unblock: null,
  address: 'HOST:PORT',
  remove: null,
} as const;
type Action = keyof typeof actions;

type ContactCall = Call<{ readonly yes: true | undefined }>;

export const contactCommand = daemonCommand({
  name: 'contact',
  usage: 'show | rename | verify | unverify | block | unblock | address | remove CONTACT [NAME | NUMBER | HOST:PORT]',
  summary:
    'one contact: show has keys, addresses and the safety number, which verify takes as the other side reads it out; remove deletes the messages, too',
  words: [1, 3],
  options: yesOption,
  check({ words }) {
    const action = actionOf(words[0]);
    const takes = actions[action];
    if (words[1] === undefined) throw new UsageError(`contact ${action}: CONTACT is missing`);
    if (takes === null && words[2] !== undefined)
      throw new UsageError(`contact ${action}: “${words[2]}” is too much; put a name with spaces in quotes`);
    if (takes !== null && words[2] === undefined) throw new UsageError(`contact ${action}: ${takes} is missing`);
  },
  async run(call, daemon) {
    const [verb, who = '', value = ''] = call.words;
    const contact = await daemon.contact(who);
    const action = actionOf(verb);
    if (action === 'show') await show(call, daemon, contact);
    else if (action === 'remove') await remove(call, daemon, contact);
    else await change(call, daemon, contact, action, value);
  },
});

function actionOf(word: string | undefined): Action {
  if (word !== undefined && Object.hasOwn(actions, word)) return word as Action;
  throw new UsageError(`contact does one of: ${Object.keys(actions).join(', ')}`);
}

async function change(
  { json, terminal }: ContactCall,
  daemon: Daemon,
  { id }: Contact,
  action: Exclude<Action, 'show' | 'remove'>,
  value: string,
): Promise<void> {
  const changed = await ask(daemon, id, action, value);
  if (json) terminal.print(jsonLine(changed));
  else terminal.tell(sentence(changed, action));
}

async function ask(
  daemon: Daemon,
  contact: ContactId,
  action: Exclude<Action, 'show' | 'remove'>,
  value: string,
): Promise<Contact> {
  switch (action) {
    case 'rename':
      return daemon.request('contact.rename', { contact, name: value });
    case 'verify':
      await compare(daemon, contact, value);
      return daemon.request('contact.verify', { contact, verified: true });
    case 'unverify':
      return daemon.request('contact.verify', { contact, verified: false });
    case 'block':
    case 'unblock':
      return daemon.request('contact.block', { contact, blocked: action === 'block' });
    case 'address':
      return daemon.request('contact.address', { contact, address: value });
  }
}

/** @throws CommandFailure when the two numbers differ. */
async function compare(daemon: Daemon, contact: ContactId, typed: string): Promise<void> {
  const { number } = await daemon.request('contact.safety', { contact });
  if (typed.replace(/\D/g, '') === number) return;
  throw new CommandFailure(
    'failed',
    'That is not the safety number you two should have. Nothing was changed. Compare it once more with “contact show”; if it differs, somebody may be between you.',
  );
}

function sentence({ name }: Contact, action: Exclude<Action, 'show' | 'remove'>): string {
  const who = printable(name);
  return {
    rename: `You call them ${who} now.`,
    verify: `${who} is verified.`,
    unverify: `${who} is no longer verified.`,
    block: `${who} is blocked, and can’t tell.`,
    unblock: `${who} is no longer blocked.`,
    address: `Loom tries that address for ${who} now.`,
  }[action];
}

async function show({ json, terminal }: ContactCall, daemon: Daemon, contact: Contact): Promise<void> {
  const { number } = await daemon.request('contact.safety', { contact: contact.id });
  if (json) terminal.print(jsonLine({ ...contact, safety: number }));
  else for (const line of describe(contact, number)) terminal.print(line);
}

async function remove(call: ContactCall, daemon: Daemon, { id, name }: Contact): Promise<void> {
  const { values, json, terminal } = call;
  await confirm(terminal, values.yes, `Remove ${printable(name)} and every message with them`);
  await daemon.request('contact.remove', { contact: id });
  if (!json) terminal.tell(`${printable(name)} is removed.`);
}

function describe(contact: Contact, safety: string): readonly string[] {
  const { name, ownName, about, picture, publicKey, verified, blocked, connection, addresses, addedAt, lastSeen } =
    contact;
  return [
    `Name       ${printable(name)}`,
    ...(ownName === '' || isOwnName(name, ownName) ? [] : [`Own name   ${printable(ownName)}`]),
    ...(about === '' ? [] : [`About      ${printable(about)}`]),
    ...(picture === null ? [] : ['Picture    their own']),
    `State      ${blocked ? 'blocked' : connection}, last connected ${lastSeen === null ? 'never' : localTime(lastSeen)}`,
    `Verified   ${verified ? 'yes' : 'no'}`,
    `Added      ${localTime(addedAt)}, by ${contact.addedBy}`,
    `Waiting    ${contact.queued} of yours not yet delivered`,
    `Addresses  ${addresses.length === 0 ? 'none known' : addresses.map(printable).join('  ')}`,
    `Key        ${publicKey}`,
    `Safety     ${(safety.match(/.{1,5}/g) ?? []).join(' ')}`,
    `Id         ${contact.id}`,
  ];
}
