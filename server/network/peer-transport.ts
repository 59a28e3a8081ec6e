// TCP to and from other people's Looms, over the adapters that may be used.
import type { ChosenAdapters } from './adapter-choice.ts';
import { readLastPort, rememberPort } from './last-port.ts';
import { tcpTransport } from '../transport/tcp.ts';
import type { Connection, Listener, Transport } from '../transport/transport.ts';

/** IPv4 as well, where the system lets one socket serve both. */
export const EVERY_ADDRESS = '::';
const EVERY_IPV4_ADDRESS = '0.0.0.0';

/**
 * Listens where it can: on the port it had last when any will do, so that remembered addresses stay good; on IPv4 alone
 * where IPv6 is switched off. @param folder of the profile.
 */
export function peerTransport(folder: string, adapters: ChosenAdapters): Transport {
  return {
    async dial(host, port, signal) {
      if (!adapters.mayDial(host)) throw new Error('behind an adapter that must not be used');
      return tcpTransport.dial(host, port, signal);
    },
    async listen(host, port, accept) {
      const last = port === 0 ? readLastPort(folder, 'peer') : null;
      const hosts = host === EVERY_ADDRESS ? [EVERY_ADDRESS, EVERY_IPV4_ADDRESS] : [host];
      const places = [...(last === null ? [] : [last]), port].flatMap((each) =>
        hosts.map((on) => ({ on, port: each })),
      );
      const admit = (connection: Connection): void => {
        if (adapters.mayAccept(connection.localHost, connection.remoteHost)) accept(connection);
        else connection.destroy();
      };
      const listener = await firstThatListens(places, admit);
      rememberPort(folder, 'peer', listener.port);
      return listener;
    },
  };
}

interface Place {
  readonly on: string;
  readonly port: number;
}

/** @throws the error of the last place. */
async function firstThatListens(
  places: readonly Place[],
  accept: Parameters<Transport['listen']>[2],
): Promise<Listener> {
  const [place, ...others] = places;
  if (!place) throw new Error('nowhere to listen');
  try {
    return await tcpTransport.listen(place.on, place.port, accept);
  } catch (error) {
    if (others.length === 0) throw error;
    return firstThatListens(others, accept);
  }
}
