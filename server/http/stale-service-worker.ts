// What another program that had this port before may have left in the browser: a service worker, which stands between
// the browser and us and sees every address, codes included. Loom has none, so a browser that asks for the script of one
// (browsers do after each navigation it served, past the worker itself) tells us that it is there.
import type { onRequestHookHandler } from 'fastify';
import type { Access } from './access.ts';
import { refuse } from './guard.ts';
import { OwnConnections } from './own-connections.ts';

/** Removes the worker, and whatever else was kept under this origin (W3C Clear Site Data §3.1). */
const CLEAR_EVERYTHING = '"cache", "storage"';

/**
 * To stand right behind the guard: a page elsewhere cannot cause it, nor, where the system says whose a connection is,
 * another user of this computer, who could keep the owner out by it. What was let in meanwhile goes.
 */
export function removeLeftovers(access: Access, connections = new OwnConnections()): onRequestHookHandler {
  return (request, reply, done) => {
    if (request.headers['service-worker'] === undefined) {
      done();
      return;
    }
    void connections.mayOwn(request.raw.socket).then((own) => {
      if (own) access.distrust();
      refuse(reply.header('Clear-Site-Data', CLEAR_EVERYTHING), 404);
    });
  };
}
