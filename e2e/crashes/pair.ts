// Two people without a browser: real processes, driven over their control sockets, that write to each other without a
// pause while whatever happens to them happens.
import { directConversation } from '../../server/storage/rows/conversation-rowids.ts';
import { expect } from '@playwright/test';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../../server/contract/errors.ts';
import type { Message, Status } from '../../server/contract/model.ts';
import type { ContactId, MessageId } from '../../server/contract/ids.ts';
import { anyId } from '../../server/testing/ids.ts';
import { Daemon, type Place } from '../support/daemon.ts';
import type { SmallDisk } from './small-disk.ts';

const PRELOADED = new URL('./accident.js', import.meta.url).href;

/** Requests under way at once, as from somebody who pastes a long text line by line. */
const WINDOW = 8;
/** Between two windows of one side. */
const PAUSE_MS = 25;
/** Until all that was written has arrived, once everybody runs. */
const SETTLE_MS = 60_000;

/** What a refusing disk says, and to what. */
export type Trouble = 'ENOSPC write' | 'EIO sync' | 'EIO make';

/** Its folder may be on a disk that is seen from here at another place. */
class PlacedDaemon extends Daemon {
  /** The data folder, from the next start on. */
  disk: SmallDisk | null = null;

  override get folder(): string {
    return this.disk ? join(this.disk.path, this.profile) : super.folder;
  }
}

/** One of the two. */
export class Person {
  readonly daemon: PlacedDaemon;
  /** Where the next start ends by itself, as accident.js names it; empty: nowhere. */
  crash = '';
  /** Texts that were reported as stored, in order. */
  readonly said: string[] = [];
  /** Where texts asked for in one go begin of which the disk has refused some. */
  readonly #torn = new Set<number>();
  #contact: ContactId = anyId('');
  #writing = false;
  #written: Promise<void> = Promise.resolve();
  readonly #folder = mkdtempSync(join(tmpdir(), 'loom-accident-'));

  constructor(name: string) {
    this.trouble = null;
    const command = (): readonly string[] => {
      const env = [`NODE_OPTIONS=--import=${PRELOADED}`, `LOOM_TROUBLE=${join(this.#folder, 'trouble')}`];
      return [...(this.daemon.disk?.command ?? []), 'env', ...env, `LOOM_CRASH=${this.crash}`];
    };
    const place: Place = {
      get command() {
        return command();
      },
      options: ['--no-discovery', '--peer-host', '127.0.0.1'],
    };
    this.daemon = new PlacedDaemon(name, ['--peer-port', '0'], place);
  }

  /** From now on the disk refuses, or (null) does no longer. */
  set trouble(trouble: Trouble | null) {
    writeFileSync(join(this.#folder, 'trouble'), trouble ?? '');
  }

  get contact(): ContactId {
    return this.#contact;
  }

  async add(other: Person): Promise<void> {
    const { token, peerPort } = await other.daemon.ask((control) => control.request('identity.token', {}));
    const address = `127.0.0.1:${peerPort}`;
    const params = { token, name: other.daemon.profile, address };
    const { id } = await this.daemon.ask((control) => control.request('contact.add', params));
    this.#contact = id;
  }

  /** Writes numbered texts until told to stop, as a person's tab does: what was not answered is asked again. */
  startWriting(): void {
    this.#writing = true;
    this.#written = this.#write();
  }

  async stopWriting(): Promise<void> {
    this.#writing = false;
    await this.#written;
  }

  async #write(): Promise<void> {
    const writing = (): boolean => this.#writing;
    while (writing()) {
      const control = await this.daemon.control().catch(() => null);
      try {
        while (writing() && control) {
          const texts = Array.from({ length: WINDOW }, (_, i) => `${this.daemon.profile} ${this.said.length + i}`);
          const contact = this.#contact;
          await Promise.all(
            texts.map((body) =>
              control.request('message.send', { conversation: directConversation(contact), body, id: messageId(body) }),
            ),
          );
          this.said.push(...texts);
          await sleep(PAUSE_MS);
        }
      } catch (error) {
        // It ended, or its disk refused, before all of them were stored. After a refusal some of those behind may be.
        if (error instanceof CommandError) this.#torn.add(this.said.length);
      } finally {
        control?.close();
      }
      await sleep(PAUSE_MS);
    }
  }

  /** The texts in the order in which they were first asked for, where a refusal has let others of one go pass before. */
  inOrder(texts: readonly string[]): string[] {
    const ordered = [...texts];
    for (const from of this.#torn)
      ordered.splice(from, WINDOW, ...texts.slice(from, from + WINDOW).toSorted((a, b) => numberOf(a) - numberOf(b)));
    return ordered;
  }

  async texts(direction: 'in' | 'out'): Promise<string[]> {
    return (await this.#history()).filter((message) => message.direction === direction).map(({ body }) => body);
  }

  /** How many messages come with the line that some before them are missing. */
  async gaps(): Promise<number> {
    return (await this.#history()).filter(({ missing }) => missing > 0).length;
  }

  #history(): Promise<Message[]> {
    return this.daemon.ask(async (control) => {
      const all: Message[] = [];
      let before: Pick<Message, 'author' | 'id'> | undefined;
      for (;;) {
        const place = {
          conversation: directConversation(this.#contact),
          limit: 200,
          ...(before !== undefined && { before }),
        };
        const page = await control.request('message.page', place);
        all.unshift(...page.messages);
        const [oldest] = page.messages;
        if (!page.more || oldest === undefined) return all;
        before = { author: oldest.author, id: oldest.id };
      }
    });
  }

  status(): Promise<Status> {
    return this.daemon.ask((control) => control.request('status.get', {}));
  }

  async remove(): Promise<void> {
    await this.daemon.remove();
    if (existsSync(this.#folder)) rmSync(this.#folder, { recursive: true });
  }
}

/** Each runs, and has the other as a contact. */
export async function befriended(...people: readonly [Person, Person]): Promise<void> {
  for (const { daemon } of people) {
    await daemon.start();
    await daemon.ask((control) => control.request('identity.create', { name: daemon.profile, passphrase: '' }));
  }
  const [one, other] = people;
  await one.add(other);
  await other.add(one);
}

/** Nothing lost, nothing twice, order kept, on either side and in either direction. */
export async function expectWhole(one: Person, other: Person): Promise<void> {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    const settled = expect.poll(async () => (await from.status()).queued, { timeout: SETTLE_MS });
    await settled.toBe(0);
    const stored = await from.texts('out');
    // What was never answered may be stored or not; what was answered is.
    expect(from.inOrder(stored)).toEqual(stored.map((_, index) => `${from.daemon.profile} ${index}`));
    expect(stored.length).toBeGreaterThanOrEqual(from.said.length);
    expect(await to.texts('in')).toEqual(stored);
  }
}

function numberOf(text: string): number {
  return Number(text.split(' ').at(-1));
}

/** The same id for the same text, always. */
function messageId(text: string): MessageId {
  return Buffer.from(text.padEnd(16, '.')).toString('hex') as MessageId;
}
