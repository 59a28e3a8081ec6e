// A whole Loom in a process of its own, but for the page: profile, engine, storage on the real disk, TCP on loopback.
// It is told what to do by the bench and looks at the clock itself, so that asking it costs what it measures nothing.
import { directConversation } from '../storage/rows/conversation-rowids.ts';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { ContactId, MessageId } from '../contract/ids.ts';
import { choosePrimitives } from '../crypto/choose.ts';
import { SilentDiscovery } from '../discovery/silent.ts';
import { systemClock } from '../timing/clock.ts';
import { Profile } from '../engine/profile/profile.ts';
import { GroupJournal } from '../storage/journal.ts';
import { tcpTransport } from '../transport/tcp.ts';
import { options, serve } from './process.ts';

export interface DaemonOptions {
  readonly folder: string;
  /** Every write is a transaction of its own: what grouping is compared with. */
  readonly ungrouped: boolean;
  /** Added to each wait for the disk. */
  readonly slowerSyncMs: number;
}

/** 100 bytes, like those of the ratchet's measure. */
const BODY = 'a'.repeat(100);

const SETTLE_MS = 2000;
/** Seldom enough that asking five hundred contacts is not what fills the memory. */
const ASKED_EVERY_MS = 250;

const { folder, ungrouped, slowerSyncMs } = options() as DaemonOptions;
if (slowerSyncMs > 0) slowDown(slowerSyncMs);
if (ungrouped) commitEachWrite();

const primitives = choosePrimitives(undefined);
const profile = new Profile({
  name: 'bench',
  folder,
  version: '0.0.0',
  primitives,
  random: (length) => primitives.random(length),
  clock: systemClock,
  transport: tcpTransport,
  peerHost: '127.0.0.1',
  peerPort: 0,
  discovery: new SilentDiscovery(),
  addresses: () => [{ adapter: 'lo', host: '127.0.0.1' }],
  network: () => '',
});

const service = {
  /** A new identity. @returns what others add it by. */
  async create(name: string): Promise<{ token: string; address: string }> {
    await profile.start();
    await profile.execute('identity.create', { name, passphrase: '' });
    const { token } = await profile.execute('identity.token', {});
    return { token, address: `127.0.0.1:${profile.peerPort}` };
  },

  /** @returns the contact's id. */
  async add(who: { token: string; name: string; address?: string }): Promise<ContactId> {
    return (await profile.execute('contact.add', who)).id;
  },

  /** Until this many contacts are online. */
  async online(count: number): Promise<void> {
    for (;;) {
      const contacts = await profile.execute('contact.list', {});
      if (contacts.filter(({ connection }) => connection === 'online').length >= count) return;
      await new Promise((resolve) => setTimeout(resolve, ASKED_EVERY_MS));
    }
  },

  /** One at a time, each from the command until it is delivered. @returns milliseconds. */
  async sendSingly({ contact, count }: { contact: ContactId; count: number }): Promise<number[]> {
    const waits: number[] = [];
    for (let sent = 0; sent < count; sent += 1) {
      const id = randomBytes(16).toString('hex') as MessageId;
      const start = performance.now();
      const delivered = new Deliveries(1);
      await profile.execute('message.send', { conversation: directConversation(contact), body: BODY, id });
      await delivered.all;
      waits.push(performance.now() - start);
    }
    return waits;
  },

  /** Many at once, never more than `window` on their way. @returns messages a second, from the first to all delivered. */
  async sendMany({ contact, count, window }: { contact: ContactId; count: number; window: number }): Promise<number> {
    const start = performance.now();
    let sent = 0;
    const more = (room: number): void => {
      for (const end = Math.min(count, sent + room); sent < end; sent += 1) {
        void profile.execute('message.send', { conversation: directConversation(contact), body: BODY });
      }
    };
    const delivered = new Deliveries(count, () => more(1));
    more(window);
    await delivered.all;
    return (1000 * count) / (performance.now() - start);
  },

  /** Takes every file that is offered from now on. */
  acceptFiles(): void {
    profile.events.subscribe((event) => {
      if (event.event !== 'message.received' || event.data.message.kind !== 'file') return;
      const { conversation, author, id } = event.data.message;
      // As from outside: not while it is still being told.
      setImmediate(() => void profile.execute('file.accept', { conversation, author, id }));
    });
  },

  /** Offers the file at `path`. @returns milliseconds until all of it is durable at the contact. */
  async sendFile({ contact, path }: { contact: ContactId; path: string }): Promise<number> {
    const id = randomBytes(16).toString('hex') as MessageId;
    const start = performance.now();
    const done = new Promise<void>((resolve, reject) => {
      const end = profile.events.subscribe(({ event, data }) => {
        if (event !== 'file.changed' || data.id !== id) return;
        const { state, reason } = data.progress;
        if (state !== 'done' && state !== 'failed') return;
        end();
        if (state === 'done') resolve();
        else reject(new Error(`the file failed: ${reason ?? ''}`));
      });
    });
    await profile.execute('file.sendPath', { conversation: directConversation(contact), path, id });
    await done;
    return performance.now() - start;
  },

  /** Nothing to do, and what was done is collected: where an hour of idleness gets to by itself. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    globalThis.gc?.();
  },

  /** What this process has used so far. */
  use(): { cpuMs: number; rssBytes: number } {
    const { user, system } = process.cpuUsage();
    return { cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() };
  },

  stop(): Promise<void> {
    return profile.stop();
  },
};

export type DaemonService = typeof service;

/** Counts what the interface is told: these are on their disk. */
class Deliveries {
  readonly all: Promise<void>;

  constructor(count: number, onEach: () => void = () => undefined) {
    let left = count;
    this.all = new Promise((resolve) => {
      const end = profile.events.subscribe((message) => {
        if (message.event !== 'message.state' || message.data.state !== 'delivered') return;
        left -= 1;
        onEach();
        if (left > 0) return;
        end();
        resolve();
      });
    });
  }
}

/** A slower disk, as far as waiting goes. */
function slowDown(ms: number): void {
  const sleep = new Int32Array(new SharedArrayBuffer(4));
  const sync = fs.fsyncSync;
  fs.fsyncSync = (file) => {
    Atomics.wait(sleep, 0, 0, ms);
    sync(file);
  };
  syncBuiltinESMExports();
}

type Write = (this: GroupJournal, work: () => unknown) => Promise<unknown>;

function commitEachWrite(): void {
  const write = Reflect.get(GroupJournal.prototype, 'write') as Write;
  const writeAlone: Write = function (work) {
    const written = write.call(this, work);
    this.flush();
    return written;
  };
  Reflect.set(GroupJournal.prototype, 'write', writeAlone);
}

serve(service);
