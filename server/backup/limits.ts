// Bounds of backup files, and of how much is done at a stretch.

/** Plaintext of one chunk: large enough for a good pace, small enough to hold a few of. */
export const CHUNK_BYTES = 64 * 1024;

/** So that the smallest profiles look alike. */
export const LEAST_CHUNKS = 4;

/**
 * The largest message with all that is said about it takes an eighth. Earlier Looms kept messages of up to 1 MiB, and wrote
 * them: every file made already opens.
 */
export const RECORD_BYTES = 2 * 1024 * 1024;

/** Messages read or written between two turns of the event loop: some ms of work. */
export const RUN_MESSAGES = 128;
export const RUN_BYTES = 256 * 1024;

/** Pictures of contacts read between two turns. */
export const PICTURES_AT_ONCE = 16;

/** An answer of a disk or a share may take so long: one that wakes up takes some ten seconds, one that is gone for ever. */
export const ANSWER_MS = 60_000;

/** Work that is over waits so long for its files to be put away; then they are left. */
export const FAREWELL_MS = 1_000;
