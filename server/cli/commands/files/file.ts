import { resolve } from 'node:path';
import type { Message } from '../../../contract/model.ts';
import { UsageError } from '../../../options.ts';
import { daemonCommand } from '../../command.ts';
import { checkMessage, findMessage, whoseOptions } from '../../find-message.ts';
import { fileLine } from '../../terminal/file-line.ts';
import { jsonLine, printable } from '../../terminal/printable.ts';

const decisions = ['accept', 'decline', 'pause', 'resume', 'cancel'] as const;
type Decision = (typeof decisions)[number];

const isPlace = (word: string): word is 'loom' | 'downloads' => word === 'loom' || word === 'downloads';
const isDecision = (word: string): word is Decision => (decisions as readonly string[]).includes(word);

export const fileCommand = daemonCommand({
  name: 'file',
  usage: 'accept | decline | pause | resume | cancel | save CONTACT ID [PATH]',
  summary: 'decides on a file, or saves it: to PATH, a folder or a new file, else to Downloads; “files” shows ids',
  words: [3, 4],
  options: {
    ...whoseOptions,
    into: {
      value: 'loom|downloads',
      help: 'with “accept”: where it comes to lie; left out, over 100 MiB among the downloads',
    },
  },
  check({ words: [what = '', , id = '', path], values }) {
    checkMessage('file', id, values);
    if (what !== 'save' && !isDecision(what))
      throw new UsageError(`file: ${[...decisions, 'save'].join(', ')}, not “${what}”`);
    if (what !== 'save' && path !== undefined) throw new UsageError('file: PATH is for “save”');
    if (values.into !== undefined && (what !== 'accept' || !isPlace(values.into)))
      throw new UsageError('file: --into is for “accept”, and “loom” or “downloads”');
  },
  async run({ words: [what = '', who = '', id = '', path], values, json, terminal }, daemon) {
    const message = await findMessage(daemon, await daemon.place(who), id, values);
    if (isDecision(what)) {
      const decided = (await daemon.request(`file.${what}`, {
        ...message,
        ...(what === 'accept' && values.into !== undefined && { into: values.into }),
      })) as Message & { readonly kind: 'file' };
      terminal.print(json ? jsonLine(decided) : fileLine(decided));
      return;
    }
    const saved = await daemon.request('file.save', { ...message, ...(path !== undefined && { path: resolve(path) }) });
    terminal.print(json ? jsonLine(saved) : printable(saved.path));
  },
});
