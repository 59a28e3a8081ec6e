// Bytes of files between the page and Loom (W14): in by pieces, out by one range or whole. A ticket in the path is all there is
// to show: it was given out on a proven socket, and is gone when the profile is locked.
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { CommandError, type ErrorCode } from '../contract/errors.ts';
import { UPLOAD_PIECE_BYTES } from '../contract/limits.ts';
import type { Application, Download } from '../engine/application.ts';
import { refuse } from './guard.ts';

const PIECE_TYPE = 'application/offset+octet-stream';

const params = {
  type: 'object',
  properties: { ticket: { type: 'string', pattern: '^[0-9a-f]{32}$' } },
  required: ['ticket'],
  additionalProperties: false,
} as const;

interface Params {
  readonly ticket: string;
}

/**
 * Elements that show a file, and can do nothing else with it, by what it is. A picture is drawn by whatever it holds: one that is a
 * film by its first bytes, which was not measured, is none.
 */
const SHOWN_BY: Readonly<Record<string, readonly unknown[]>> = {
  image: ['image'],
  audio: ['audio', 'video'],
  video: ['audio', 'video'],
};

const statuses: Partial<Record<ErrorCode, number>> = {
  'file-unknown': 404,
  'file-state': 409,
  'file-too-large': 413,
  'disk-full': 507,
  'system-busy': 503,
};

/**
 * `PATCH /files/in/TICKET`, `Upload-Offset` as in tus 1.0: 204 and where to go on, 409 and where to go on, 404 no such upload (any
 * more), 413 more than was announced, 503 not now, 507 no room, 500 the disk refuses. `GET /files/out/TICKET`: 200, 206, 416; 403 not
 * by an element that shows it; 404 no such ticket, 409 not whole any more; 500, 503.
 */
export function addFiles(app: FastifyInstance, application: Pick<Application, 'files'>): void {
  // Not gathered in memory: it is sealed as it comes.
  const errorHandler = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    if (error instanceof CommandError) refuse(reply, statuses[error.code] ?? 500);
    else app.errorHandler(error, request, reply);
  };
  app.addContentTypeParser(PIECE_TYPE, (_, payload, done) => done(null, payload));
  app.patch<{ Params: Params }>(
    '/files/in/:ticket',
    { schema: { params }, bodyLimit: UPLOAD_PIECE_BYTES, errorHandler },
    (request, reply) => takePiece(application, request, reply),
  );
  app.get<{ Params: Params }>(
    '/files/out/:ticket',
    { schema: { params }, exposeHeadRoute: false, errorHandler },
    (request, reply) => giveOut(application, request, reply),
  );
}

async function takePiece(
  { files }: Pick<Application, 'files'>,
  request: FastifyRequest<{ Params: Params }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { ticket } = request.params;
  const offset = wholeNumber(request.headers['upload-offset']);
  const length = wholeNumber(request.headers['content-length']);
  if (files?.received(ticket) == null) return refused(reply, 404);
  if (offset === null || length === null || request.headers['content-type'] !== PIECE_TYPE) return refused(reply, 400);
  if (length > UPLOAD_PIECE_BYTES) return refused(reply, 413);
  try {
    // What is refused is answered: the stream must not be torn down with it.
    const pieces = (request.body as Readable).iterator({ destroyOnReturn: false });
    const received = await files.take(ticket, offset, pieces as AsyncIterable<Uint8Array>);
    return await reply.code(204).header('Upload-Offset', received).send();
  } catch (error) {
    // Its tab is gone, or the connection: what came counts.
    if (request.raw.socket.destroyed) return reply.hijack();
    reply.header('Upload-Offset', files.received(ticket) ?? 0);
    throw error;
  }
}

async function giveOut(
  { files }: Pick<Application, 'files'>,
  request: FastifyRequest<{ Params: Params }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const download = await files?.download(request.params.ticket);
  if (!download) return refused(reply, 404);
  const { headers } = request;
  if (download.purpose === 'view' && !isShownBy(headers['sec-fetch-dest'], download.type)) {
    await download.close();
    return refused(reply, 403);
  }
  reply.header('Content-Type', download.type);
  // Should anybody come to look at it by itself, it does nothing.
  reply.header('Content-Security-Policy', "sandbox; default-src 'none'");
  if (download.purpose === 'save') {
    reply.header('Content-Disposition', `attachment; filename*=UTF-8''${encoded(download.name)}`);
    return reply.header('Content-Length', download.size).send(download.bytes(0, download.size));
  }
  // What a ticket is for never changes.
  const tag = `"${request.params.ticket}"`;
  const isCurrent = headers['if-range'] === undefined || headers['if-range'] === tag;
  reply.header('Accept-Ranges', 'bytes').header('ETag', tag);
  return giveRange(download, isCurrent ? headers.range : undefined, reply);
}

async function giveRange(download: Download, wanted: string | undefined, reply: FastifyReply): Promise<FastifyReply> {
  const { size } = download;
  const range = wanted === undefined ? null : rangeOf(wanted, size);
  if (range === 'unsatisfiable') {
    await download.close();
    return reply.header('Content-Range', `bytes */${size}`).header('Content-Length', 0).code(416).send();
  }
  const { from, to } = range ?? { from: 0, to: size };
  if (range) reply.code(206).header('Content-Range', `bytes ${from}-${to - 1}/${size}`);
  return reply.header('Content-Length', to - from).send(download.bytes(from, to));
}

function isShownBy(destination: unknown, type: string): boolean {
  const [family = ''] = type.split('/');
  return SHOWN_BY[family]?.includes(destination) ?? false;
}

/**
 * RFC 9110 §14.2. @returns null: several ranges, or none that we know, so that all of it is sent; `to` is behind the last.
 */
export function rangeOf(header: string, size: number): { from: number; to: number } | 'unsatisfiable' | null {
  const match = /^bytes=(\d{0,16})-(\d{0,16})$/.exec(header.trim());
  if (!match || (match[1] === '' && match[2] === '')) return null;
  const [first, last] = [match[1] ?? '', match[2] ?? ''];
  if (first === '') {
    const from = Math.max(0, size - Number(last));
    return from < size ? { from, to: size } : 'unsatisfiable';
  }
  const from = Number(first);
  const to = last === '' ? size : Math.min(size, Number(last) + 1);
  if (last !== '' && Number(last) < from) return null;
  return from < size ? { from, to } : 'unsatisfiable';
}

/** RFC 8187: what else than letters and digits may stand there unescaped is not needed. */
function encoded(name: string): string {
  return encodeURIComponent(name).replace(/['()*!]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function refused(reply: FastifyReply, status: number): FastifyReply {
  refuse(reply, status);
  return reply;
}

function wholeNumber(header: string | readonly string[] | undefined): number | null {
  return typeof header === 'string' && /^\d{1,16}$/.test(header) ? Number(header) : null;
}
