// Bounds of everything that crosses between browser or command line and daemon. Sizes in bytes unless named otherwise.

/** A name, ours or a contact's, as UTF-8: 40 characters of any script, at 12 bytes each. Equals the bound of the wire. */
export const NAME_BYTES = 512;

/** A name in characters as people see them: what a list shows in a line or two. */
export const NAME_CHARACTERS = 64;

/** Combining marks in a row: the stream-safe text of UAX #15, above what any language writes. */
export const NAME_MARKS = 30;

/** As much of a name as contacts are told, as UTF-8. Equals the bound of the wire. */
export const OWN_NAME_BYTES = 64;

/** What somebody says about themselves, as UTF-8: a line. Equals the bound of the wire. */
export const ABOUT_BYTES = 140;

/** Somebody's picture. Equals the bound of the wire. */
export const PICTURE_BYTES = 24 * 1024;

/** A message text as UTF-8. Equals the content bound of the wire protocol. */
export const MESSAGE_BYTES = 256 * 1024;

/** Longest text that is looked at to see whether it is one emoji; the longest has 15 UTF-16 code units. */
export const EMOJI_LENGTH = 32;

/**
 * Texts that are not sent yet: as many conversations, and in all so many bytes of UTF-8. One may be as long as a message.
 * All of them go to a tab in one reply, which must not fill the socket's backlog, and are sealed anew in one piece.
 */
export const DRAFTS_KEPT = 1000;
export const DRAFTS_BYTES = 2 * 1024 * 1024;

/** A conversation is muted for so long at most, in seconds, unless until the person says so: a year. */
export const MUTE_SECONDS = 365 * 24 * 60 * 60;

/** What is written disappears so long after reading, in seconds: a minute to 4 weeks. Equal the bounds of the wire protocol. */
export const TIMER_SECONDS = 60;
export const TIMER_SECONDS_MOST = 4 * 7 * 24 * 60 * 60;

/** Longest passphrase taken, in UTF-16 code units; a bound on work, not a rule for people. */
export const PASSPHRASE_LENGTH = 1024;

/** Idle minutes before locking, at most: a week. */
export const LOCK_AFTER_MINUTES = 7 * 24 * 60;

/** The folder for backups that Loom offers in the person's home, and the one folder that it makes. */
export const BACKUP_FOLDER = 'Loom backups';

/** What the name of a backup ends with. */
export const BACKUP_ENDING = '.loom';

/** What a person types to destroy a profile. */
export const WIPE_WORD = 'wipe';

/** Words of a recovery phrase, and how many of them are asked for to see that it was written down. */
export const PHRASE_WORDS = 24;
export const PHRASE_ASKED = 3;

/** Backups of a schedule kept at most: three years of days. */
export const BACKUPS_KEPT = 1000;

/** Longest text a short field may carry at all, so that the engine can say what is wrong with one over its own bound. */
export const FIELD_LENGTH = 16 * 1024;

/** Longest text a token is looked for in: a mail with what it quotes. */
export const PASTED_LENGTH = 64 * 1024;

/** Longest `HOST:PORT`: a 253-byte DNS name, brackets, scope and port. */
export const ADDRESS_LENGTH = 300;

/** Messages in one page at most, and when none is asked for. */
export const PAGE_MESSAGES = 200;
export const PAGE_MESSAGES_DEFAULT = 50;

/** A page ends early once its texts together pass this, so that one reply never fills the socket's backlog. */
export const PAGE_BYTES = 1024 * 1024;

/** What is searched for, in UTF-16 code units: sixteen words of any length, with operators. */
export const QUERY_LENGTH = 4096;

/** Hits in one page of a search. */
export const PAGE_HITS = 50;

/** The conversation list carries this many characters of the last message. */
export const PREVIEW_LENGTH = 160;

/** Events kept in memory for tabs that come back, and how much of it they take; older cursors reload everything. */
export const EVENTS_KEPT = 2000;
export const EVENTS_BYTES = 4 * 1024 * 1024;

/** Of those, so many are read again from the disk for one tab, some ten milliseconds; more, and reloading is cheaper. */
export const EVENTS_READ_AGAIN = 500;

/** What is said of a file, in UTF-16 code units; the wire bounds its bytes by the same number. */
export const CAPTION_LENGTH = 4096;

/** The name of a file as callers give it; the engine cuts it to what goes on the wire. */
export const FILE_NAME_LENGTH = 1024;

/** A path on this computer. */
export const FILE_PATH_LENGTH = 4096;

/** A media type, as long as RFC 6838 has it. */
export const FILE_TYPE_LENGTH = 127;

/** Pixels of one side of a picture. */
export const FILE_SIDE = 65_535;

/** How long a file plays at most, ms, and the parts of its waveform. Equal the bounds of the wire protocol. */
export const FILE_DURATION_MS = 24 * 60 * 60 * 1000;
export const WAVEFORM_BYTES = 100;

/** Files that a list holds: its last ones. */
export const FILES_LISTED = 1000;

/** Of one piece of a file that the page hands over: a second or so of any disk. */
export const UPLOAD_PIECE_BYTES = 8 * 1024 * 1024;
