// Files: offered in a message, fetched when they are accepted, saved where a person wants them.
import { z } from 'zod';
import { command, READY, result } from './command.ts';
import { conversationIdSchema, messageIdSchema } from './ids.ts';
import {
  CAPTION_LENGTH,
  FILE_DURATION_MS,
  FILE_NAME_LENGTH,
  FILE_PATH_LENGTH,
  FILE_SIDE,
  FILE_TYPE_LENGTH,
  WAVEFORM_BYTES,
} from './limits.ts';
import { authorSchema, type Message, type MessageRef } from './messages.ts';

/**
 * The same words on both sides. `offered`: nobody has accepted it. `waiting`: accepted, and for now it does not move. `paused`: by a
 * person. `done`: all of it is on the receiver's disk, and right.
 */
export type FileState = 'offered' | 'waiting' | 'moving' | 'paused' | 'done' | 'declined' | 'cancelled' | 'failed';

/**
 * Why it waits: `away`, they are not connected; `too-old`, their Loom takes no files; `disk-full`, here, and `their-disk-full`.
 * Why it is paused: `by-us`, `by-them`. Why it failed: `changed`, the file is another one now; `gone`, it is no more where it was;
 * `cannot-write`; `damaged`, what came is not what was sent.
 */
export type FileReason =
  | 'away'
  | 'too-old'
  | 'disk-full'
  | 'their-disk-full'
  | 'by-us'
  | 'by-them'
  | 'changed'
  | 'gone'
  | 'cannot-write'
  | 'damaged';

/** How far a file is. */
export interface FileProgress {
  readonly state: FileState;
  /** Bytes that are durable on the receiver's disk. */
  readonly received: number;
  /** Left out: there is none. */
  readonly reason?: FileReason;
  /**
   * `loom`: the whole file is kept in Loom, sealed. `downloads`: theirs, saved among the downloads as it is. `disk`: ours, and read where
   * it lies. Null: it is not here.
   */
  readonly place: 'loom' | 'downloads' | 'disk' | null;
  /** Where it was saved among the downloads. */
  readonly path?: string;
  /** Of theirs that is not here: where it comes to lie. */
  readonly into?: 'loom' | 'downloads';
}

/** What a message offers. All but the name to save it under is the sender's word. */
export interface FileFacts extends FileProgress {
  readonly name: string;
  /** As it is saved: what file systems do not take, or take for something else, is replaced. */
  readonly savedAs: string;
  readonly size: number;
  /** A media type; empty: not known. */
  readonly type: string;
  /** Of a picture or film, pixels. */
  readonly width?: number;
  readonly height?: number;
  /** Of what plays, ms. */
  readonly duration?: number;
  /** Of what was spoken: how loud, a byte in hex for each equal part of its time, 1 to WAVEFORM_BYTES of them. */
  readonly waveform?: string;
}

/** A file that the page hands over, piece by piece, at `/files/in/TICKET`. */
export interface Upload {
  readonly ticket: string;
}

const ref = z.strictObject({ conversation: conversationIdSchema, author: authorSchema, id: messageIdSchema });
const caption = z.string().max(CAPTION_LENGTH).optional();
const offered = {
  conversation: conversationIdSchema,
  /** Chosen by the caller, so that a repeated request sends one message. */
  id: messageIdSchema.optional(),
  caption,
};
const side = z.int().min(1).max(FILE_SIDE).optional();
const waveform = z
  .string()
  .max(2 * WAVEFORM_BYTES)
  .regex(/^(?:[0-9a-f]{2})+$/);

export const filesCommands = {
  /** Room for a file that the page is about to hand over. */
  'file.begin': command({
    params: z.strictObject({
      name: z.string().min(1).max(FILE_NAME_LENGTH),
      size: z.int().nonnegative(),
      type: z.string().max(FILE_TYPE_LENGTH),
      width: side,
      height: side,
      duration: z.int().min(1).max(FILE_DURATION_MS).optional(),
      waveform: waveform.optional(),
    }),
    result: result<Upload>(),
    repeatable: false,
    needs: READY,
  }),
  /** Offers what was handed over, all of it. */
  'file.send': command({
    params: z.strictObject({ ...offered, ticket: z.string().max(64) }),
    result: result<Message>(),
    repeatable: 'with-id',
    needs: READY,
  }),
  /** What was handed over is not sent. */
  'file.discard': command({
    params: z.strictObject({ ticket: z.string().max(64) }),
    result: result<{ readonly done: true }>(),
    repeatable: true,
    needs: READY,
  }),
  /** Offers a file of this computer, which is read where it lies. Not for the page: it must not name what it cannot see. */
  'file.sendPath': command({
    params: z.strictObject({ ...offered, path: z.string().min(1).max(FILE_PATH_LENGTH) }),
    result: result<Message>(),
    repeatable: 'with-id',
    needs: { state: 'ready', caller: 'control' },
  }),
  /** Left out: where `into` says. Once it has begun to come it stays where it is. */
  'file.accept': command({
    params: ref.extend({ into: z.enum(['loom', 'downloads']).optional() }),
    result: result<Message>(),
    repeatable: true,
    needs: READY,
  }),
  'file.decline': command({ params: ref, result: result<Message>(), repeatable: true, needs: READY }),
  'file.pause': command({ params: ref, result: result<Message>(), repeatable: true, needs: READY }),
  'file.resume': command({ params: ref, result: result<Message>(), repeatable: true, needs: READY }),
  'file.cancel': command({ params: ref, result: result<Message>(), repeatable: true, needs: READY }),
  /** Where the page gets it, at `/files/out/TICKET`: to show it as often as it likes, or to save it, once and soon. */
  'file.ticket': command({
    params: ref.extend({ purpose: z.enum(['view', 'save']) }),
    result: result<{ readonly ticket: string }>(),
    repeatable: true,
    needs: READY,
  }),
  /** Writes it to a new file; never over another. `path` names a folder or the file; left out, the folder for downloads. */
  'file.save': command({
    params: ref.extend({ path: z.string().min(1).max(FILE_PATH_LENGTH).optional() }),
    result: result<{ readonly path: string }>(),
    repeatable: false,
    needs: { state: 'ready', caller: 'control' },
  }),
  /** Messages of a conversation, or of all, that offer a file: the last FILES_LISTED of them; oldest first. */
  'file.list': command({
    params: z.strictObject({ conversation: conversationIdSchema.optional() }),
    result: result<readonly Message[]>(),
    repeatable: true,
    needs: READY,
  }),
};

export interface FilesEvents {
  /** At most four a second of each file. */
  'file.changed': MessageRef & { readonly progress: FileProgress };
}
