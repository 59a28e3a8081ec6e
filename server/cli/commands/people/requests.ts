import type { ContactRequest } from '../../../contract/model.ts';
import { UsageError } from '../../../options.ts';
import { daemonCommand, type Call } from '../../command.ts';
import type { Daemon } from '../../daemon.ts';
import { CommandFailure } from '../../exit.ts';
import { localTime } from '../../terminal/local-time.ts';
import { jsonLine, printable } from '../../terminal/printable.ts';
import { printRows } from '../../terminal/rows.ts';
import { describeContact } from './contacts.ts';

const verbs = ['list', 'accept', 'ignore', 'block'] as const;
type Verb = (typeof verbs)[number];

/** Of a key or an id, in characters: shorter starts fit several too easily. */
const START = /^[0-9a-f]{8,64}$/;
const KEY_SHOWN = 16;

export const requestsCommand = daemonCommand({
  name: 'requests',
  usage: '[list | accept WHO [--name NAME] | ignore WHO | block WHO]',
  summary: 'people who want to talk to you; WHO is a name, or the start of a key or id',
  words: [0, 2],
  options: { name: { value: 'NAME', help: 'with accept: what you call them, if not by the name they gave' } },
  check({ words: [verb, who], values }) {
    const known = verbOf(verb);
    if (known === 'list' && who !== undefined) throw new UsageError(`requests list: “${who}” is too much`);
    if (known !== 'list' && who === undefined) throw new UsageError(`requests ${known}: WHO is missing`);
    if (values.name !== undefined && known !== 'accept') throw new UsageError('requests: --name goes with accept');
  },
  async run(call, daemon) {
    const { words, json, terminal } = call;
    const requests = await daemon.request('request.list', {});
    const [verb, who = ''] = words;
    const known = verbOf(verb);
    if (known === 'list') printRows(terminal, requests, (each) => (json ? jsonLine(each) : describe(each)));
    else await act(call, daemon, known, findRequest(requests, who));
  },
});

async function act(
  { values, json, terminal }: Call<{ readonly name: string | undefined }>,
  daemon: Daemon,
  verb: Exclude<Verb, 'list'>,
  { id, name }: ContactRequest,
): Promise<void> {
  switch (verb) {
    case 'accept': {
      const contact = await daemon.request('request.accept', { request: id, name: values.name ?? '' });
      terminal.print(json ? jsonLine(contact) : `Added: ${describeContact(contact)}`);
      return;
    }
    case 'ignore':
      await daemon.request('request.ignore', { request: id });
      if (!json) terminal.tell(`Ignored. ${printable(name)} can’t tell.`);
      return;
    case 'block':
      await daemon.request('request.block', { request: id });
      if (!json) terminal.tell(`Blocked. ${printable(name)} can’t tell.`);
  }
}

function verbOf(word = 'list'): Verb {
  const verb = verbs.find((known) => known === word);
  if (verb === undefined) throw new UsageError(`requests does one of: ${verbs.join(', ')}`);
  return verb;
}

/** The name stands last: whatever it says, it says nothing about key or time. */
function describe({ publicKey, at, address, name }: ContactRequest): string {
  const from = address === null ? '' : ` from ${printable(address)}`;
  return `key ${publicKey.slice(0, KEY_SHOWN)}  (${localTime(at)}${from})  ${printable(name)}`;
}

/** By name, whatever its case, or the start of a key or id. @throws CommandFailure when it is nobody, or several. */
function findRequest(requests: readonly ContactRequest[], word: string): ContactRequest {
  const fold = (text: string): string => text.normalize('NFC').toLowerCase();
  const start = START.test(word.toLowerCase()) ? word.toLowerCase() : null;
  const named = requests.filter(({ name }) => fold(name) === fold(word));
  const starting = requests.filter(
    ({ id, publicKey }) => start !== null && (id.startsWith(start) || publicKey.startsWith(start)),
  );
  const [request, ...others] = named.length > 0 ? named : starting;
  if (request && others.length === 0) return request;
  if (!request) throw new CommandFailure('failed', `Nobody called “${printable(word)}” is asking.`);
  const which = [request, ...others].map((each) => `  ${describe(each)}`);
  throw new CommandFailure('failed', [`Several are “${printable(word)}”. Say which by key:`, ...which].join('\n'));
}
