// Rows of messages: how they are found, sealed and opened. What is done with them stands in `messages.ts`.
import type { ConversationId, MessageId } from '../../../contract/ids.ts';
import { idBytes, idOf } from '../../rows/ids.ts';
import type { Row } from '../../rows/row.ts';
import type { Rowids } from '../../rows/rowids.ts';
import type { SealedRow, Sealing, TableSeal } from '../../sealing/sealing.ts';
import { StorageError } from '../../errors.ts';
import { parseBody } from './message-body.ts';
import { states, type MessageRecord, type MessageRef } from './message-record.ts';

/** Conversation, author and id, as rows name them. */
export type RowKey = [conversation: number, author: number, id: Uint8Array];

export class MessageRows {
  readonly #seal: TableSeal;
  readonly #rowids: Rowids;

  constructor(sealing: Sealing, rowids: Rowids) {
    this.#seal = sealing.table('message');
    this.#rowids = rowids;
  }

  /** As rows name it; 0 for one that is not there. */
  of(conversation: ConversationId): number {
    return this.#rowids.conversations.of(conversation);
  }

  keyOf({ conversation, author, id }: MessageRef): RowKey {
    return [this.of(conversation), this.#rowids.authors.of(author), idBytes(id)];
  }

  refOf(row: Row): MessageRef {
    const conversation = this.#rowids.conversations.idOf(row.number('conversation'));
    const author = this.#rowids.authors.idOf(row.number('author'));
    return { conversation, author, id: idOf(row, 'id') as MessageId };
  }

  sealed(key: RowKey, { seq }: Pick<MessageRecord, 'seq'>, position: number): SealedRow {
    return this.#seal.at(this.#rowids.messageKeys.of(...key, seq, position));
  }

  sealOf(row: Row): SealedRow {
    return this.#seal.at(this.#rowids.messageKeys.ofRow(row));
  }

  /** @throws StorageError damaged. */
  open(row: Row): MessageRecord {
    const sealed = this.sealOf(row);
    const code = row.number('state');
    const state = states[code];
    if (!state) throw new StorageError('damaged', 'no such state');
    sealed.requireTag(row.bytes('tag'), 'state', code);
    const body = parseBody(sealed.open(row.bytes('body')));
    return { ...this.refOf(row), seq: row.number('seq'), state, position: row.number('position'), ...body };
  }
}
