// An event on its way from the daemon to a browser tab: asked for over a bare WebSocket to the same process, which
// answers by itself at one time and lets the daemon tell its tabs at the other. Both go there and back.
import { WebSocket } from 'ws';
import { clientProof } from '../http/proof.ts';
import type { DoorService } from './door.ts';
import type { Row } from './report.ts';
import { median } from './statistics.ts';
import { comparison } from './stopwatch.ts';
import { Workplace } from './bench-scratch.ts';

export interface BrowserScale {
  readonly rounds: number;
  readonly events: number;
}

export function measureEvents({ rounds, events }: BrowserScale): Promise<Row> {
  return Workplace.with(async (place) => {
    const door = place.start<DoorService>('door', {});
    const { pagePort, barePort, sid, key } = await door.ask('open', undefined);
    const bare = new Tab(new WebSocket(`ws://127.0.0.1:${barePort}`));
    await bare.opened;
    const tab = await enter(pagePort, sid, key);
    const measured: { ours: number; reference: number }[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const ours = median(await timed(events, () => bare.say('event', tab)));
      const reference = median(await timed(events, () => bare.say('echo', bare)));
      if (round > 0) measured.push({ ours, reference });
    }
    for (const { socket } of [tab, bare]) socket.close();
    const { ours, reference, ratio } = comparison(measured);
    return {
      what: 'an event from the daemon to a tab, p50',
      unit: 'ms',
      ours,
      reference: { what: 'bare WebSocket echo', ...reference },
      ratio,
      goal: { kind: 'at-most', ratio: 3 },
    };
  });
}

class Tab {
  readonly socket: WebSocket;
  readonly opened: Promise<void>;
  #onMessage: (text: string) => void = () => undefined;

  constructor(socket: WebSocket) {
    this.socket = socket;
    this.opened = new Promise((resolve) => socket.on('open', () => resolve()));
    socket.on('message', (data: Buffer) => this.#onMessage(data.toString('utf8')));
  }

  next(): Promise<string> {
    return new Promise((resolve) => (this.#onMessage = resolve));
  }

  /** Says a word here, and waits for what it brings about there. */
  say(word: string, listener: Tab): Promise<string> {
    const answer = listener.next();
    this.socket.send(word);
    return answer;
  }
}

/** A tab that is in: both proofs held, all events asked for. */
async function enter(port: number, sid: string, key: string): Promise<Tab> {
  const origin = `http://127.0.0.1:${port}`;
  const tab = new Tab(new WebSocket(`ws://127.0.0.1:${port}/ws`, { origin }));
  const { ns } = JSON.parse(await tab.next()) as { ns: string };
  const nc = Buffer.alloc(32, 1);
  const mac = clientProof(Buffer.from(key, 'hex'), Buffer.from(ns, 'hex'), nc, origin).toString('hex');
  const proven = tab.next();
  tab.socket.send(JSON.stringify({ sid, nc: nc.toString('hex'), mac }));
  await proven;
  await tab.say(JSON.stringify({ id: 1, command: 'events.subscribe', params: { cursor: null, boot: null } }), tab);
  return tab;
}

/** @returns milliseconds of each. */
async function timed(times: number, action: () => Promise<unknown>): Promise<number[]> {
  const waits: number[] = [];
  for (let done = 0; done < times; done += 1) {
    const start = performance.now();
    await action();
    waits.push(performance.now() - start);
  }
  return waits;
}
