// Bounds of files (SPEC §11).

/** Bit 0 of `features` in HELLO: takes files. */
export const FEATURE_FILES = 1;

/** What a DATA carries at most: the piece that seals fastest. */
export const FILE_CHUNK_BYTES = 64 * 1024;

/** What is hashed by itself, and where a transfer is taken up again: a second of a slow network, 32 bytes for each. */
export const FILE_BLOCK_BYTES = 1024 * 1024;

/** SHA-256. */
export const FILE_HASH_BYTES = 32;

/** A file's name: what file systems take. */
export const FILE_NAME_BYTES = 255;

/** A media type: RFC 6838 §4.2, both names at their longest. */
export const FILE_TYPE_BYTES = 127;

/** What is said of a file: a few paragraphs. What is longer is a text of its own. */
export const FILE_CAPTION_BYTES = 4096;

/** Pixels of a side that a sender may claim: more than any screen or camera has, few enough to reckon with. */
export const FILE_SIDE_PIXELS = 65_535;

/** What plays may last so long, ms: a day. */
export const FILE_DURATION_MS = 24 * 60 * 60 * 1000;

/** How loud something spoken is, over its time, a byte for each part: more parts than fit on a line. */
export const FILE_WAVEFORM_BYTES = 100;

/** DATA that nobody waits for, since we last stopped or moved a file: what may have been under way then. More closes the link. */
export const FILE_STRAY_BYTES = 32 * 1024 * 1024;
