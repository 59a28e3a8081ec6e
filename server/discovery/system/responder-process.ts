// The program that holds the native library, a child of Loom (`child-protocol.ts`). It ends with Loom, however that ends, and the
// responder takes leave of whatever it had registered.
import type { Library } from 'mdns';
import { Operations } from './operations.ts';
import { PROCESS_ID } from './child-protocol.ts';
import type { Order } from './child-protocol.ts';
import type { Tell } from './operations.ts';

const tell: Tell = (id, kind, data = {}) => {
  if (process.connected) process.send?.({ id, kind, data });
};

/** @param package_ a file to load in its place; by default what is installed beside Loom. */
async function load(package_: string | undefined): Promise<Library> {
  // Avahi would have every program that uses it by dns_sd complain to its user.
  process.env.AVAHI_COMPAT_NOWARN = '1';
  if (package_ === undefined) return (await import('mdns')).default;
  return ((await import(package_)) as { readonly default: Library }).default;
}

/** What reaches Loom as well: it is Loom's to end this. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.once('disconnect', () => process.exit(0));
try {
  const operations = new Operations(await load(process.argv[2]), tell);
  process.on('message', (order: Order) => operations.carryOut(order));
  tell(PROCESS_ID, 'ready');
} catch (error) {
  // Any other error is one of loading: not built, built for another Node, or without the system's library.
  const missing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
  tell(PROCESS_ID, 'without', { installed: !missing });
}
