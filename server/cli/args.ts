// From the words after `loom-web` to one call of one command. Strict: what is not known is refused in one line.
import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';
import { UsageError } from '../options.ts';
import type { Command, OptionSpec } from './command.ts';

const everywhere: Readonly<Record<string, OptionSpec>> = {
  profile: { value: 'NAME', help: 'which profile (1–32 of a–z A–Z 0–9 _ -; LOOM_PROFILE; else “default”)' },
  'data-dir': { value: 'DIR', help: 'the folder that holds the profiles (LOOM_DATA_DIR)' },
  json: { help: 'one JSON object a line' },
  help: { help: 'this text' },
  version: { help: 'the version' },
};

/** Not one of the commands: it is answered here. */
const HELP: Command = {
  name: 'help',
  usage: '[COMMAND]',
  summary: 'this text, or more about one command',
  words: [0, 1],
  options: {},
  run: () => Promise.reject(new Error('help is answered by the parser')),
};

export type Invocation =
  | { readonly kind: 'help'; readonly command: Command | null }
  | { readonly kind: 'version' }
  | {
      readonly kind: 'call';
      readonly command: Command;
      readonly values: Readonly<Record<string, unknown>>;
      readonly words: readonly string[];
      readonly json: boolean;
      readonly profile: string | undefined;
      readonly dataDir: string | undefined;
    };

/**
 * @param commands all there are; the first is the one meant when none is named.
 * @throws UsageError in one line.
 */
export function parseCommandLine(args: readonly string[], commands: readonly [Command, ...Command[]]): Invocation {
  const { command, rest } = splitCommand(args, commands);
  if (command === HELP) return { kind: 'help', command: helped(rest, commands) };
  const { values, words } = parseStrictly(rest, command);
  if (values.help === true) {
    return { kind: 'help', command: rest.length === args.length ? null : command };
  }
  if (values.version === true) return { kind: 'version' };
  const [least, most] = command.words;
  const usage = `Usage: loom-web ${command.name} ${command.usage}`.trimEnd();
  if (words.length < least) throw new UsageError(`${command.name}: ${missing(command, words)} is missing. ${usage}`);
  if (words.length > most)
    throw new UsageError(`${command.name}: “${words[most] ?? ''}” is one word too many. ${usage}`);
  const { profile, 'data-dir': dataDir, json } = values;
  return {
    kind: 'call',
    command,
    values,
    words,
    json: json === true,
    profile: typeof profile === 'string' ? profile : undefined,
    dataDir: typeof dataDir === 'string' ? dataDir : undefined,
  };
}

/** What the first word that is not there would have been, as the usage calls it. */
function missing({ usage }: Command, { length }: readonly string[]): string {
  const wanted = usage.split(' ').filter((word) => /^[A-Z]+$/.test(word));
  // Some begin with what is to be done.
  return /^[a-z]/.test(usage) && length === 0 ? 'what to do' : (wanted[length] ?? 'a word');
}

/** The help of one command, or of all. */
export function helpText(command: Command | null, commands: readonly Command[]): string {
  if (command === null) return overview(commands);
  const own = Object.entries(command.options);
  return [
    `loom-web ${command.name} ${command.usage}`.trimEnd(),
    '',
    ...wrap(command.summary, LINE),
    '',
    ...optionLines([...own, ...Object.entries(everywhere)]),
  ].join('\n');
}

function overview(commands: readonly Command[]): string {
  const rows = [...commands, HELP].map(({ name, usage, summary }) => [`${name} ${usage}`.trimEnd(), summary] as const);
  const serve = Object.entries(commands[0]?.options ?? {});
  return [
    ...wrap('Loom: messages for people on the same network, end-to-end encrypted, in your own browser.', LINE),
    '',
    'loom-web [COMMAND] [OPTIONS]',
    '',
    ...columns(rows),
    '',
    'Everywhere:',
    ...optionLines(Object.entries(everywhere)),
    '',
    'serve, which is meant when no command is named:',
    ...optionLines(serve),
    '',
    ...wrap('“loom-web help COMMAND” says more about one.', LINE),
    ...wrap('Exit codes: 0 done, 1 failed, 2 wrong use, 3 locked, 4 not running, 5 not allowed here.', LINE),
  ].join('\n');
}

