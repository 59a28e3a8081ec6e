// The local door: Fastify with its guard, the built web app, the session exchange and the tabs' WebSocket, on loopback.
import fastifyStatic from '@fastify/static';
import fastifyWebsocket from '@fastify/websocket';
import type { WebsocketPluginOptions } from '@fastify/websocket';
import Fastify from 'fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createServer } from 'node:http';
import type { RequestListener, Server, ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Application } from '../engine/application.ts';
import type { Clock } from '../timing/clock.ts';
import type { Access } from './access.ts';
import type { Dispatcher } from './dispatch.ts';
import { guard, refusal, refuse, SOCKET_PATH } from './guard.ts';
import { emptyResponse, headerLines, IMMUTABLE, securityHeaders, textResponse } from './headers.ts';
import { addFiles } from './files.ts';
import { addLanding, leadToLanding } from './opening/landing.ts';
import { removeLeftovers } from './stale-service-worker.ts';
import {
  BODY_BYTES,
  CLOSE_MS,
  HEADER_BYTES,
  HEADERS_MS,
  MESSAGE_FRAGMENTS,
  MESSAGE_PAYLOAD_BYTES,
  REQUEST_MS,
  TIMEOUT_CHECK_MS,
} from './limits.ts';
import type { Places } from './connection-places.ts';
import { addSession } from './session.ts';
import { SocketDoor } from './socket.ts';
import { addWayIn, PLAIN_URL_COMMAND } from './opening/entry-help.ts';

export interface HttpOptions {
  readonly access: Access;
  readonly dispatcher: Dispatcher;
  readonly application: Pick<Application, 'files'>;
  readonly clock: Clock;
  /** Where connections have their place; a proven tab keeps its own. Left out: there is room for all. */
  readonly places?: Places<Socket>;
  /** The built web app: index.html, and hashed files under assets. */
  readonly staticFolder: string;
  /** Prints a fresh address of this profile; for pages that cannot get in. */
  readonly urlCommand?: string;
  /** Told of errors that are ours; what they say stays in the process. */
  readonly onBug: (error: unknown) => void;
}

/** Cookies know no ports: a browser sends us those of every program on this host. */
const TOO_MANY_COOKIES = `Loom cannot open here: other programs on this computer have left too many cookies in your browser.

Open the same address in a private window, or delete the cookies of 127.0.0.1 and localhost in the settings of your browser.
`;

const serverOptions: ServerOptions & { connectionsCheckingInterval: number } = {
  maxHeaderSize: HEADER_BYTES,
  headersTimeout: HEADERS_MS,
  requestTimeout: REQUEST_MS,
  connectionsCheckingInterval: TIMEOUT_CHECK_MS,
  // Node's own refusal would lack our headers; the guard refuses a missing Host.
  requireHostHeader: false,
};

// `closeTimeout` is missing from the types of `ws` 8.18.
const webSocketOptions: NonNullable<WebsocketPluginOptions['options']> & { closeTimeout: number } = {
  maxPayload: MESSAGE_PAYLOAD_BYTES,
  maxFragments: MESSAGE_FRAGMENTS,
  perMessageDeflate: false,
  closeTimeout: CLOSE_MS,
  handleProtocols: () => false,
};

/** @returns the Fastify instance, not yet listening. */
export async function buildHttp(options: HttpOptions): Promise<FastifyInstance> {
  const app = Fastify({
    serverFactory: createListener,
    bodyLimit: BODY_BYTES,
    // A computer that sleeps or is very busy while Loom starts is no reason to give up.
    pluginTimeout: 0,
    trustProxy: false,
    logger: false,
    forceCloseConnections: true,
    // Fastify's own 503 would lack our headers; the last requests are answered like any other.
    return503OnClosing: false,
    // What the schema does not name is refused, neither dropped nor bent into shape.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false } },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: answerBadTarget,
  });
  app.setErrorHandler((error: FastifyError, _, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) options.onBug(error);
    refuse(reply, status);
  });
  app.setNotFoundHandler((request, reply) => refuse(reply, isServed(app, request) ? 405 : 404));
  app.removeContentTypeParser('text/plain');
  // No route takes a query: what a link carries would stand in histories.
  app.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, querystring: { type: 'object', additionalProperties: false } };
  });

  const door = new SocketDoor(options);
  await addWebSocket(app, door);
  // After the plugin, which first marks upgrades, and before everything that could answer.
  app.addHook('onRequest', guard);
  app.addHook('onRequest', removeLeftovers(options.access));
  app.addHook('onRequest', leadToLanding);
  app.route({
    method: 'GET',
    url: SOCKET_PATH,
    handler: (_, reply) => refuse(reply.header('Upgrade', 'websocket'), 426),
    wsHandler: (socket, request) =>
      door.accept(socket, request.headers.origin ?? '', () => options.places?.keep(request.raw.socket)),
  });
  addSession(app, options.access);
  addFiles(app, options.application);
  addLanding(app);
  addWayIn(app, options.urlCommand ?? PLAIN_URL_COMMAND);
  await addStatic(app, options.staticFolder);
  return app;
}

