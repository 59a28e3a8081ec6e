// Which files are coming in, and which have ended and are being closed: until then each has its file.
import type { ContactId } from '../../../contract/ids.ts';
import type { PeerDevice } from '../../../storage/rows/peer-device.ts';
import type { MessageRef } from '../../../storage/tables/message/message-record.ts';
import { runInBackground } from '../../background.ts';
import type { Incoming } from './incoming.ts';
import type { LiveTransfer } from '../transfers.ts';

export interface Coming {
  readonly live: LiveTransfer;
  readonly peer: PeerDevice;
  /** Null: being opened, or it could not be. */
  incoming: Incoming | null;
  /** No longer being opened. */
  opened: Promise<void>;
  /** Nobody has looked at it yet. */
  fresh: boolean;
  /** Bytes that came since it was last looked at. */
  heard: number;
}

export class ComingFiles {
  readonly #coming = new Map<LiveTransfer, Coming>();
  readonly #closing = new Map<LiveTransfer, Promise<void>>();

  /** Without those that are being closed. */
  get size(): number {
    return this.#coming.size;
  }

  get isAnyClosing(): boolean {
    return this.#closing.size > 0;
  }

  /** Coming in, or being closed. */
  has(live: LiveTransfer): boolean {
    return this.#coming.has(live) || this.#closing.has(live);
  }

  get(live: LiveTransfer): Coming | undefined {
    return this.#coming.get(live);
  }

  all(): readonly Coming[] {
    return [...this.#coming.values()];
  }

  of(contact: ContactId): readonly Coming[] {
    return this.all().filter(({ peer }) => peer.contact === contact);
  }

  add(coming: Coming): void {
    this.#coming.set(coming.live, coming);
  }

  /** It comes no more: what has come is kept. @param onClosed another may begin in its place. */
  close(coming: Coming, onClosed: () => void): void {
    const { live, opened } = coming;
    this.#coming.delete(live);
    const closed = opened.then(() => coming.incoming?.close());
    const closing = closed.finally(() => {
      this.#closing.delete(live);
      onClosed();
    });
    this.#closing.set(live, closing);
    runInBackground(closing);
  }

  /** Nothing of this one is being written any more. */
  async settled({ conversation, author, id }: MessageRef): Promise<void> {
    const mine = [...this.#closing].filter(([{ transfer }]) => {
      const { message: other } = transfer;
      return other.conversation === conversation && other.author === author && other.id === id;
    });
    await Promise.all(mine.map(([, closing]) => closing));
  }

  /** Every file is closed. */
  async allClosed(): Promise<void> {
    await Promise.all(this.#closing.values());
  }
}
