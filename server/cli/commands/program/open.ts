import { openPage, NO_BROWSER } from '../../browser/open-page.ts';
import { thisDesktop, whyNotOpen } from '../../browser/open-browser.ts';
import { command } from '../../command.ts';
import type { Daemon } from '../../daemon.ts';
import { exitCodes } from '../../exit.ts';
import { NOTHING_CAME } from '../../terminal/banner.ts';
import { jsonLine } from '../../terminal/printable.ts';

export const openCommand = command({
  name: 'open',
  usage: '',
  summary: 'opens the page in your browser, and starts Loom in the background if it isn’t running',
  words: [0, 0],
  options: {},
  async run({ place, json, terminal }) {
    // Loaded late: help and usage errors come without it.
    const { reachOrStart } = await import('../../start-daemon.ts');
    const { daemon, started } = await reachOrStart(place);
    try {
      if (started && !json) terminal.tell('Loom runs in the background now; “loom-web stop” ends it.');
      // Whoever asks for it in a container that has a screen, has a browser there.
      const seen = whyNotOpen({ ...thisDesktop(), container: false }) === null;
      const opened = seen ? await launch(daemon, place) : 'no display';
      if (opened === 'opened') {
        terminal.print(json ? jsonLine({ opened: true }) : 'Loom is open in your browser.');
        return exitCodes.done;
      }
      const url = await daemon.url();
      terminal.print(json ? jsonLine({ opened: false, url }) : url);
      if (opened !== 'no display') terminal.tell(opened === 'no browser' ? NO_BROWSER : NOTHING_CAME);
      // The browser may still be starting, and then wants the file that leads it here.
      if (opened === 'nothing came') await daemon.request('session.launched', {});
      return exitCodes.done;
    } finally {
      daemon.close();
    }
  },
});

async function launch(daemon: Daemon, place: Parameters<typeof openPage>[0]): ReturnType<typeof openPage> {
  const { url } = await daemon.request('session.launch', {});
  // The command may end first, and then nobody asks any more.
  const launched = async (): Promise<boolean> =>
    daemon.request('session.launched', {}).then(
      ({ arrived }) => arrived,
      () => false,
    );
  const arrived = launched();
  // A page that comes late still finds the file: it goes when the command ends.
  return openPage(place, { url, arrived, settled: arrived.then((came) => came || launched()) });
}