/** The server of one address; Fastify's own listener and the one on ::1 are made alike. */
export function createListener(handler: RequestListener): Server {
  const server = createServer(serverOptions, handler);
  // Node drops headers past this number in silence, and the guard counts doubles; HEADER_BYTES is the bound.
  server.maxHeadersCount = 0;
  // With no file descriptor left a connection cannot be taken, and that is all.
  server.on('error', () => undefined);
  // An expectation goes to the guard like any request: Node would answer 100 or 417 by itself.
  server.on('checkContinue', handler);
  server.on('checkExpectation', handler);
  server.on('connect', (_, socket: Duplex) => socket.on('error', () => socket.destroy()).end(emptyResponse(405)));
  return server;
}

/** What the HTTP parser gave up on: no request exists, so the response is written by hand. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'HPE_HEADER_OVERFLOW' && socket.writable) {
    explain(socket);
    return;
  }
  if (error.code !== 'ECONNRESET' && socket.writable) socket.write(emptyResponse(parserStatus(error.code)));
  socket.destroy(error);
}

/** The one refusal that a person can do something about. What else is sent is read, or the answer would be lost. */
function explain(socket: Socket): void {
  socket.on('error', () => socket.destroy()).resume();
  socket.end(textResponse(431, TOO_MANY_COOKIES));
  setTimeout(() => socket.destroy(), CLOSE_MS).unref();
}

function parserStatus(code: string | undefined): number {
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return 413;
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
}

// A target that cannot be decoded never reaches the hooks, so the guard's question is asked here.
function answerBadTarget(_: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const { method = '', url: target = '', rawHeaders } = request.raw;
  const upgrade = request.headers.upgrade !== undefined;
  // Hooks end the connection of an upgrade that was refused; none run here.
  reply.raw.once('finish', () => request.raw.socket.destroySoon());
  refuse(reply, refusal({ method, target, rawHeaders, upgrade }) ?? 400);
}

function isServed(app: FastifyInstance, request: FastifyRequest): boolean {
  const url = request.url.split('?', 1)[0] ?? '';
  return (['GET', 'POST', 'PATCH'] as const).some((method) => app.hasRoute({ method, url }));
}

async function addWebSocket(app: FastifyInstance, door: SocketDoor): Promise<void> {
  await app.register(fastifyWebsocket, {
    options: webSocketOptions,
    // Bytes that are no WebSocket: `ws` closes with the right code by itself.
    errorHandler: () => undefined,
    preClose(done) {
      door.stop(app.websocketServer.clients);
      done();
    },
  });
  app.websocketServer.on('headers', (headers) => headers.push(...headerLines));
  app.websocketServer.on('wsClientError', (_, socket: Duplex) => socket.end(emptyResponse(400)));
}

// Every file is a route of its own, found at the start: no path is ever put together from a request.
async function addStatic(app: FastifyInstance, root: string): Promise<void> {
  await app.register(fastifyStatic, {
    root,
    wildcard: false,
    cacheControl: false,
    etag: false,
    lastModified: false,
    acceptRanges: false,
    setHeaders(reply, path) {
      const hashed = /[\\/]assets[\\/][^\\/]+$/.test(path);
      void reply.header('Cache-Control', hashed ? IMMUTABLE : securityHeaders['Cache-Control']);
    },
  });
}
