// Hands a file over to the daemon, a slice at a time: no more of it is in memory at once, and after a cut it goes on where it was.
import { UPLOAD_PIECE_BYTES } from '../../../server/contract/limits.ts';
import { CallError } from './pending.ts';

/** The first slice: small, so that whoever listens in Loom's place gets little. */
const FIRST_BYTES = 1024 * 1024;

/** The line may be cut for a while, as when the daemon is busy; ms between two tries, and how many. */
const AGAIN_MS = 1_000;
const TRIES = 10;

const problems: Readonly<Record<number, CallError['code']>> = {
  404: 'file-unknown',
  413: 'file-too-large',
  500: 'storage-failed',
  503: 'system-busy',
  507: 'disk-full',
};

/** @param onSent bytes that the daemon has. @throws CallError; AbortError when `signal` says so. */
export async function upload(
  ticket: string,
  file: Blob,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  let sent = 0;
  let failures = 0;
  while (sent < file.size) {
    const slice = file.slice(sent, sent + (sent === 0 ? FIRST_BYTES : UPLOAD_PIECE_BYTES));
    const reached = await hand(ticket, sent, slice, signal);
    const goesOn = reached !== null && reached > sent;
    if (reached !== null) sent = reached;
    if (!goesOn) {
      // No answer, or another piece is still under way.
      failures += 1;
      if (failures > TRIES) throw new CallError('disconnected', 'the daemon does not answer');
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      signal.throwIfAborted();
      continue;
    }
    failures = 0;
    onSent(sent);
  }
}

/** @returns where to go on; null: there was no answer. */
async function hand(ticket: string, offset: number, slice: Blob, signal: AbortSignal): Promise<number | null> {
  const headers = { 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' };
  let answer: Response;
  try {
    answer = await fetch(`/files/in/${ticket}`, { method: 'PATCH', headers, body: slice, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    // A file that is gone or changed can be read no more, which looks the same.
    await slice.arrayBuffer().catch(() => {
      throw new CallError('file-missing', 'the file cannot be read');
    });
    return null;
  }
  const reached = answer.headers.get('Upload-Offset');
  if (answer.status === 204 || answer.status === 409) return reached === null ? null : Number(reached);
  throw new CallError(problems[answer.status] ?? 'internal', `status ${answer.status}`);
}
