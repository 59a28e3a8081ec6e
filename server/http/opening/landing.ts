// The page between an address and the app. Every navigation that the app did not begin arrives here: from the file that
// we open in the browser (cross-site, as browsers call it, even when the page is reloaded later), from a link on another
// page, and from an address that was typed. The page says nothing, holds nothing, and goes on to `/` as a same-origin
// navigation, with the fragment, which no server ever sees:
//
//   #launch=CODE                → /#launch=CODE   our own launch: this kind of code stands in that file alone
//   #code=CODE, typed or pasted → /#code=CODE     the person holds the code
//   the app, loaded again       → the same        WebKit calls a reload typed; what stood in the tab was ours
//   anything else               → /#ask…          who led here is unknown: the app asks for a click first
//
// A typed address without a code counts as unknown, too: browsers still call it typed when another server redirected it.
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import { LANDING_PATH } from '../guard.ts';

const SCRIPT_PATH = '/open.js';
/** Of redirects browsers count none once another origin is among them: a single one is ours, from `/`. */
const script = `const { hash } = location;
const typed = document.documentElement.dataset.from === 'person';
const own = hash.startsWith('#launch=') || (typed && (hash.startsWith('#code=') || isAgain()));
location.replace('/' + (own ? hash : '#ask' + hash));

function isAgain() {
  const [loaded] = performance.getEntriesByType('navigation');
  return loaded?.type === 'reload' && loaded.redirectCount === 1;
}
`;
/** A program that had this port before may have left another script under this name in the browser's cache. */
const integrity = `sha384-${createHash('sha384').update(script).digest('base64')}`;

/** The app's own page by its two names; under both it is handed out to same-origin navigations alone. */
const APP_PATHS: readonly string[] = ['/', '/index.html'];

export function addLanding(app: FastifyInstance): void {
  app.get(LANDING_PATH, (request, reply) => reply.type('text/html; charset=utf-8').send(page(request)));
  app.get(SCRIPT_PATH, (_, reply) => reply.type('text/javascript; charset=utf-8').send(script));
}

/** To stand behind the guard. Clients without Fetch Metadata get the app: they are no browser of today. */
export const leadToLanding: onRequestHookHandler = (request, reply, done) => {
  const site = siteOf(request);
  if (site === undefined || site === 'same-origin' || !APP_PATHS.includes(request.url)) done();
  // Browsers keep the fragment over a redirect (Fetch §4.4, "HTTP-redirect fetch").
  else void reply.redirect(LANDING_PATH, 302);
};

function page(request: FastifyRequest): string {
  const from = siteOf(request) === 'none' ? 'person' : 'elsewhere';
  const load = `<script src="${SCRIPT_PATH}" integrity="${integrity}"></script>`;
  return `<!doctype html><html lang="en" translate="no" data-from="${from}"><meta charset="utf-8"><title>Loom</title>${load}\n`;
}

function siteOf(request: FastifyRequest): string | undefined {
  const value = request.headers['sec-fetch-site'];
  return typeof value === 'string' ? value : undefined;
}
