// What the local HTTP edge does with files: takes pieces of what the page hands over, and gives out what a ticket is for.
import { Readable } from 'node:stream';
import type { Download, FileDoor } from '../application.ts';
import { diskTrouble } from '../files/disk-errors.ts';
import type { Files, OpenFile } from '../files/files.ts';
import { savedName } from '../files/file-names.ts';
import type { Errand } from '../files/tickets.ts';
import { SEALED_CHUNK_BYTES } from '../../storage/files/sealed-file.ts';

/** Read and opened at once for a download: whole chunks. */
const PIECE_BYTES = 4 * SEALED_CHUNK_BYTES;

export function fileDoor(files: Files): FileDoor {
  return {
    received: (ticket) => files.uploads.received(ticket),
    take: (ticket, offset, pieces) => files.uploads.write(ticket, offset, pieces),
    download: async (ticket) => {
      const errand = files.tickets.use(ticket);
      return errand && downloadOf(await files.open(errand.message), errand);
    },
  };
}

function downloadOf(opened: OpenFile, { purpose, type }: Errand): Download {
  const { size, name } = opened.transfer;
  return {
    ...{ purpose, type, size, name: savedName(name), close: opened.close },
    bytes: (from, to) => bytesOf(opened, from, to),
  };
}

/** Closes the file at its end, and when nobody takes it. @param to behind the last. */
function bytesOf({ file, close }: OpenFile, from: number, to: number): Readable {
  let at = from;
  return new Readable({
    highWaterMark: PIECE_BYTES,
    read() {
      if (at >= to) {
        this.push(null);
        return;
      }
      // Up to the end of a chunk, so that none is opened twice.
      const length = Math.min(PIECE_BYTES - (at % SEALED_CHUNK_BYTES), to - at);
      at += length;
      file.read(at - length, length).then(
        (bytes) => this.push(bytes),
        (error: unknown) => this.destroy(diskTrouble(error) as Error),
      );
    },
    destroy(error, done) {
      void close().then(() => done(error));
    },
  });
}
