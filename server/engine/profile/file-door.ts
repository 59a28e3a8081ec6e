// What the local HTTP edge does with files: takes pieces of what the page hands over, and gives out what a ticket is for.
import { Readable } from 'node:stream';
import type { Download, FileDoor } from '../application.ts';
import type { Files, OpenFile } from '../files/files.ts';
import { savedName } from '../files/file-names.ts';
import { HEAD_BYTES, shownType } from '../files/media-type.ts';

/** Read and opened at once for a download. */
const PIECE_BYTES = 256 * 1024;

export function fileDoor(files: Files): FileDoor {
  return {
    received: (ticket) => files.uploads.received(ticket),
    take: (ticket, offset, pieces) => files.uploads.write(ticket, offset, pieces),
    download: async (ticket) => {
      const known = files.tickets.use(ticket);
      if (!known) return null;
      const opened = await files.open(known.message);
      const type = await typeOf(opened);
      if (known.purpose === 'save' || type !== null) return downloadOf(opened, known.purpose, type);
      await opened.file.close();
      return null;
    },
  };
}

async function typeOf({ file }: OpenFile): Promise<string | null> {
  try {
    return shownType(await file.read(0, HEAD_BYTES));
  } catch (error) {
    await file.close();
    throw error;
  }
}

function downloadOf({ file, transfer }: OpenFile, purpose: Download['purpose'], type: string | null): Download {
  return {
    ...{ purpose, size: transfer.size, name: savedName(transfer.name) },
    type: purpose === 'view' && type !== null ? type : 'application/octet-stream',
    close: () => file.close(),
    bytes: (from, to) => Readable.from(pieces(file, from, to), { objectMode: false, highWaterMark: PIECE_BYTES }),
  };
}

/** @param to behind the last. */
async function* pieces(file: OpenFile['file'], from: number, to: number): AsyncGenerator<Uint8Array> {
  try {
    for (let at = from; at < to; at += PIECE_BYTES) yield await file.read(at, Math.min(PIECE_BYTES, to - at));
  } finally {
    await file.close();
  }
}
