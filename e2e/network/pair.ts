// Two people on a network of their own, and what they say to each other there.
import { directConversation } from '../../server/storage/rows/conversation-rowids.ts';
import { expect } from '@playwright/test';
import type { Message } from '../../server/contract/model.ts';
import type { ContactId, MessageId } from '../../server/contract/ids.ts';
import type { ControlClient } from '../../server/http/control/control-client.ts';
import { Daemon } from '../support/daemon.ts';
import { Network } from './network.ts';

/** Requests under way at once, as from somebody who pastes a long text line by line. */
const WINDOW = 20;

/** How often is looked whether something has come. */
const LOOK_MS = 25;

export interface Side {
  readonly name: string;
  readonly host: number;
  readonly daemon: Daemon;
  /** Id of the other, as this side's contact. */
  readonly contact: ContactId;
  /** Texts handed to this side's Loom so far. */
  sent: number;
}

const PEER_PORT = 4712;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export class Pair {
  readonly network: Network;
  readonly ann: Side;
  readonly bob: Side;

  private constructor(network: Network, ann: Side, bob: Side) {
    this.network = network;
    this.ann = ann;
    this.bob = bob;
  }

  /** Each other's contacts, by token and address, and linked. Null: this machine does not permit such networks. */
  static async make(seed: number, options: readonly string[] = ['--no-discovery']): Promise<Pair | null> {
    const network = await Network.make(2, seed);
    if (!network) return null;
    const sides = ['ann', 'bob'].map((name, index) => {
      const place = { command: network.on(index + 1), options };
      return { name, host: index + 1, daemon: new Daemon(name, ['--peer-port', `${PEER_PORT}`], place), sent: 0 };
    });
    const tokens = await Promise.all(
      sides.map(async ({ name, daemon }) => {
        await daemon.start();
        return daemon.ask(async (control) => {
          await control.request('identity.create', { name, passphrase: '' });
          return (await control.request('identity.token', {})).token;
        });
      }),
    );
    const known = await Promise.all(
      sides.map(async (side, index) => {
        const other = sides[1 - index]!;
        const address = `${network.address(other.host)}:${PEER_PORT}`;
        const token = tokens[1 - index]!;
        const { id } = await side.daemon.ask((c) => c.request('contact.add', { token, name: other.name, address }));
        return { ...side, contact: id };
      }),
    );
    const pair = new Pair(network, known[0]!, known[1]!);
    await pair.linked();
    return pair;
  }

  get sides(): readonly (readonly [from: Side, to: Side])[] {
    return [
      [this.ann, this.bob],
      [this.bob, this.ann],
    ];
  }

  async remove(): Promise<void> {
    await Promise.all([this.ann.daemon.remove(), this.bob.daemon.remove()]);
    await this.network.remove();
  }

  async linked(): Promise<void> {
    for (const { daemon } of [this.ann, this.bob]) {
      await daemon.ask(async (control) => {
        while ((await control.request('contact.list', {}))[0]?.connection !== 'online') await pause(LOOK_MS);
      });
    }
  }

  /**
   * Hands one side so many texts, a few every moment. A Loom that was killed meanwhile is asked again, under the same ids.
   * @param rest ms between the moments.
   */
  async send(from: Side, count: number, rest = 0): Promise<void> {
    const end = from.sent + count;
    while (from.sent < end) {
      const control = await from.daemon.control().catch(() => null);
      try {
        while (control && from.sent < end) {
          const window = Array.from({ length: Math.min(WINDOW, end - from.sent) }, (_, i) => from.sent + i);
          await Promise.all(window.map((n) => sendText(control, from, n)));
          from.sent += window.length;
          await pause(rest);
        }
      } catch {
        // Killed before it answered.
      } finally {
        control?.close();
      }
      if (from.sent < end) await pause(LOOK_MS);
    }
  }

  /** Waits until as many have come to one side, none of which was ever read, as the other was handed. @returns when. */
  caughtUp(from: Side, to: Side): Promise<number> {
    return to.daemon.ask(async (control) => {
      while ((await control.request('conversation.list', {}))[0]!.unread < from.sent) await pause(LOOK_MS);
      return Date.now();
    });
  }

  /** Nothing lost, nothing doubled, order kept, and the sender knows it. */
  async expectAll(): Promise<void> {
    for (const [from, to] of this.sides) {
      const all = Array.from({ length: from.sent }, (_, n) => textOf(from, n));
      const received = (await history(to)).filter(({ direction }) => direction === 'in');
      expect(received.map(({ body }) => body)).toEqual(all);
      const waiting = async (): Promise<number> =>
        (await history(from)).filter(({ direction, state }) => direction === 'out' && state !== 'delivered').length;
      await expect.poll(waiting, { timeout: 60_000 }).toBe(0);
    }
  }

  /**
   * How long after the network is fine again a text that waits has come, each way.
   * @returns ms, the later of the two.
   */
  async back(mend: () => Promise<void>): Promise<number> {
    await Promise.all([this.send(this.ann, 1), this.send(this.bob, 1)]);
    const before = Date.now();
    await mend();
    const times = await Promise.all(this.sides.map(([from, to]) => this.caughtUp(from, to)));
    return Math.max(...times) - before;
  }
}

async function sendText(control: ControlClient, from: Side, n: number): Promise<void> {
  const id = Buffer.from(`${from.name}-${n}`.padEnd(16, '.')).toString('hex') as MessageId;
  await control.request('message.send', { conversation: directConversation(from.contact), body: textOf(from, n), id });
}

function textOf({ name }: Side, n: number): string {
  return `${name} ${n}`;
}

/** All of a side's messages, oldest first. */
function history({ daemon, contact }: Side): Promise<readonly Message[]> {
  return daemon.ask(async (control) => {
    const pages: (readonly Message[])[] = [];
    let before: Pick<Message, 'author' | 'id'> | undefined;
    for (;;) {
      const page = await control.request('message.page', {
        conversation: directConversation(contact),
        limit: 200,
        ...(before !== undefined && { before }),
      });
      pages.unshift(page.messages);
      const [oldest] = page.messages;
      if (!page.more || oldest === undefined) return pages.flat();
      before = { author: oldest.author, id: oldest.id };
    }
  });
}
