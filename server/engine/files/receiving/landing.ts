// Where a file comes to lie: a sealed file in Loom, opened to go on where the last run ended, if there is room for the rest.
import type { Primitives } from '../../../crypto/primitives.ts';
import { blockCount } from '../../../protocol/files/file-root.ts';
import { FILE_BLOCK_BYTES } from '../../../protocol/files/limits.ts';
import { newSealedPlace, SealedFile, withRun, type SealedPlace } from '../../../storage/files/sealed-file.ts';
import type { Store } from '../../../storage/profile-store.ts';
import type { Transfer } from '../../../storage/tables/transfers.ts';
import type { Clock } from '../../../timing/clock.ts';
import { BlockHashes } from '../block-hashes.ts';
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

/** @returns `full`: there is no room. Null: it is over. @throws Error of the file system. */
export async function openIncoming(
  options: LandingOptions,
  live: LiveTransfer,
  listener: IncomingListener,
): Promise<Incoming | 'full' | null> {
  const { size } = live.transfer;
  const giveBack = await options.room.claim({
    missing: () => size - live.transfer.position,
    uncounted: () => (live.transfer.place.kind === 'sealed' ? 0 : size),
  });
  if (!giveBack) return 'full';
  let incoming: Incoming | null = null;
  try {
    const place = await placed(options, live);
    incoming = place && (await incomingAt(options, live, place, { listener, onClosed: giveBack }));
  } finally {
    if (!incoming) giveBack();
  }
  return incoming;
}

/** Durable before the first byte is sealed under it. Null: it is over. */
async function placed({ store, random, transfers }: LandingOptions, live: LiveTransfer): Promise<SealedPlace | null> {
  const { size, place: before } = live.transfer;
  const given = before.kind === 'sealed' ? before : null;
  const position = given ? hashedUpTo(store, live.transfer) : 0;
  // Where all of it is here and only their END is missing, nothing will be.
  const place = given && position === size ? given : withRun(given ?? newSealedPlace(random), position, random);
  return (await transfers.change(live, { position, place: { kind: 'sealed', ...place } })) && place;
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
  place: SealedPlace,
  { listener, onClosed }: { readonly listener: IncomingListener; readonly onClosed: () => void },
): Promise<Incoming> {
  const { size, position: from, message } = live.transfer;
  const hashes = BlockHashes.load(store.transfers, message, blockCount(from));
  await store.files.makeRoomFor(place);
  const path = store.files.pathOf(place);
  const file = await SealedFile.open({ primitives, path, place, size }, 'write');
  return new Incoming({
    ...{ primitives, clock, file, size, from, hashes, listener, onClosed },
    store: async (position, whole) => {
      const change = whole ? ({ position, state: 'done' } as const) : { position };
      return (await transfers.change(live, change, () => hashes.save(store.transfers, message))) !== null;
    },
  });
}
