// The exchange of a code for a session (W6).
import type { FastifyInstance } from 'fastify';
import type { Access } from './access.ts';

const body = {
  type: 'object',
  properties: { code: { type: 'string', pattern: '^[A-Za-z0-9_-]{22}$' } },
  required: ['code'],
  additionalProperties: false,
} as const;

const session = {
  type: 'object',
  properties: { sid: { type: 'string' }, key: { type: 'string' } },
  required: ['sid', 'key'],
  additionalProperties: false,
} as const;

/** `POST /api/session` `{ code }`: 200 `{ sid, key }`, 401 the code is good no more, 429 logins pause for a minute. */
export function addSession(app: FastifyInstance, access: Access): void {
  app.post<{ Body: { code: string } }>('/api/session', { schema: { body, response: { 200: session } } }, (request) => {
    const secret = access.redeem(request.body.code);
    if (secret) return Promise.resolve(secret);
    return Promise.reject(new Refused(access.paused ? 429 : 401));
  });
}

/** Fastify takes the status from an error; the body stays empty. */
class Refused extends Error {
  override readonly name = 'Refused';
  readonly statusCode: number;

  constructor(statusCode: number) {
    super('refused');
    this.statusCode = statusCode;
  }
}
