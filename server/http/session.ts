// The exchange of a code for a session (W6).
import type { FastifyInstance } from 'fastify';
import type { Access } from './access.ts';

const body = {
  type: 'object',
  properties: { code: { type: 'string', pattern: '^[A-Za-z0-9_-]{22}$' }, launch: { type: 'boolean' } },
  required: ['code'],
  additionalProperties: false,
} as const;

interface Body {
  readonly code: string;
  readonly launch?: boolean;
}

const session = {
  type: 'object',
  properties: { sid: { type: 'string' }, key: { type: 'string' } },
  required: ['sid', 'key'],
  additionalProperties: false,
} as const;

/** `POST /api/session` `{ code, launch? }`: 200 `{ sid, key }`, 401 the code is good no more. */
export function addSession(app: FastifyInstance, access: Access): void {
  app.post<{ Body: Body }>('/api/session', { schema: { body, response: { 200: session } } }, (request) => {
    const secret = access.redeem(request.body.code, request.body.launch);
    return secret ? Promise.resolve(secret) : Promise.reject(new Refused());
  });
}

/** Fastify takes the status from an error; the body stays empty. */
class Refused extends Error {
  override readonly name = 'Refused';
  readonly statusCode = 401;
}
