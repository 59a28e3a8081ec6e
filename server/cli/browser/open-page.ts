// Opens the page in the browser and sees whether it came: what a browser shows instead, nobody tells us.
import type { ProfilePlace } from '../../options.ts';
import { surroundings } from '../environment.ts';
import { openInBrowser } from './open-browser.ts';
import { redirectPlace } from './redirect-place.ts';

export const NO_BROWSER = 'No browser could be opened. Open the address above yourself.';

export interface Opening {
  /** With a code for our own launch. */
  readonly url: string;
  /** False when no page came in the time that a browser needs. */
  readonly arrived: Promise<boolean>;
  /** When one came, however late, or (false) none will. */
  readonly settled: Promise<boolean>;
}

/** Resolves once it is known, within seconds. The file that leads there goes when the page came, or after a minute. */
export async function openPage(
  { folder }: ProfilePlace,
  { url, arrived, settled }: Opening,
): Promise<'opened' | 'no browser' | 'nothing came'> {
  const file = await redirectPlace(folder, process.platform, surroundings.home);
  const failed = new Promise<'no browser'>((resolve) => {
    const close = openInBrowser(file, url, () => resolve('no browser'));
    void settled.then(close);
  });
  return Promise.race([failed, arrived.then((came) => (came ? 'opened' : 'nothing came'))]);
}
