import { open } from 'node:fs/promises';
import { PICTURE_BYTES } from '../../../contract/limits.ts';
import type { Identity } from '../../../contract/model.ts';
import { UsageError } from '../../../options.ts';
import { daemonCommand, type Call } from '../../command.ts';
import type { Daemon } from '../../daemon.ts';
import { CommandFailure } from '../../exit.ts';
import { jsonLine, printable } from '../../terminal/printable.ts';

const options = {
  name: { value: 'NAME', help: 'set: what you are called' },
  about: { value: 'TEXT', help: 'set: a line about you, at most 140 letters; "" for none' },
  picture: { value: 'FILE', help: 'set: a JPEG, PNG or WebP of at most 24 KiB and 1024 pixels a side' },
  'no-picture': { help: 'set: no picture any more' },
} as const;

interface Values {
  readonly name: string | undefined;
  readonly about: string | undefined;
  readonly picture: string | undefined;
  readonly 'no-picture': true | undefined;
}

export const profileCommand = daemonCommand({
  name: 'profile',
  usage: '[name NAME | set [--name NAME] [--about TEXT] [--picture FILE | --no-picture]]',
  summary: 'who you are to your contacts; set changes what they see of you',
  words: [0, 2],
  options,
  check({ words: [verb, name], values }) {
    if (verb !== undefined && verb !== 'name' && verb !== 'set') throw new UsageError(`profile does one of: name, set`);
    if (verb === 'name' && name === undefined) throw new UsageError('profile name: NAME is missing');
    if (verb === 'set' && name !== undefined)
      throw new UsageError(`profile set: “${name}” is too much; put words with spaces in quotes`);
    const { name: called, about, picture, 'no-picture': none } = values;
    const changes = [called, about, picture, none].some((value) => value !== undefined);
    if (verb !== 'set' && changes) throw new UsageError('profile: --name, --about and --picture go with “profile set”');
    if (verb === 'set' && !changes) throw new UsageError('profile set: say what to change');
    if (picture !== undefined && none)
      throw new UsageError('profile set: --picture and --no-picture don’t go together');
  },
  async run(call, daemon) {
    const identity = await done(call, daemon);
    const { json, terminal } = call;
    if (json) terminal.print(jsonLine(identity));
    else for (const line of describe(identity)) terminal.print(line);
  },
});

async function done({ words: [verb, name = ''], values }: Call<Values>, daemon: Daemon): Promise<Identity> {
  if (verb === undefined) return own(daemon);
  if (verb === 'name') return daemon.request('identity.rename', { name });
  const picture = values.picture === undefined ? undefined : await readPicture(values.picture);
  return daemon.request('identity.describe', {
    ...(values.name !== undefined && { name: values.name }),
    ...(values.about !== undefined && { about: values.about }),
    ...(picture !== undefined && { picture }),
    ...(values['no-picture'] && { picture: null }),
  });
}

/** @returns it in base64, whatever it is: the daemon says whether it is a picture. @throws CommandFailure. */
async function readPicture(path: string): Promise<string> {
  try {
    await using file = await open(path);
    const buffer = Buffer.alloc(PICTURE_BYTES + 1);
    let length = 0;
    for (let read = 1; read > 0 && length < buffer.length; length += read)
      read = (await file.read(buffer, length)).bytesRead;
    return buffer.toString('base64', 0, length);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new CommandFailure('failed', `${printable(path)} can’t be read (${code}).`);
  }
}

/** @throws CommandError locked, no-identity. */
async function own(daemon: Daemon): Promise<Identity> {
  const identity = await daemon.request('identity.get', {});
  if (identity) return identity;
  // Answers with the reason.
  await daemon.request('identity.token', {});
  throw new CommandFailure('failed', 'This profile was opened only just now. Try again.');
}

function describe({ name, about, picture, publicKey, passphraseSet, lockAfter }: Identity): readonly string[] {
  const locks = lockAfter === 0 ? 'never locks by itself' : `locks after ${lockAfter} idle minutes`;
  return [
    `Name        ${printable(name)}`,
    `About       ${about === '' ? 'nothing' : printable(about)}`,
    `Picture     ${picture === null ? 'none' : 'set'}`,
    `Key         ${publicKey}`,
    `Passphrase  ${passphraseSet ? `set, ${locks}` : 'none: anyone who can read your files can read your messages'}`,
  ];
}
