// The page between the file that we open in the browser and the app. A browser tells of a navigation from a file that
// it is cross-site (seen in Chromium 156), even when the page is reloaded later, and the guard refuses cross-site. So
// the file leads to this path alone; the page says nothing, holds nothing, and goes on to `/` as a same-origin
// navigation with the fragment, which no server ever sees. A page elsewhere that leads here gains what a typed
// address gains: the app, without a session.
import type { FastifyInstance } from 'fastify';
import { LANDING_PATH } from './guard.ts';

const SCRIPT_PATH = '/open.js';
const page = `<!doctype html><meta charset="utf-8"><title>Loom</title><script src="${SCRIPT_PATH}"></script>\n`;
const script = `location.replace('/' + location.hash);\n`;

export function addLanding(app: FastifyInstance): void {
  app.get(LANDING_PATH, (_, reply) => reply.type('text/html; charset=utf-8').send(page));
  app.get(SCRIPT_PATH, (_, reply) => reply.type('text/javascript; charset=utf-8').send(script));
}
