// From the host in a service to its addresses, by the responder; DNS is never asked.
import type { TimerGroup } from '../../timing/timer-group.ts';
import { MAX_ADDRESSES, RESOLVE_SETTLE, RESOLVE_TIMEOUT } from '../mdns/limits.ts';
import { readAddress } from './parse-reports.ts';
import type { HostAddress } from './parse-reports.ts';
import { LOOK_UP_AGAIN, MAX_LOOK_UPS } from './limits.ts';
import type { Responder } from './responder.ts';

/** @param host a sound `.local` name. Resolves with what is known in time, at worst nothing. */
export type LookUp = (host: string) => Promise<readonly HostAddress[]>;

/** One look-up for all who ask for a host within a minute, and only so many at once. */
export function hostLookUp(responder: Responder, timers: TimerGroup): LookUp {
  const known = new Map<string, Promise<readonly HostAddress[]>>();
  return (host) => {
    const earlier = known.get(host);
    if (earlier) return earlier;
    if (known.size >= MAX_LOOK_UPS) return Promise.resolve([]);
    const found = find(host, responder, timers);
    known.set(host, found);
    void found.then(({ length }) => timers.after(length > 0 ? LOOK_UP_AGAIN : 0, () => known.delete(host)));
    return found;
  };
}

function find(host: string, responder: Responder, timers: TimerGroup): Promise<readonly HostAddress[]> {
  return new Promise((resolve) => {
    const found: HostAddress[] = [];
    const end = (): void => {
      cancel();
      operation.stop();
      resolve(found);
    };
    let cancel = timers.after(RESOLVE_TIMEOUT, end);
    const operation = responder.begin({ kind: 'find', host }, (_kind, data) => {
      const entry = readAddress(data);
      // On each of several adapters by both families.
      if (!entry || found.length >= 2 * MAX_ADDRESSES) return;
      if (found.length === 0) {
        cancel();
        cancel = timers.after(RESOLVE_SETTLE, end);
      }
      found.push(entry);
    });
  });
}
