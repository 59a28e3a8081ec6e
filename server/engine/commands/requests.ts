// Contact requests: listed, accepted, ignored, blocked, and what was blocked taken back.
import { CommandError } from '../../contract/errors.ts';
import type { Engine } from '../engine.ts';
import { cleanName } from '../contacts/names.ts';
import { done, type Handlers, type Named } from './handlers.ts';

export function requestCommands(engine: Engine): Handlers<Named<'request'>> {
  const { requests, contactMaker, feed } = engine;
  return {
    'request.list': () => requests.list(),
    'request.accept': async ({ request, name }) => {
      const { ik, staticKey, device, generation, certificate, address, at, name: given } = requests.get(request);
      const addresses = address === null ? [] : [{ address, source: 'request', at } as const];
      const chosen = cleanName(name === '' ? given : name);
      const id = await contactMaker.make({
        ik,
        staticKey,
        device,
        generation,
        certificate,
        name: chosen,
        addresses,
        blocked: false,
        addedBy: 'request',
      });
      return feed.view(id);
    },
    // Kept as a blocked contact: their next greeting is answered as a stranger's, and asks for nothing.
    'request.block': async ({ request }) => {
      const { ik, staticKey, device, generation, certificate, name, address } = requests.get(request);
      const key = { staticKey, device, generation, certificate };
      const asked = { ...key, name, address };
      const id = await contactMaker.make({
        ...{ ik, ...key, name, asked },
        ...{ addresses: [], blocked: true, addedBy: 'request' },
      });
      return feed.view(id);
    },
    'request.ignore': async ({ request }) => {
      await requests.ignore(request);
      return done;
    },
    'request.reopen': async ({ contact }) => {
      const record = engine.roster.get(contact);
      const { id, ik, blocked, addedBy, asked } = record;
      if (!blocked || addedBy !== 'request' || !asked)
        throw new CommandError('request-unknown', 'no request was blocked');
      engine.release(record);
      await engine.expiry.remove(id);
      const reopened = await engine.options.store.journal.write(() => requests.reopen(ik, asked));
      engine.options.events.emit('contact.removed', { contact: id });
      requests.reopened(reopened);
      return done;
    },
  };
}
