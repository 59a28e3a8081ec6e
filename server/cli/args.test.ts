import { describe, expect, it } from 'vitest';
import { UsageError } from '../options.ts';
import { helpText, parseCommandLine } from './args.ts';
import { commands } from './run.ts';

function parse(line: string) {
  return parseCommandLine(line === '' ? [] : line.split(' '), commands);
}

function call(line: string) {
  const invocation = parse(line);
  if (invocation.kind !== 'call') throw new Error(`${line} is ${invocation.kind}`);
  return invocation;
}

describe('parseCommandLine', () => {
  it.each([
    ['', 'serve', [], {}],
    ['serve --port 0 --peer-port 7 --peer-host ::1', 'serve', [], { port: '0', 'peer-port': '7', 'peer-host': '::1' }],
    [
      '--adapters wlan0,eth* --not-adapters=docker0',
      'serve',
      [],
      { adapters: 'wlan0,eth*', 'not-adapters': 'docker0' },
    ],
    ['--no-open --no-discovery', 'serve', [], { 'no-open': true, 'no-discovery': true }],
    ['--profile status status', 'status', [], { profile: 'status' }],
    ['status --profile=a --data-dir=b', 'status', [], { profile: 'a', 'data-dir': 'b' }],
    ['add TOKEN --name Ada --address [::1]:9', 'add', ['TOKEN'], { name: 'Ada', address: '[::1]:9' }],
    ['send ada hello', 'send', ['ada', 'hello'], {}],
    ['send ada -', 'send', ['ada', '-'], {}],
    ['send ada', 'send', ['ada'], {}],
    ['send ada -- --json', 'send', ['ada', '--json'], {}],
    ['send -- status status', 'send', ['status', 'status'], {}],
    ['watch', 'watch', [], {}],
    ['watch ada', 'watch', ['ada'], {}],
    ['messages ada --limit 3 --before x', 'messages', ['ada'], { limit: '3', before: 'x' }],
    ['unlock --passphrase-fd 3', 'unlock', [], { 'passphrase-fd': '3' }],
  ])('reads “%s”', (line, name, words, values) => {
    const invocation = call(line);
    expect(invocation.command.name).toBe(name);
    expect(invocation.words).toEqual(words);
    expect(invocation.values).toEqual(values);
    expect(invocation.json).toBe(false);
  });

  it.each(commands)('takes the options of all commands for $name', ({ name, words: [least] }) => {
    const words = ' word'.repeat(least);
    expect(call(`${name}${words} --profile p --data-dir d --json`)).toMatchObject({
      command: { name },
      profile: 'p',
      dataDir: 'd',
      json: true,
    });
    expect(call(`--json --profile p ${name}${words}`)).toMatchObject({ command: { name }, profile: 'p', json: true });
  });

  it.each([
    ['--host 0.0.0.0', 'unknown option --host'],
    ['serve --host 0.0.0.0', 'unknown option --host'],
    ['--host=0.0.0.0', 'unknown option --host'],
    ['-x', 'unknown option -x'],
    ['status --port 1', 'unknown option --port'],
    ['status --no-json', 'unknown option --no-json'],
    ['send ada -v', 'unknown option -v; put -- before a word that starts with -'],
    ['unlock --passphrase secret', 'unknown option --passphrase'],
    ['nurse', 'unknown command “nurse”; loom-web --help lists all'],
    ['statu', 'unknown command “statu”; loom-web --help lists all'],
    ['serve --port', "Option '--port <value>' argument missing"],
    ['serve --port --json', "Option '--port' argument is ambiguous"],
    ['status --json=yes', "Option '--json' does not take an argument"],
    ['status now', 'status: “now” is one word too many. Usage: loom-web status'],
    ['add', 'add: CODE is missing. Usage: loom-web add CODE | - --name NAME [--address HOST:PORT]'],
    [
      'send ada hello world',
      'send: “world” is one word too many. Usage: loom-web send CONTACT [TEXT | -] [--reply-to ID]',
    ],
    ['send', 'send: CONTACT is missing. Usage: loom-web send CONTACT [TEXT | -] [--reply-to ID]'],
    ['delete bob', 'delete: ID is missing. Usage: loom-web delete CONTACT ID [--everyone] [--theirs | --mine]'],
    [
      'passphrase',
      'passphrase: what to do is missing. Usage: loom-web passphrase set | change | remove [--passphrase-fd N]',
    ],
    ['help send now', 'help: “now” is one word too many. Usage: loom-web help [COMMAND]'],
    ['help nurse', 'unknown command “nurse”; loom-web --help lists all'],
    ['help --host', 'unknown option --host; put -- before a word that starts with -'],
  ])('refuses “%s”', (line, message) => {
    expect(() => parse(line)).toThrow(new UsageError(message));
  });

  it('tells help and version', () => {
    expect(parse('--help')).toEqual({ kind: 'help', command: null });
    expect(parse('send --help')).toMatchObject({ kind: 'help', command: { name: 'send' } });
    expect(parse('help')).toEqual({ kind: 'help', command: null });
    expect(parse('help help --json')).toEqual({ kind: 'help', command: null });
    expect(parse('help send')).toMatchObject({ kind: 'help', command: { name: 'send' } });
    expect(parse('send help')).toMatchObject({ kind: 'call', command: { name: 'send' }, words: ['help'] });
    expect(parse('--version')).toEqual({ kind: 'version' });
    expect(parse('status --version')).toEqual({ kind: 'version' });
  });
});

describe('helpText', () => {
  it('names every command and every option', () => {
    const all = helpText(null, commands);
    for (const command of commands) {
      expect(all).toContain(`  ${command.name}`);
      for (const option of Object.keys(command.options)) expect(helpText(command, commands)).toContain(`--${option}`);
    }
  });

  it('is told within the width of a terminal', () => {
    const lines = [null, ...commands].flatMap((command) => helpText(command, commands).split('\n'));
    const usages = commands.map(({ name, usage }) => `${name} ${usage}`.trimEnd());
    // A usage is not broken: it may be copied.
    const long = lines.filter((line) => line.length > 80 && !usages.some((usage) => line.endsWith(usage)));
    expect(long).toEqual([]);
  });
});
