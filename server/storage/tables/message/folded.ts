// What acts have made of a message, folded into its row: edits, reactions, that it was taken back. As JSON, which V8 reads
// several times as fast as CBOR: a page of fifty is to cost little more for it.
import { z } from 'zod';
import { messageIdSchema } from '../../../contract/ids.ts';
import { authorSchema } from '../../../contract/messages.ts';

/** Of `act`, by its id and its number in the direction it came in. */
const actSchema = z.object({ act: messageIdSchema, seq: z.number(), at: z.number() });

const editSchema = actSchema.extend({ n: z.number(), body: z.string().nullable() });

const reactionSchema = actSchema.extend({ by: authorSchema, emoji: z.string() });

export const foldedSchema = z.object({
  edits: z.array(editSchema),
  reactions: z.array(reactionSchema),
  deletedAt: z.number().nullable(),
});

/** Words that an author gave later. */
export type Edit = Readonly<z.infer<typeof editSchema>>;

/** The last reaction of one author; an empty emoji: taken back. */
export type Reacted = Readonly<z.infer<typeof reactionSchema>>;

export interface Folded {
  /** By `n`, which is there once; the last is what it says. `body` is null where it is too much to keep. */
  readonly edits: readonly Edit[];
  /** In the order of the authors' ids, one of each. */
  readonly reactions: readonly Reacted[];
  /** Its author took it back, by their clock: nothing else is left of it. Null: not so. */
  readonly deletedAt: number | null;
}

export const UNTOUCHED: Folded = { edits: [], reactions: [], deletedAt: null };

export function encodeFolded(folded: Folded): Uint8Array {
  return Buffer.from(JSON.stringify(folded));
}

/** @param bytes as they were sealed. @throws Error on what no Loom writes. */
export function parseFolded(bytes: Uint8Array): Folded {
  return foldedSchema.parse(JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()));
}
