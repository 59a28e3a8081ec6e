// The sizes and bounds of wire protocol 2, each with its reason. Bytes and milliseconds unless named otherwise.
// Sections are those of SPEC.md.

/** §3: the one version this program speaks; the preamble offers a range. */
export const PROTOCOL_VERSION = 2;

/** Ed25519 and X25519 public keys. */
export const KEY_BYTES = 32;

/** Ed25519 signature, RFC 8032 §5.1.6. */
export const SIGNATURE_BYTES = 64;

/** Poly1305 tag, RFC 8439 §2.8. */
export const TAG_BYTES = 16;

// §2 Tokens

/** An invite lists a few ways to its maker, not a network; keeps its QR code readable. */
export const TOKEN_ENDPOINTS = 8;

/** The name in an invite, as UTF-8: enough to know somebody by; their HELLO has all of it, and the QR code stays readable. */
export const INVITE_NAME_BYTES = 64;

/** An invite's secret: 128 bits cannot be guessed. */
export const INVITE_SECRET_BYTES = 16;

/** First bytes of HMAC(invite secret, …) in a HELLO. */
export const INVITE_PROOF_BYTES = 16;

// §3 Link

/** "LOOM" ‖ lowest version(u16) ‖ highest version(u16). */
export const PREAMBLE_BYTES = 8;

/** The responder's part of the prologue: a recorded message 1 opens nowhere. 128 random bits never repeat. */
export const FRESHNESS_BYTES = 16;

/** Version(u16) ‖ freshness. */
export const ANSWER_BYTES = 2 + FRESHNESS_BYTES;

/** Noise messages 1, 2 and 3: what the tokens of XKhfs come to with empty payloads. */
export const HANDSHAKE_BYTES = [1248, 1152, 64] as const;

/** A Noise message is at most 65,535 bytes (Noise §3), which is all that a u16 length can say. */
export const FRAME_BYTES = 65_535;

/** What of a frame is plaintext at most; longer flushes are cut here. */
export const FRAME_PLAINTEXT_BYTES = FRAME_BYTES - TAG_BYTES;

/** Frames under one key in a direction: a key that leaks from memory opens a bounded stretch only. */
export const FRAMES_PER_KEY = 65_536;

/** type(u8) ‖ length(u32). */
export const RECORD_HEADER_BYTES = 5;

/** Body of a record: room for the longest message four times over, and a bound on what a peer makes us hold. */
export const RECORD_BYTES = 1024 * 1024;

/** Flushes are padded to this step up to the threshold: hides whether a short line was "yes" or "no". */
export const PAD_STEP_SMALL = 256;

/** Step and threshold: beyond it relative steps would reveal less than they cost. */
export const PAD_STEP_LARGE = 4096;

/** A HELLO is a few hundred bytes; the rest is room for later fields. A stranger's costs no more than this to read. */
export const HELLO_BYTES = 4096;

/**
 * Frame of a responder's peer that is no contact of ours (yet): a flush with the largest HELLO, padded. A stranger makes
 * us hold no more than this.
 */
export const STRANGER_FRAME_BYTES = 2 * PAD_STEP_LARGE + TAG_BYTES;

/** A name as UTF-8: 40 characters of any script, at 12 bytes each. How many characters that are is not the wire's business. */
export const NAME_BYTES = 512;

/** Message ids in one ACK: as many as one commit stores, and no more work at once for who reads it than a few ms. */
export const ACK_IDS = 1000;

/** PING and PONG body. */
export const PING_BYTES = 8;

/** Handshake and HELLO done within this time of accept: two slow seconds each way and some. */
export const HANDSHAKE_DEADLINE_MS = 5000;

/** Preamble and message 1 within this time of accept: they need no thought, and until then nothing speaks for who comes. */
export const CALL_DEADLINE_MS = 1000;

/** Connections before HELLO of addresses at which a contact was reached. No stranger takes one of these. */
export const HALF_OPEN_LINKS = 64;

/** Strangers whose message 1 opened, which shows that they know our token: each costs us keys in memory. */
export const HALF_OPEN_STRANGERS = 48;

/** Strangers, still unknown: a socket and at most a message 1. At 5,000 a second each still has 50 ms to speak. */
export const WAITING_STRANGERS = 256;

