// Bounds of backup files, and of how much is done at a stretch.

/** Plaintext of one chunk: large enough for a good pace, small enough to hold a few of. */
export const CHUNK_BYTES = 64 * 1024;

/** So that the smallest profiles look alike. */
export const LEAST_CHUNKS = 4;

/** The largest message with all that is said about it takes a quarter. */
export const RECORD_BYTES = 1024 * 1024;

/** Messages read or written between two turns of the event loop: some ms of work. */
export const RUN_MESSAGES = 128;
export const RUN_BYTES = 256 * 1024;
