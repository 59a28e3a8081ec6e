// What the rows of the table say they need, held: every command, in every state, from every caller, put to the real
// profile through a real dispatcher.
import { afterEach, describe, expect, it } from 'vitest';
import type { CommandRow } from '../contract/command.ts';
import { commands, type CommandName, type Input } from '../contract/commands.ts';
import { WIPE_WORD } from '../contract/limits.ts';
import type { ProfileState } from '../contract/model.ts';
import { anyId } from '../testing/ids.ts';
import { dispatcherOf, type OpenDoor } from '../testing/network/http-edge.ts';
import { Town, type TestLoom } from '../testing/test-loom.ts';
import type { Profile } from '../engine/profile/profile.ts';
import type { Caller } from './dispatch.ts';

const passphrase = 'correct horse';
const id = anyId('0'.repeat(32));
const contact = id;
const file = 'no/absolute/path';
const current = 'wrong';

/** Parameters that fit the schema of each, and change as little as there is. */
const fitting: { readonly [N in CommandName]: Input<N> } = {
  'status.get': {},
  'vault.unlock': { passphrase: current },
  'vault.lock': {},
  'vault.passphrase': { current, next: '' },
  'vault.used': {},
  'vault.lockAfter': { minutes: 0 },
  'vault.checked': {},
  'vault.wipe': { word: WIPE_WORD },
  'identity.get': {},
  'identity.create': { name: '', passphrase: '' },
  'identity.rename': { name: 'Ann' },
  'identity.describe': { about: '' },
  'identity.picture': {},
  'identity.token': {},
  'token.parse': { token: '' },
  'identity.restore': { phrase: '', name: 'Ann', passphrase: '' },
  'phrase.show': { passphrase: current },
  'phrase.check': { words: [1, 2, 3].map((number) => ({ number, word: '' })) },
  'backup.status': {},
  'backup.places': {},
  'backup.create': { file, passphrase, current },
  'backup.verify': { file, passphrase },
  'backup.schedule': { folder: file, keep: 1, passphrase, current },
  'backup.unschedule': {},
  'backup.dismiss': {},
  'backup.restore': { file, opens: '', passphrase: '' },
  'import.inspect': { file },
  'import.run': { file, name: 'Ann', passphrase: '' },
  'contact.list': {},
  'contact.add': { token: '', name: '' },
  'contact.rename': { contact, name: 'Bob' },
  'contact.remove': { contact },
  'contact.block': { contact, blocked: true },
  'contact.verify': { contact, verified: true },
  'contact.safety': { contact },
  'contact.picture': { contact },
  'contact.address': { contact, address: '' },
  'contact.connect': { contact },
  'contact.introduce': { contact, other: contact },
  'introduction.accept': { conversation: id, author: contact, id, name: '' },
  'request.list': {},
  'request.accept': { request: id, name: '' },
  'request.block': { request: id },
  'request.ignore': { request: id },
  'request.reopen': { contact },
  'file.begin': { name: 'a', size: 0, type: '' },
  'file.send': { conversation: id, ticket: id },
  'file.discard': { ticket: id },
  'file.sendPath': { conversation: id, path: file },
  'file.accept': { conversation: id, author: contact, id },
  'file.decline': { conversation: id, author: contact, id },
  'file.pause': { conversation: id, author: contact, id },
  'file.resume': { conversation: id, author: contact, id },
  'file.cancel': { conversation: id, author: contact, id },
  'file.ticket': { conversation: id, author: contact, id, purpose: 'view' },
  'file.save': { conversation: id, author: contact, id },
  'file.list': {},
  'message.send': { conversation: id, body: 'x' },
  'message.forward': { from: { conversation: id, author: contact, id }, conversation: id },
  'message.edit': { conversation: id, author: 'me', id, body: 'x' },
  'message.react': { conversation: id, author: contact, id, emoji: '' },
  'message.info': { conversation: id, author: contact, id },
  'receipts.get': {},
  'receipts.set': { on: true },
  'message.page': { conversation: id },
  'message.read': { conversation: id },
  'message.delete': { conversation: id, author: contact, id },
  'conversation.list': {},
  'conversation.notes': {},
  'conversation.pin': { conversation: id, pinned: true },
  'conversation.mute': { conversation: id, seconds: null },
  'conversation.archive': { conversation: id, archived: true },
  'conversation.unread': { conversation: id, unread: true },
  'conversation.timer': { conversation: id, seconds: 60 },
  'conversation.clear': { conversation: id },
  'search.query': { text: 'x' },
  'typing.set': { conversation: id, typing: true },
  'draft.list': {},
  'draft.set': { conversation: id, body: '' },
  'people.list': {},
  'pairing.start': { token: '' },
  'pairing.enter': { code: '' },
  'pairing.cancel': {},
  'pairing.get': {},
  'invite.create': {},
  'invite.list': {},
  'invite.revoke': { invite: id },
  'peer.list': {},
  'network.status': {},
  'network.visibility': { mode: 'contacts' },
  'network.doctor': {},
  'events.subscribe': { cursor: null, boot: null },
  'session.code': {},
  'session.url': {},
  'session.launch': {},
  'session.launched': {},
  'launcher.get': {},
  'launcher.install': {},
  'launcher.remove': {},
  'launcher.decline': {},
  'session.renew': {},
  'process.stop': {},
};