/** Of each of these, what one lot may hold: one machine cannot take every place. */
export const PLACES_PER_LOT = 8;

/** Connections per address: each may cost us about a millisecond of key exchange. */
export const HANDSHAKES_PER_SECOND = 20;
export const HANDSHAKE_BURST = 5;

/**
 * Strangers' messages 1 opened, in all: each costs about 0.1 ms, so that a flood from however many addresses costs a tenth
 * of one processor at most. One that opens is answered, which costs as much as ten that do not.
 */
export const STRANGER_CALLS_PER_SECOND = 1000;
export const STRANGER_CALL_BURST = 200;
export const CALLS_PER_HANDSHAKE = 10;

/** What a link may bring in all before it is a contact's: three times what greeting, pairing and a minute of PINGs take. */
export const STRANGER_RECORDS = 32;
export const STRANGER_BYTES = 64 * 1024;

/** Records that say little or nothing, and answers to nothing: tens of times what a person causes who types. */
export const SMALL_RECORDS_PER_SECOND = 200;
export const SMALL_RECORD_BURST = 400;

/** Records worked off in one turn of the event loop, over all links: under ten milliseconds when each is a message. */
export const RECORDS_PER_TURN = 512;

/** And those of one link before the next has its turn. */
export const RECORDS_PER_LINK = 64;

/** Bytes in the body of a record that cost as much as the record itself. */
export const BYTES_PER_RECORD = 1024;

/** Links of one device of a contact: one in use, one that replaces it, and their mirror images of simultaneous dialling. */
export const LINKS_PER_DEVICE = 4;

/** Silence after which a PING asks whether the other is there. */
export const PING_AFTER_MS = 15_000;

/** The responder lets the initiator ask first: one question and one answer show both sides that the other is there. */
export const RESPONDER_PING_AFTER_MS = 17_000;

/** Silence after which the link counts as dead: three unanswered PINGs. */
export const LINK_DEAD_AFTER_MS = 45_000;

/** Contact requests kept: more than people answer, less than a flood needs. */
export const CONTACT_REQUESTS = 50;

/** How long a stranger's link stays open. */
export const STRANGER_LINK_MS = 60_000;

// §4 Session

export const SESSION_ID_BYTES = 16;
export const MESSAGE_ID_BYTES = 16;

/** Fresh for every encryption: a database copied back in time never repeats a (key, nonce). */
export const SALT_BYTES = 16;

/** session id ‖ message id ‖ ratchet key ‖ pn ‖ n ‖ salt. */
export const ENVELOPE_HEADER_BYTES = SESSION_ID_BYTES + MESSAGE_ID_BYTES + KEY_BYTES + 4 + 4 + SALT_BYTES;

/** Messages a chain may be ahead at once: bounds the hashing a forged counter can ask for. */
export const CHAIN_GAP = 1000;

/** Message keys kept for messages that come late, per session: bounds what a peer makes us store. */
export const SKIPPED_KEYS = 2000;

/** Receiving chains kept per session: messages arrive in order on a link, older chains are long done. */
export const RECEIVING_CHAINS = 5;

/** A skipped key is a way to read one message: kept no longer than a lost message is waited for. */
export const SKIPPED_KEY_MS = 14 * 24 * 60 * 60 * 1000;

/** Replaced sessions, kept for receiving what was under way. */
export const OLD_SESSIONS = 3;
export const OLD_SESSION_MS = 7 * 24 * 60 * 60 * 1000;

// §6 Content

/** A message text as UTF-8. */
export const TEXT_BYTES = 256 * 1024;

/** The name of a kind of content: an unknown one is stored, so it is bounded. */
export const CONTENT_TYPE_BYTES = 64;

/** What a reply quotes of what it answers: a line or two, enough to tell which message is meant. */
export const QUOTE_BYTES = 256;

/** People mentioned in one text: more would be everybody. */
export const MENTIONS = 20;

/** Edits of one entry: each keeps the version before it. */
export const EDITS = 20;

/** A reaction's emoji: the longest families and flags take 28. */
export const EMOJI_BYTES = 32;

/** How long an entry may live after it was read, in seconds, at most: 4 weeks. */
export const TTL_SECONDS = 4 * 7 * 24 * 60 * 60;

/** The shortest that a timer is set to: long enough to read a text once it is opened. */
export const TIMER_SECONDS = 60;

