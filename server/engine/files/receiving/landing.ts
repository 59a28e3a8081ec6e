// Where a file comes to lie: sealed in Loom, or as it is among the person's downloads. Opened to go on where the last run ended, if
// there is room for the rest.
import { mkdir } from 'node:fs/promises';
import type { Primitives } from '../../../crypto/primitives.ts';
import { blockCount } from '../../../protocol/files/file-root.ts';
import { FILE_BLOCK_BYTES } from '../../../protocol/files/limits.ts';
import { isPartThere, namePart, newPart, PartFile, removePart } from '../../../storage/files/part-file.ts';
import { newSealedPlace, SealedFile, withRun } from '../../../storage/files/sealed-file.ts';
import type { Store } from '../../../storage/profile-store.ts';
import type { Transfer, TransferPlace } from '../../../storage/tables/transfers.ts';
import type { Clock } from '../../../timing/clock.ts';
import { BlockHashes } from '../block-hashes.ts';
import { receivedFolder } from '../downloads.ts';
import { namesFor, savedName } from '../file-names.ts';
import { Incoming, type IncomingListener, type WritableFile } from './incoming.ts';
import type { Room } from '../room.ts';
import type { LiveTransfer, Transfers } from '../transfers.ts';

export interface LandingOptions {
  readonly primitives: Primitives;
  readonly random: (length: number) => Uint8Array;
  readonly clock: Clock;
  readonly store: Store;
  readonly transfers: Transfers;
  readonly room: Room;
}

type Placed = Extract<TransferPlace, { readonly kind: 'sealed' | 'part' }>;

/** @returns `full`: there is no room. Null: it is over. @throws Error of the file system. */
export async function openIncoming(
  options: LandingOptions,
  live: LiveTransfer,
  listener: IncomingListener,
): Promise<Incoming | 'full' | null> {
  const { size, into } = live.transfer;
  const folder = into === 'downloads' ? await ownFolder(live.transfer) : undefined;
  const giveBack = await options.room.claim({
    missing: () => size - live.transfer.position,
    uncounted: () => (into === 'downloads' || live.transfer.place.kind === 'sealed' ? 0 : size),
    ...(folder !== undefined && { folder }),
  });
  if (!giveBack) return 'full';
  let incoming: Incoming | null = null;
  try {
    const begun = await (folder === undefined ? sealed(options, live) : inFolder(options, live, folder));
    const change = await options.transfers.change(live, begun);
    incoming = change && (await incomingAt(options, live, begun.place, { listener, onClosed: giveBack }));
  } finally {
    if (!incoming) giveBack();
  }
  return incoming;
}

interface Begun {
  readonly position: number;
  readonly place: Placed;
}

/** To be durable before the first byte is sealed under it. */
function sealed({ store, random }: LandingOptions, { transfer }: LiveTransfer): Begun {
  const { size, place: before } = transfer;
  const given = before.kind === 'sealed' ? before : null;
  const position = given ? hashedUpTo(store, transfer) : 0;
  // Where all of it is here and only their END is missing, nothing will be.
  const place = given && position === size ? given : withRun(given ?? newSealedPlace(random), position, random);
  return { position, place: { ...place, kind: 'sealed' } };
}

/** What has become of the beginning of it, in a folder where anybody of this computer's may tidy up, begins anew. */
async function inFolder({ store }: LandingOptions, { transfer }: LiveTransfer, folder: string): Promise<Begun> {
  const { place: before } = transfer;
  const position = before.kind === 'part' ? hashedUpTo(store, transfer) : 0;
  if (before.kind === 'part' && (await isPartThere(before, position))) return { position, place: before };
  return { position: 0, place: { kind: 'part', ...(await newPart(folder)) } };
}

/** The one it was begun in, or the one for all of now. */
async function ownFolder({ place }: Transfer): Promise<string> {
  const folder = place.kind === 'part' ? place.folder : receivedFolder();
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Up to where it is here and hashed: a row of hashes that is damaged costs what stands behind it. */
function hashedUpTo({ transfers }: Store, { message, position }: Transfer): number {
  const blocks = blockCount(position);
  const { count } = BlockHashes.load(transfers, message, blocks);
  return count < blocks ? count * FILE_BLOCK_BYTES : position;
}

async function incomingAt(
  options: LandingOptions,
  live: LiveTransfer,
  place: Placed,
  { listener, onClosed }: { readonly listener: IncomingListener; readonly onClosed: () => void },
): Promise<Incoming> {
  const { primitives, clock, store, transfers } = options;
  const { size, position: from, message, name } = live.transfer;
  const hashes = BlockHashes.load(store.transfers, message, blockCount(from));
  const file = await openPlace(options, place, size);
  return new Incoming({
    ...{ primitives, clock, file, size, from, hashes, listener, onClosed },
    store: async (position, whole) => {
      const save = (): void => hashes.save(store.transfers, message);
      if (!whole) return (await transfers.change(live, { position }, save)) !== null;
      const stays = place.kind === 'part' ? await named(place, name) : place;
      const isDone = (await transfers.change(live, { position, state: 'done', place: stays }, save)) !== null;
      // Left there it would be a second name of a file that is the person's now.
      if (isDone && place.kind === 'part') await removePart(place).catch(() => undefined);
      return isDone;
    },
  });
}

async function openPlace({ primitives, store }: LandingOptions, place: Placed, size: number): Promise<WritableFile> {
  if (place.kind === 'part') return PartFile.open(place);
  await store.files.makeRoomFor(place);
  return SealedFile.open({ primitives, path: store.files.pathOf(place), place, size }, 'write');
}

async function named(place: Extract<Placed, { readonly kind: 'part' }>, name: string): Promise<TransferPlace> {
  return { kind: 'saved', path: await namePart(place, namesFor(savedName(name))) };
}