/** They leave the state they are called in, and end a test. */
const last: readonly string[] = ['vault.lock', 'vault.wipe'];
const names = Object.keys(commands)
  .filter((name) => !last.includes(name))
  .concat(last) as CommandName[];

const tab: Caller = {
  key: new Uint8Array(32),
  keepsake: Buffer.alloc(32),
  before: null,
  whenRevoked: () => () => undefined,
};

/** The code with which a command that is not for this state or caller fails; null: it is. */
function refusal({ needs }: CommandRow, state: ProfileState, caller: 'tab' | 'control'): string | null {
  if (needs.caller === 'owner' && caller === 'tab' && state === 'locked') return 'locked';
  if (needs.caller === 'tab' && caller === 'control') return 'not-allowed';
  if (needs.caller === 'control' && caller === 'tab') return 'not-allowed';
  if (needs.state === 'new') return state === 'new' ? null : 'identity-exists';
  if (needs.state === 'any' || state === 'ready') return null;
  if (needs.state === 'ready' && state === 'locked') return 'locked';
  return state === 'new' ? 'no-identity' : null;
}

let town: Town;
afterEach(() => town.end());

async function loomIn(state: ProfileState): Promise<TestLoom> {
  town = new Town();
  if (state === 'new') return town.empty();
  const loom = await town.make('Ann', { passphrase });
  if (state === 'locked') await loom.run('vault.lock');
  return loom;
}

/** @returns the code of the failure; null: it was done. */
async function ask(
  { dispatcher }: Pick<OpenDoor<Profile>, 'dispatcher'>,
  caller: Caller,
  command: CommandName,
): Promise<string | null> {
  const replies: { id?: number; ok: boolean; error?: { code: string } }[] = [];
  const connection = dispatcher.open(caller, (text) => replies.push(JSON.parse(text) as (typeof replies)[0]));
  connection.receive(JSON.stringify({ id: 1, command, params: fitting[command] }));
  while (!replies.some((reply) => reply.id === 1)) {
    // Passphrases take real time, the doctor that of the clock.
    await new Promise((resolve) => setTimeout(resolve, 1));
    town.clock.advance(20);
  }
  connection.close();
  return replies.find((reply) => reply.id === 1)!.error?.code ?? null;
}

const states: readonly ProfileState[] = ['new', 'locked', 'ready'];
const callers = ['tab', 'control'] as const;
const everything = states.flatMap((state) => callers.map((caller) => ({ state, caller })));

describe.each(everything)('a profile that is $state, asked by $caller', ({ state, caller }) => {
  it('answers what its rows allow, and refuses the rest by the right code', { timeout: 60_000 }, async () => {
    const loom = await loomIn(state);
    const parts = dispatcherOf(town.clock, loom.profile);
    const who = caller === 'tab' ? tab : 'control';
    for (const name of names) {
      const refused = refusal(commands[name], state, caller);
      const code = await ask(parts, who, name);
      if (refused !== null) {
        expect(`${name}: ${code}`).toBe(`${name}: ${refused}`);
        continue;
      }
      const never = ['unknown-command', 'bad-request', 'internal', 'locked', 'no-identity', 'identity-exists'];
      // Nothing was used up by unlocking: a tab that may ask is told so.
      if (name !== 'session.renew') never.push('not-allowed');
      expect(never, name).not.toContain(code);
      if (last.includes(name)) break;
      expect(loom.profile.state, name).toBe(state);
    }
    expect(parts.bugs).toEqual([]);
  });
});
