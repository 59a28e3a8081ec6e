// Files: handed over, offered, decided on, shown and saved.
import { access, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { requirePath } from '../../backup/files.ts';
import { CommandError } from '../../contract/errors.ts';
import type { ConversationId, MessageId } from '../../contract/ids.ts';
import { FILES_LISTED } from '../../contract/limits.ts';
import type { Message } from '../../contract/messages.ts';
import { fromHex } from '../../crypto/bytes.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import { FILE_CAPTION_BYTES } from '../../protocol/files/limits.ts';
import type { ContentOf, Said } from '../../protocol/content/content.ts';
import type { MessageRecord, MessageRef } from '../../storage/tables/message/message-record.ts';
import type { TransferPlace } from '../../storage/tables/transfers.ts';
import { randomId } from '../contacts/roster.ts';
import type { Engine } from '../engine.ts';
import type { BlockHashes } from '../files/block-hashes.ts';
import { diskTrouble, isMissing, isOfTheDisk } from '../files/disk-errors.ts';
import { offeredName, savedName } from '../files/file-names.ts';
import { HEAD_BYTES, shownType } from '../files/media-type.ts';
import { saveAs } from '../files/saving.ts';
import { NOT_WAITING, stampOf } from '../files/source.ts';
import type { FileToOffer } from '../files/uploads.ts';
import { isScarcity } from '../scarcity.ts';
import { shown } from './acts.ts';
import { done, type Handlers, type Named } from './handlers.ts';
import { requireWanted } from './messages.ts';

type MediaFacts = Pick<ContentOf<'file'>, 'width' | 'height' | 'duration' | 'waveform'>;

interface Offered {
  readonly conversation: ConversationId;
  readonly id?: MessageId | undefined;
  readonly caption?: string | undefined;
}

export function fileCommands(engine: Engine): Handlers<Named<'file'>> {
  const { files } = engine;
  const act =
    (decide: (message: MessageRef) => Promise<void>) =>
    async (message: MessageRef): Promise<Message> => {
      await decide(message);
      return engine.views.view(shown(engine, message));
    };
  return {
    'file.begin': async ({ name, ...file }) => ({
      ticket: await files.uploads.begin({ ...file, name: offeredName(name) }),
    }),
    'file.discard': async ({ ticket }) => {
      await files.uploads.discard(ticket);
      return done;
    },
    'file.send': (params) => sendCopy(engine, params),
    'file.sendPath': (params) => sendPath(engine, params),
    'file.accept': ({ into, ...message }) => act((ref) => files.accept(ref, into))(message),
    'file.decline': act((message) => files.decline(message)),
    'file.pause': act((message) => files.pause(message)),
    'file.resume': act((message) => files.resume(message)),
    'file.cancel': act((message) => files.cancel(message)),
    'file.ticket': async ({ purpose, ...message }) => {
      files.get(message);
      const type = purpose === 'view' ? await typeToShow(engine, message) : 'application/octet-stream';
      return { ticket: files.tickets.mint({ message, purpose, type }) };
    },
    'file.save': async ({ path, ...message }) => {
      const { place } = files.get(message);
      if (place.kind === 'saved' && path === undefined) return { path: await stillAt(place.path) };
      const { file, transfer, close } = await files.open(message);
      try {
        return { path: await saveAs(file, transfer.size, savedName(transfer.name), path) };
      } finally {
        await close();
      }
    },
    'file.list': ({ conversation }) => {
      if (conversation !== undefined) engine.conversations.get(conversation);
      return listed(engine, conversation);
    },
  };
}

/** @throws CommandError file-unknown: somebody has moved it. */
async function stillAt(path: string): Promise<string> {
  await access(path).catch(() => {
    throw new CommandError('file-unknown', 'the file is not there any more');
  });
  return path;
}

async function sendCopy(
  engine: Engine,
  { ticket, ...offered }: Offered & { readonly ticket: string },
): Promise<Message> {
  const { files } = engine;
  const known = repeated(engine, offered);
  if (known) return known;
  checkOffer(engine, offered);
  const sent = await files.uploads.finish(ticket, ({ file, place, hashes }) =>
    offer(engine, offered, file, { place: { kind: 'sealed', ...place }, hashes }),
  );
  return engine.views.view(sent);
}

async function sendPath(engine: Engine, { path, ...offered }: Offered & { readonly path: string }): Promise<Message> {
  const known = repeated(engine, offered);
  if (known) return known;
  checkOffer(engine, offered);
  const { stamp, size, type } = await look(requirePath(path));
  const file = { name: offeredName(basename(path)), size, type };
  return engine.views.view(await offer(engine, offered, file, { place: { kind: 'path', path, stamp }, hashes: null }));
}

/** @throws CommandError file-missing, system-busy, file-refused: it is no file, or not to be read. */
async function look(path: string): Promise<{ readonly stamp: string; readonly size: number; readonly type: string }> {
  try {
    const handle = await open(path, NOT_WAITING);
    try {
      const stats = await handle.stat({ bigint: true });
      if (!stats.isFile()) throw new CommandError('file-refused', 'this is not a file');
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      // So that a picture is one at the other end, too.
      const type = shownType(buffer.subarray(0, bytesRead)) ?? '';
      return { stamp: stampOf(stats), size: Number(stats.size), type };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isMissing(error)) throw new CommandError('file-missing', 'there is no such file');
    if (isScarcity(error) || !isOfTheDisk(error)) throw error;
    throw new CommandError('file-refused', 'this file cannot be read');
  }
}

/** What a caller asks for again, who did not hear the answer. */
function repeated(engine: Engine, { conversation, id }: Offered): Message | null {
  const message = id && ({ conversation, author: 'me', id } as const);
  if (!message || !engine.options.store.messages.has(message)) return null;
  const view = engine.views.view(shown(engine, message));
  if (view.kind !== 'file') throw new CommandError('message-id-taken', 'another message has this id');
  return view;
}

/** @throws CommandError conversation-unknown, contact-blocked, files-unsupported, message-too-large. */
function checkOffer(engine: Engine, { conversation, caption = '' }: Offered): void {
  const place = engine.conversations.get(conversation);
  requireWanted(engine, place);
  if (place.kind !== 'direct') throw new CommandError('files-unsupported', 'notes take no files');
  if (Buffer.byteLength(caption) > FILE_CAPTION_BYTES)
    throw new CommandError('message-too-large', `what is said of a file has at most ${FILE_CAPTION_BYTES} bytes`);
}

async function offer(
  engine: Engine,
  { conversation, id: given, caption }: Offered,
  { name, size, type, ...facts }: FileToOffer,
  prepared: { readonly place: TransferPlace; readonly hashes: BlockHashes | null },
): Promise<MessageRecord> {
  const { files, outbox, options } = engine;
  const id = given ?? (randomId(options.random) as MessageId);
  const said: Said = { t: 'file', name, size, type, ...mediaOf(facts), ...(caption && { caption }) };
  files.prepare(id, prepared);
  try {
    return await outbox.send(conversation, said, id);
  } catch (error) {
    if (error instanceof ProtocolError) throw new CommandError('bad-request', 'this file cannot be offered so');
    throw error;
  } finally {
    files.unprepare(id);
  }
}

/** What is known of a picture, a film, or something spoken. */
function mediaOf({ width, height, duration, waveform }: Omit<FileToOffer, 'name' | 'size' | 'type'>): MediaFacts {
  return {
    ...(width !== undefined && height !== undefined && { width, height }),
    ...(duration !== undefined && { duration }),
    ...(waveform !== undefined && { waveform: fromHex(waveform) }),
  };
}

/** @throws CommandError file-unknown, file-state: it is not here, or nothing that is shown. */
async function typeToShow({ files }: Engine, message: MessageRef): Promise<string> {
  const { file, close } = await files.open(message);
  try {
    const type = shownType(await file.read(0, HEAD_BYTES));
    if (type === null) throw new CommandError('file-state', 'this file is to be saved, not to be shown');
    return type;
  } catch (error) {
    throw diskTrouble(error);
  } finally {
    await close();
  }
}

function listed({ transfers, entries, views }: Engine, conversation: ConversationId | undefined): readonly Message[] {
  return transfers.latest(conversation, FILES_LISTED).flatMap(({ message }) => {
    const entry = entries.find(message);
    const view = entry && entry.state !== 'hidden' ? views.view(entry) : null;
    return view?.kind === 'file' ? [view] : [];
  });
}
