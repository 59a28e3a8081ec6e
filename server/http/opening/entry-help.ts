// What a page that cannot get in tells its person to type: the command that prints a fresh address for this very
// profile. It is asked for without a session, because that page has none. The guard keeps other pages away; another
// user of the computer who asks learns the profile's name and folder, as `ps` shows them for options.
import type { FastifyInstance } from 'fastify';

/** Good for the default profile in its usual place. */
export const PLAIN_URL_COMMAND = 'loom-web url';

const answer = {
  type: 'object',
  properties: { command: { type: 'string' } },
  required: ['command'],
  additionalProperties: false,
} as const;

/** `GET /api/way-in`: 200 `{ command }`. */
export function addWayIn(app: FastifyInstance, command: string): void {
  app.get('/api/way-in', { schema: { response: { 200: answer } } }, () => Promise.resolve({ command }));
}
