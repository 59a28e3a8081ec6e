// The addresses that open the page, each with a code in its fragment, which browsers never send.
import { LANDING_PATH } from '../guard.ts';

/** For a person to open. */
export function pageUrl(httpPort: number, code: string): string {
  return `http://127.0.0.1:${httpPort}/#code=${code}`;
}

/** For the file that we open in the browser; see landing.ts. */
export function landingUrl(httpPort: number, code: string): string {
  return `http://127.0.0.1:${httpPort}${LANDING_PATH}#launch=${code}`;
}
