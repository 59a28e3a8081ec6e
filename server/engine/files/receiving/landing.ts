// Where a file comes to lie: sealed in Loom, or as it is among the person's downloads. Opened to go on where the last run ended, if
// there is room for the rest.
import { mkdir, rm } from 'node:fs/promises';
import { equal } from '../../../crypto/bytes.ts';
import type { Primitives } from '../../../crypto/primitives.ts';
import { blockCount } from '../../../protocol/files/file-root.ts';
import { FILE_BLOCK_BYTES } from '../../../protocol/files/limits.ts';
import { newPartPlace, PartFile, PartLost, removePart, type PartPlace } from '../../../storage/files/part-file.ts';
import { newSealedPlace, SealedFile, withRun } from '../../../storage/files/sealed-file.ts';
import type { Store } from '../../../storage/profile-store.ts';
import type { Transfer, TransferPlace } from '../../../storage/tables/transfers.ts';
import type { Clock } from '../../../timing/clock.ts';
import { BlockHashes } from '../block-hashes.ts';
import { receivedFolder } from '../downloads.ts';
import { namesFor, savedName } from '../file-names.ts';
import { Incoming, type IncomingListener } from './incoming.ts';
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

/** @returns `full`: there is no room. Null: it is over. @throws PartLost; Error of the file system. */
export async function openIncoming(
  options: LandingOptions,
  live: LiveTransfer,
  listener: IncomingListener,
): Promise<Incoming | 'full' | null> {
  const { size } = live.transfer;
  const begun = live.transfer.into === 'downloads' ? await inFolder(options, live) : sealed(options, live);
  const { place } = begun;
  let position = (): number => begun.position;
  const giveBack = await options.room.claim({
    missing: () => size - position(),
    uncounted: () => (place.kind === 'part' || live.transfer.place.kind === 'sealed' ? 0 : size),
    ...(place.kind === 'part' && { folder: place.folder }),
  });
  if (!giveBack) return 'full';
  let incoming: Incoming | null = null;
  try {
    const change = await options.transfers.change(live, begun);
    position = () => live.transfer.position;
    incoming = change && (await incomingAt(options, live, place, { listener, onClosed: giveBack }));
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

/** Where it is not what it was, it begins anew. The folder that it was begun in is not made again: a drive may be away. */
async function inFolder(options: LandingOptions, { transfer }: LiveTransfer): Promise<Begun> {
  const { place: before } = transfer;
  if (before.kind === 'part') {
    const position = hashedUpTo(options.store, transfer);
    return { position: (await isAsItWas(options, transfer, before, position)) ? position : 0, place: before };
  }
  const folder = receivedFolder();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return { position: 0, place: { kind: 'part', ...newPartPlace(folder) } };
}

/** The last block there is what it was. */
async function isAsItWas(
  { primitives, store }: LandingOptions,
  { message }: Transfer,
  place: PartPlace,
  position: number,
): Promise<boolean> {
  if (position === 0) return false;
  const blocks = blockCount(position);
  const from = (blocks - 1) * FILE_BLOCK_BYTES;
  const hash = BlockHashes.load(store.transfers, message, blocks).of(blocks - 1);
  try {
    const file = await PartFile.open(place, 'go-on');
    try {
      const bytes = await file.read(from, position - from);
      return bytes !== null && equal(primitives.sha256(bytes), hash);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof PartLost) return false;
    throw error;
  }
}

/** Up to where it is here and hashed: a row of hashes that is damaged costs what stands behind it. */
function hashedUpTo({ transfers }: Store, { message, position }: Transfer): number {
  const blocks = blockCount(position);
  const { count } = BlockHashes.load(transfers, message, blocks);
  return count < blocks ? count * FILE_BLOCK_BYTES : position;
}

async function incomingAt(
  { primitives, clock, store, transfers }: LandingOptions,
  live: LiveTransfer,
  place: Placed,
  { listener, onClosed }: { readonly listener: IncomingListener; readonly onClosed: () => void },
): Promise<Incoming> {
  const { size, position: from, message, name } = live.transfer;
  const hashes = BlockHashes.load(store.transfers, message, blockCount(from));
  const save = (): void => hashes.save(store.transfers, message);
  const common = { primitives, clock, size, from, hashes, listener, onClosed };
  if (place.kind === 'sealed') {
    await store.files.makeRoomFor(place);
    const file = await SealedFile.open({ primitives, path: store.files.pathOf(place), place, size }, 'write');
    return new Incoming({
      ...{ ...common, file },
      store: async (position, whole) =>
        (await transfers.change(live, whole ? { position, state: 'done' } : { position }, save)) !== null,
    });
  }
  const file = await PartFile.open(place, from === 0 ? 'begin' : 'go-on');
  return new Incoming({
    ...{ ...common, file },
    store: async (position, whole) => {
      if (!whole) return (await transfers.change(live, { position }, save)) !== null;
      const path = await file.nameAs(namesFor(savedName(name)));
      const saved = { kind: 'saved', path, part: place.part } as const;
      const isDone = (await transfers.change(live, { position, state: 'done', place: saved }, save)) !== null;
      // It was given up meanwhile; else it would be a second name of a file that is the person's now.
      if (!isDone) await rm(path, { force: true }).catch(() => undefined);
      await removePart(place).catch(() => undefined);
      return isDone;
    },
  });
}