/** Bit 1 of `features` in HELLO: takes profiles, which earlier Looms show as a message that they cannot show. */
export const FEATURE_PROFILES = 2;

/** The name in a profile, as UTF-8: as much of it as an invite has. */
export const PROFILE_NAME_BYTES = 64;

/** What somebody says about themselves, as UTF-8: a line. */
export const ABOUT_BYTES = 140;

/** Somebody's picture: 256 pixels a side, well drawn. A side, by its header: a browser takes 4 MB to draw that. */
export const PICTURE_BYTES = 24 * 1024;
export const PICTURE_SIDE = 1024;

/** Profiles of a contact that say something new, at once and in each day after that: more than anybody changes their mind. */
export const PROFILES_PER_DAY = 50;

/** A content: the longest text and all that may stand beside it, mentions first. No kind needs more, so nobody keeps more. */
export const CONTENT_BYTES = TEXT_BYTES + 2048;

/**
 * Acts of a conversation that wait for what they change: enough for a stretch of messages that come late, too few to fill
 * a disk. The oldest make room.
 */
export const WAITING_ACTS = 256;

/** And what they take, sealed: a few edits of the longest texts, or all 256 of a common length. */
export const WAITING_ACTS_BYTES = 4 * TEXT_BYTES;

/** And how long: longer than a lost message is waited for. */
export const WAITING_ACTS_MS = 30 * 24 * 60 * 60 * 1000;

/** Arrays and maps in one CBOR item, which bounds nesting too: far over what any record holds, far under the stack. */
export const CBOR_CONTAINERS = 1024;

// §5 What one contact may fill

/** Unread texts of a contact: half a million of a line each, or a library no one looks into. */
export const UNREAD_BYTES = 64 * 1024 * 1024;

/** Messages of a contact, at once and in each day after that: one a second, day and night. */
export const MESSAGES_PER_DAY = 100_000;

/** Messages of a contact on our disk: three million of a line each. Deleting makes room. */
export const KEPT_BYTES = 1024 * 1024 * 1024;

/** After a NACK 5 the sender waits at least this long before it tries again, and twice as long each time, up to the other. */
export const NOT_NOW_MS = 1_000;
export const NOT_NOW_LONGEST_MS = 60_000;

// §7 Safety number

/** Signal's count of hash iterations: makes a search for a near match dearer by as much. */
export const SAFETY_ITERATIONS = 5200;

// §8 Pairing by code

/** Digits people read out and type. */
export const PAIR_CODE_DIGITS = 6;

/** A PAIR record is some 50 bytes; the rest is room for later fields. */
export const PAIR_BYTES = 256;

/** HMAC-SHA256. */
export const PAIR_TAG_BYTES = 32;

/** Tries for one code: three chances in a million for who does not know it. */
export const PAIR_TRIES = 3;

/** How long a code is good: time to read it out and type it, on either side of a room. */
export const PAIR_CODE_MS = 120_000;

/** Wrong tags within the time below that end being visible: a patient guesser gets ten chances in a million an hour. */
export const PAIR_WRONG_TAGS = 10;
export const PAIR_WRONG_TAGS_MS = 60 * 60 * 1000;

/** Of those from one address: all tries of one code and a slip at the next. One computer alone can't end anyone's visibility. */
export const PAIR_WRONG_TAGS_PER_ADDRESS = 4;

// §10 Testing each other

/** Ties an answer to its question. */
export const CHECK_ID_BYTES = 8;

/** A CHECK is some 15 bytes; the rest is room for later fields. */
export const CHECK_BYTES = 256;

/** A CHECKED with every try is some 400 bytes; the rest is room for later fields. */
export const CHECKED_BYTES = 1024;

/** Addresses dialled back for one CHECK: as many as one dial round takes. */
export const CHECK_TRIES = 8;

/** A contact is answered once in this time: a person who asks again is not kept waiting, a program gets little out of us. */
export const CHECK_EVERY_MS = 5_000;

/** What has not answered the dial by then is left out: TCP gets 3 s to connect, and then some to prove who is there. */
export const CHECK_DIALS_MS = 5_000;

/** An answer is waited for no longer: the dials, and two slow seconds each way of the link. */
export const CHECK_DEADLINE_MS = 9_000;
