// What happens to networks and machines, one after the other at random: everything that the tests here try.
import { pause, type Pair } from './pair.ts';
import type { Conditions } from './conditions.ts';

export interface Accident {
  readonly name: string;
  /** Returns when it is over; the network is fine then. */
  readonly happen: (pair: Pair, ms: number) => Promise<void>;
}

const weather = (name: string, conditions: Partial<Conditions>): Accident => ({
  name,
  async happen({ network }, ms) {
    await network.set(conditions);
    await pause(ms);
    await network.set({});
  },
});

/** No packet of Bob's machine comes or goes, and meanwhile its process dies: nobody hears an end of any connection. */
const silence: Accident = {
  name: 'silent without an end',
  async happen({ network, bob }, ms) {
    await network.set({ dark: [bob.host] });
    await bob.daemon.kill();
    await bob.daemon.start();
    await pause(ms);
    await network.set({});
  },
};

const freeze: Accident = {
  name: 'frozen process',
  async happen({ bob }, ms) {
    process.kill(bob.daemon.ready.pid, 'SIGSTOP');
    await pause(ms);
    process.kill(bob.daemon.ready.pid, 'SIGCONT');
  },
};

const forget: Accident = { name: 'forgetful router', happen: ({ network }) => network.forget() };

let moves = 0;

const move: Accident = {
  name: 'another address',
  async happen({ network, ann }) {
    moves += 1;
    network.readdress(ann.host, moves % 100);
    await pause(0);
  },
};

export const lossy = weather('20 % loss', { loss: 0.2 });
export const slow = weather('300 ms, out of order', { delay: 300, jitter: 100 });
export const doubled = weather('duplicates, out of order', { duplicates: 0.3, jitter: 30 });
export const cut = weather('cut', { cut: true });
const dreadful = weather('all of it', { loss: 0.2, delay: 300, jitter: 100, duplicates: 0.1 });

export const accidents: readonly Accident[] = [
  ...[lossy, slow, doubled, dreadful, cut],
  ...[silence, freeze, forget, move],
];