function optionLines(options: readonly (readonly [string, OptionSpec])[]): readonly string[] {
  return columns(options.map(([name, { value, help }]) => [`--${name}${value ? ` ${value}` : ''}`, help] as const));
}

/** As wide as a terminal usually is, and what of it a command may take before its words go below it. */
const LINE = 80;
const LEFT = 24;

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.min(LEFT, Math.max(...rows.map(([left]) => left.length))) + 2;
  return rows.flatMap(([left, right]) => {
    const [first = '', ...rest] = wrap(right, LINE - width - 2);
    const below = ' '.repeat(width + 2);
    const head = left.length + 2 > width ? [`  ${left}`, `${below}${first}`] : [`  ${left.padEnd(width)}${first}`];
    return [...head, ...rest.map((line) => `${below}${line}`)];
  });
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Finds the command's name, which may stand after options, and takes it out. */
function splitCommand(
  args: readonly string[],
  commands: readonly [Command, ...Command[]],
): { readonly command: Command; readonly rest: readonly string[] } {
  const known = Object.assign({}, ...commands.map(({ options }) => options), everywhere) as typeof everywhere;
  const { tokens } = parseArgs({
    args: [...args],
    options: parserOptions(known),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    // What follows an unknown option could be its value, so no word after it can be trusted to be the command.
    if (token.kind === 'option' && !Object.hasOwn(known, token.name))
      throw new UsageError(`unknown option ${token.rawName}`);
    if (token.kind !== 'positional') continue;
    const command = [...commands, HELP].find(({ name }) => name === token.value);
    if (command === undefined) throw unknownCommand(token.value);
    return { command, rest: args.toSpliced(token.index, 1) };
  }
  return { command: commands[0], rest: args };
}

function unknownCommand(name: string): UsageError {
  return new UsageError(`unknown command “${name}”; loom-web --help lists all`);
}

/** Whose help is wanted: `help`, `help COMMAND`. Options change nothing about it. */
function helped(rest: readonly string[], commands: readonly Command[]): Command | null {
  const { words } = parseStrictly(rest, HELP);
  const [name, tooMuch] = words;
  if (tooMuch !== undefined)
    throw new UsageError(`help: “${tooMuch}” is one word too many. Usage: loom-web help [COMMAND]`);
  if (name === undefined || name === HELP.name) return null;
  const command = commands.find((each) => each.name === name);
  if (command === undefined) throw unknownCommand(name);
  return command;
}

function parseStrictly(
  args: readonly string[],
  command: Command,
): { readonly values: Readonly<Record<string, unknown>>; readonly words: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: parserOptions({ ...command.options, ...everywhere }),
      strict: true,
      allowPositionals: true,
    });
    return { values, words: positionals };
  } catch (error) {
    throw readable(error, command);
  }
}

function parserOptions(options: Readonly<Record<string, OptionSpec>>): NonNullable<ParseArgsConfig['options']> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { value }]) => [name, { type: value === undefined ? 'boolean' : 'string' }]),
  );
}

/** Node's own sentences run over several lines; the first says what is wrong. */
function readable(error: unknown, command: Command): unknown {
  if (!(error instanceof TypeError) || !('code' in error)) return error;
  const unknown = /^Unknown option '([^']+)'/.exec(error.message)?.[1];
  const hint = command.words[1] > 0 ? '; put -- before a word that starts with -' : '';
  if (unknown !== undefined) return new UsageError(`unknown option ${unknown}${hint}`);
  return new UsageError(error.message.split(/\.?\n|\. /, 1)[0] ?? error.message);
}
