import { resolve } from 'node:path';
import type { Message } from '../../../contract/model.ts';
import { daemonCommand } from '../../command.ts';
import type { Daemon } from '../../daemon.ts';
import { CommandFailure } from '../../exit.ts';
import { fileLine } from '../../terminal/file-line.ts';
import { jsonLine } from '../../terminal/printable.ts';

/** As many as a shell names at once by hand. */
const MOST = 1000;

type FileMessage = Message & { readonly kind: 'file' };

export const sendFileCommand = daemonCommand({
  name: 'send-file',
  usage: 'CONTACT PATH… [--caption TEXT] [--wait]',
  summary: 'offers files; each is read where it lies, so keep it there until it is delivered',
  words: [2, MOST],
  options: {
    caption: { value: 'TEXT', help: 'what you say of them' },
    wait: { help: 'end when all of them are delivered, or one cannot be' },
  },
  async run({ words: [who = '', ...paths], values: { caption, wait }, json, terminal }, daemon) {
    const { conversation } = await daemon.contact(who);
    const over = wait ? await watchFiles(daemon) : null;
    const ids: string[] = [];
    for (const path of paths) {
      const about = caption !== undefined && { caption };
      const message = await daemon.request('file.sendPath', { conversation, path: resolve(path), ...about });
      ids.push(message.id);
      if (!over) terminal.print(json ? jsonLine(message) : fileLine(message as FileMessage));
    }
    if (!over) return;
    await over(ids);
    const sent = (await daemon.request('file.list', { conversation })).filter(({ id }) =>
      ids.includes(id),
    ) as FileMessage[];
    for (const message of sent) terminal.print(json ? jsonLine(message) : fileLine(message));
    if (sent.some(({ file }) => file.state !== 'done'))
      throw new CommandFailure('failed', 'Not all of them were delivered.');
  },
});

const OVER: readonly string[] = ['done', 'declined', 'cancelled', 'failed'];

/** From now on. @returns what resolves when all of these are over. */
async function watchFiles(daemon: Daemon): Promise<(ids: readonly string[]) => Promise<void>> {
  const over = new Set<string>();
  let look = (): void => undefined;
  daemon.onEvent(({ event, data }) => {
    if (event !== 'file.changed' || !OVER.includes(data.progress.state)) return;
    over.add(data.id);
    look();
  });
  await daemon.request('events.subscribe', { cursor: null, boot: null });
  return async (ids) => {
    const all = new Promise<void>((resolve) => {
      look = () => ids.every((id) => over.has(id)) && resolve();
      look();
    });
    const ended = await Promise.race([all.then(() => false), daemon.closed.then(() => true)]);
    if (ended) throw new CommandFailure('notRunning', 'Loom has stopped.');
  };
}
