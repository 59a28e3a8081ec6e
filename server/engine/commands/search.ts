// Search in messages.
import type { Engine } from '../engine.ts';
import type { Handlers, Named } from './handlers.ts';

export function searchCommands({ conversations, search }: Engine): Handlers<Named<'search'>> {
  return {
    'search.query': (params) => {
      if (params.conversation !== undefined) conversations.get(params.conversation);
      return search.query(params);
    },
  };
}
