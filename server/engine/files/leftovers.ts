// What goes when a message goes, by whatever way: how far its file is, and the file. And what a crash has left.
import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventMessage } from '../../contract/events.ts';
import type { ContactId } from '../../contract/ids.ts';
import { removePart } from '../../storage/files/part-file.ts';
import type { Store } from '../../storage/profile-store.ts';
import type { MessageRecord, MessageRef } from '../../storage/tables/message/message-record.ts';
import type { Transfer, TransferPage, TransferPlace } from '../../storage/tables/transfers.ts';
import { runInBackground } from '../background.ts';
import type { EventLog } from '../event-log.ts';
import { readContent } from '../delivery/kinds/kinds.ts';
import type { LiveTransfer, Transfers } from './transfers.ts';

/** Looked through in one turn of the event loop: some milliseconds. */
const ROWS_AT_ONCE = 200;

export interface LeftoversOptions {
  readonly store: Store;
  readonly events: EventLog;
  readonly transfers: Transfers;
  /** Names of files that belong to no message yet. */
  readonly others: () => readonly string[];
  readonly isContact: (id: ContactId) => boolean;
  /** It moves no further. */
  readonly halt: (live: LiveTransfer) => void;
  /** It may be over, with something of it still there. */
  readonly onOver: (transfer: Transfer) => void;
  /** Resolves when nothing of it is being written. */
  readonly settled: (message: MessageRef) => Promise<void>;
}

export class Leftovers {
  readonly #options: LeftoversOptions;
  #unsubscribe: () => void = () => undefined;
  #stopped = false;

  constructor(options: LeftoversOptions) {
    this.#options = options;
  }

  start(): void {
    const { events } = this.#options;
    this.#unsubscribe = events.subscribe((event) => this.#follow(event));
    // Messages that went while nobody was told.
    runInBackground(this.#sweep((transfer) => this.#tidy(transfer)));
  }

  stop(): void {
    this.#stopped = true;
    this.#unsubscribe();
  }

  /** A sealed file that cannot be removed now is found by the next sweep. What was saved is the person's. */
  async remove(place: TransferPlace): Promise<void> {
    if (place.kind === 'part') await removePart(place).catch(() => undefined);
    if (place.kind === 'sealed') await this.#removeNamed(place);
  }

  async #removeNamed(file: { readonly name: string }): Promise<void> {
    await this.#options.store.files.remove(file).catch(() => undefined);
  }

  #follow(event: EventMessage): void {
    if (event.event === 'message.deleted') this.#look(event.data);
    else if (event.event === 'message.changed' && event.data.act === 'deleted') this.#look(event.data.message);
    else if (event.event === 'conversation.cleared') {
      for (const { message } of this.#options.store.transfers.of(event.data.conversation)) this.#look(message);
    } else if (event.event === 'contact.removed') {
      // What lies outside is known by its row alone.
      for (const { transfer } of this.#options.transfers.liveOf(event.data.contact)) this.#forget(transfer.message);
      runInBackground(this.#sweep());
    }
  }

  /** What a crash left of one, or a message that is gone. */
  #tidy(transfer: Transfer): void {
    const { place, message } = transfer;
    if (place.kind === 'saved') void this.remove({ kind: 'part', folder: dirname(place.path), part: place.part });
    this.#look(message);
    this.#options.onOver(transfer);
  }

  #look({ conversation, author, id }: MessageRef): void {
    const message = { conversation, author, id };
    if (this.#options.transfers.get(message) && !this.#isOffered(message)) this.#forget(message);
  }

  /** One that cannot be read may be read tomorrow: its file stays. */
  #isOffered(message: MessageRef): boolean {
    let record: MessageRecord | null;
    try {
      record = this.#options.store.messages.get(message);
    } catch {
      return true;
    }
    if (!record || record.state === 'hidden' || record.folded?.deletedAt != null) return false;
    return readContent(record.content)?.t === 'file';
  }

  #forget(message: MessageRef): void {
    const { transfers, store, halt, settled } = this.#options;
    const live = transfers.find(message);
    if (live) halt(live);
    const removed = store.journal.write(() => transfers.remove(message));
    const done = removed.then(async (transfer) => {
      await settled(message);
      if (transfer) await this.remove(transfer.place);
    });
    runInBackground(done);
  }

  /**
   * Removes the files that nobody knows. What is there is listed first: a file that is made from then on is not in the list, and
   * for each in the list stands a row by then, or it is handed over. The rows of a removed contact go piece by piece, their files now.
   */
  async #sweep(onTransfer: (transfer: Transfer) => void = () => undefined): Promise<void> {
    const { store, others, isContact } = this.#options;
    const unknown = new Set(await store.files.names());
    for (const name of others()) unknown.delete(name);
    for (let after: number | null = 0; after !== null;) {
      if (this.#stopped || !store.isOpen) return;
      const page: TransferPage = store.transfers.page(after, ROWS_AT_ONCE);
      for (const transfer of page.transfers) {
        if (transfer.place.kind === 'sealed' && isContact(transfer.contact)) unknown.delete(transfer.place.name);
        onTransfer(transfer);
      }
      after = page.last;
      await nextTurn();
    }
    for (const name of unknown) await this.#removeNamed({ name });
  }
}
