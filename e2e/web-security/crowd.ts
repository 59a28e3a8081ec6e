// Programs on this computer that keep the local door busy, and a tab that is in meanwhile.
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionSecret } from '../../server/http/access.ts';
import { TestPage } from '../../server/testing/network/http-edge.ts';
import type { Daemon } from '../support/daemon.ts';

/** Between two bytes of those who send slowly. */
const SLOWLY_MS = 200;

/** Half of all sockets say nothing; the others begin a request, a body or an upgrade, and go on byte by byte. */
export class Crowd {
  readonly #sockets: Socket[] = [];
  readonly #dripping: NodeJS.Timeout[] = [];
  refused = 0;

  static async at(port: number, count: number): Promise<Crowd> {
    const crowd = new Crowd();
    const host = `127.0.0.1:${port}`;
    const opening = [
      null,
      `GET / HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `,
      null,
      `POST /api/session HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host}\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n`,
    ];
    for (let n = 0; n < count; n += 1) {
      await crowd.#join(port, opening[n % opening.length] ?? null);
    }
    return crowd;
  }

  leave(): void {
    for (const timer of this.#dripping) clearInterval(timer);
    for (const socket of this.#sockets) socket.destroy();
  }

  async #join(port: number, opening: string | null): Promise<void> {
    const socket = connect(port, '127.0.0.1');
    this.#sockets.push(socket);
    socket.resume();
    await new Promise<void>((resolve) => {
      socket.once('connect', resolve);
      socket.on('error', () => resolve());
      socket.on('close', () => {
        this.refused += 1;
        resolve();
      });
    });
    if (opening === null) return;
    socket.write(opening);
    this.#dripping.push(setInterval(() => socket.writable && socket.write('x'), SLOWLY_MS));
  }
}

/** A tab of this Loom, without the browser around it: what it waits for is the daemon alone. */
export async function openTab(daemon: Daemon): Promise<TestPage> {
  const url = new URL(await daemon.url());
  const reply = await fetch(`${url.origin}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url.origin },
    body: JSON.stringify({ code: url.hash.slice('#code='.length) }),
  });
  const page = new TestPage(Number(url.port), url.origin);
  await page.prove((await reply.json()) as SessionSecret, url.origin);
  await page.next();
  return page;
}

/** Asks something small, again and again. @returns the time of each answer, ms. */
export async function answers(page: TestPage, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const started = performance.now();
    const { ok } = await page.ask('contact.list');
    if (ok !== true) throw new Error('a tab that is in was refused');
    times.push(performance.now() - started);
    await sleep(10);
  }
  return times;
}

export function told(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string => `${(sorted[Math.floor((sorted.length - 1) * share)] ?? NaN).toFixed(1)} ms`;
  return `${times.length} answers: median ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}`;
}
