// Pairing as a command sees it: what happens from now on, one thing after the other.
import type { EventMessage } from '../contract/events.ts';
import type { PairingEnd } from '../contract/model.ts';
import type { Daemon } from './daemon.ts';
import { CommandFailure } from './exit.ts';

export const endings: Readonly<Record<PairingEnd, string>> = {
  'wrong-code': 'The code was wrong three times. Start again for a new one.',
  expired: 'The code’s two minutes are over.',
  cancelled: 'The pairing was cancelled.',
  unreachable: 'No answer. Are you both on the same network, and are they visible?',
  refused: 'They aren’t visible, or are pairing with someone else.',
  lost: 'The connection broke.',
};

/** The daemon's events from now on. @throws CommandFailure when Loom ends. */
export async function follow(daemon: Daemon): Promise<AsyncGenerator<EventMessage, never>> {
  const waiting: EventMessage[] = [];
  let wake: () => void = () => undefined;
  daemon.onEvent((event) => {
    waiting.push(event);
    wake();
  });
  await daemon.request('events.subscribe', { cursor: null, boot: null });
  const ended = daemon.closed.then(() => 'closed' as const);
  return (async function* events(): AsyncGenerator<EventMessage, never> {
    for (;;) {
      const next = waiting.shift();
      if (next) yield next;
      else {
        const come = new Promise<void>((resolve) => (wake = resolve));
        if ((await Promise.race([come, ended])) === 'closed')
          throw new CommandFailure('notRunning', 'Loom has stopped.');
      }
    }
  })();
}
