// The process of the library as Loom sees it: takes orders, reports, and may end at any moment.
import { fork } from 'node:child_process';
import type { Order } from './child-protocol.ts';

export interface ChildEvents {
  /** Whatever it says. */
  onReport(report: unknown): void;
  /** It is gone, or could not be started. Last, and once. */
  onEnd(): void;
}

export interface Child {
  order(order: Order): void;
  /** Lets go of it; what was registered is taken leave of. Resolves when it is gone. */
  release(): Promise<void>;
  /** Does not wait for anything. */
  kill(): void;
}

export type Spawn = (events: ChildEvents) => Child;

/** @param program the built `responder-process.ts`. @param args see there. */
export function spawnProgram(program: string, args: readonly string[] = []): Spawn {
  return (events) => {
    const child = fork(program, [...args], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [],
    });
    let ended = false;
    const gone = new Promise<void>((resolve) => {
      const end = (): void => {
        if (ended) return;
        ended = true;
        resolve();
        events.onEnd();
      };
      child.once('exit', end);
      child.once('error', end);
    });
    child.on('message', (report) => events.onReport(report));
    return {
      order(order) {
        if (child.connected) child.send(order, () => undefined);
      },
      release() {
        if (child.connected) child.disconnect();
        return gone;
      },
      kill() {
        child.kill('SIGKILL');
      },
    };
  };
}
