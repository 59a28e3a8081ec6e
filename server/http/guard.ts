// Who may speak to the local door at all (W2–W5): decided on the raw headers before routing, for requests and upgrades
// alike. It keeps out other web pages and DNS rebinding; who the person is, sessions decide.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { securityHeaders } from './headers.ts';

/** The socket of the page: the only path that takes an upgrade. */
export const SOCKET_PATH = '/ws';

/** Where every navigation arrives that the app itself did not begin; see `landing.ts`. */
export const LANDING_PATH = '/open';

/** What a link on another page may lead to: the landing page, and the address that leads on to it. */
const ENTRIES: readonly string[] = ['/', LANDING_PATH];

/** A request before anyone interpreted it. */
export interface RawRequest {
  readonly method: string;
  /** The request target as sent. */
  readonly target: string;
  /** Names and values in turn, as Node keeps them. */
  readonly rawHeaders: readonly string[];
  readonly upgrade: boolean;
}

const hostPattern = /^(?:127\.0\.0\.1|\[::1\]|localhost)(?::([1-9]\d{0,4}))?$/;

/** @returns the status with which to refuse, null to go on. */
export function refusal(request: RawRequest): number | null {
  const hosts = valuesOf(request, 'host');
  const host = hosts[0];
  if (hosts.length !== 1 || host === undefined || !isLoopback(host) || !targetMatches(request.target, host)) return 421;
  if (request.method === 'OPTIONS' || request.method === 'CONNECT') return 405;
  if (!originMatches(request, host) || !fetchSiteAllowed(request, host)) return 403;
  // Node would otherwise invite the body by itself, before anyone looked at it.
  if (valuesOf(request, 'expect').length > 0) return 417;
  if (request.upgrade && pathOf(request.target, host) !== SOCKET_PATH) return 404;
  return null;
}

/** Connections on which something was refused: what else was sent along with it is neither looked at nor answered. */
const refused = new WeakSet<object>();

/** The root `onRequest` hook: puts the header set on whatever will be answered, and refuses with an empty body. */
export function guard(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  if (refused.has(request.raw.socket)) {
    reply.hijack();
    return;
  }
  reply.headers(securityHeaders);
  const { method = '', url: target = '', rawHeaders } = request.raw;
  const upgrade = request.ws;
  const status = refusal({ method, target, rawHeaders, upgrade });
  if (status === null) done();
  else refuse(reply, status);
}

/** Ends a request without reading what may still come of it. */
export function refuse(reply: FastifyReply, status: number): void {
  refused.add(reply.request.raw.socket);
  if (status === 405) void reply.header('Allow', 'GET, HEAD, POST, PATCH');
  void reply
    .headers({ ...securityHeaders, Connection: 'close' })
    .code(status)
    .send();
}

function valuesOf(request: RawRequest, name: string): string[] {
  const values: string[] = [];
  const raw = request.rawHeaders;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    if (raw[at]?.toLowerCase() === name) values.push(raw[at + 1] ?? '');
  }
  return values;
}

// The name alone matters: a tunnel may lead here from any port of the browser's machine.
function isLoopback(host: string): boolean {
  const match = hostPattern.exec(host);
  return match !== null && (match[1] === undefined || Number(match[1]) <= 65_535);
}

// RFC 9112 §3.2.2: a target in absolute form overrides Host, so it has to name the same one. `*` is for OPTIONS alone.
function targetMatches(target: string, host: string): boolean {
  return target.startsWith('/') || target === '*' || target.startsWith(`http://${host}/`);
}

function pathOf(target: string, host: string): string {
  return target.startsWith('/') ? target : target.slice(`http://${host}`.length);
}

function originMatches(request: RawRequest, host: string): boolean {
  const origins = valuesOf(request, 'origin');
  if (origins.length === 0) return request.method === 'GET' && !request.upgrade;
  return origins.length === 1 && origins[0] === `http://${host}`;
}

// Fetch Metadata. Absent where the browser is old or the client is none: the origin decided already.
function fetchSiteAllowed(request: RawRequest, host: string): boolean {
  const sites = valuesOf(request, 'sec-fetch-site');
  if (sites.length === 0) return true;
  if (sites.length > 1) return false;
  if (sites[0] === 'same-origin') return true;
  if (!isNavigation(request)) return false;
  if (sites[0] === 'none') return true;
  const foreign = sites[0] === 'cross-site' || sites[0] === 'same-site';
  return foreign && ENTRIES.includes(pathOf(request.target, host));
}

function isNavigation(request: RawRequest): boolean {
  const modes = valuesOf(request, 'sec-fetch-mode');
  const destinations = valuesOf(request, 'sec-fetch-dest');
  return (
    request.method === 'GET' &&
    !request.upgrade &&
    modes.length === 1 &&
    modes[0] === 'navigate' &&
    destinations.length === 1 &&
    destinations[0] === 'document'
  );
}
