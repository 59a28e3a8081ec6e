// Bounds of the local door. Sizes in bytes and times in ms unless named otherwise.

/** The one route with a body takes a code of 22 characters. */
export const BODY_BYTES = 64 * 1024;

/**
 * Request line and headers. A browser sends about 1 KiB, and all cookies that other programs on this host have set, as
 * cookies know no ports: some KiB are usual where people write web programs. All connections together hold 64 MiB.
 */
export const HEADER_BYTES = 64 * 1024;

/** For the headers alone, so that a slow sender holds a connection no longer. Covers connections that never send. */
export const HEADERS_MS = 10_000;

/** For a whole request. */
export const REQUEST_MS = 30_000;

/** How often Node looks for connections over those times; its own default of 30 s would treble the first. */
export const TIMEOUT_CHECK_MS = 1000;

/**
 * Connections without a proof, on both addresses together; one more and the oldest goes. Far above any use, far below the
 * usual limit on open files. A page is loaded and proven within some 50 ms.
 */
export const CONNECTIONS = 1024;

/** Those who ask whose a connection is wait this long, for one look at the system's list for all of them. */
export const OWNER_LOOKUP_MS = 100;

/** A person waits for a code that we open in the browser, or copies one that we printed. */
export const CODE_OPENED_MS = 60_000;
export const CODE_PRINTED_MS = 10 * 60_000;

/** A browser that was running shows the page within a second or two of being asked; one that starts may need longer. */
export const CALL_HOME_MS = 5_000;

/** Codes open at once; one more and the oldest goes. */
export const CODES_OPEN = 3;

/** Sessions younger than this go with a service worker that is found; browsers look for its script within seconds. */
export const DISTRUST_MS = 60_000;

/** Tabs that may come back; one more and the one unused longest goes. */
export const SESSIONS = 64;

/**
 * Of a session without a socket. Browsers put tabs to sleep and keep them over a night, and a person comes back to them;
 * after a day, what is left of a session is most likely a copy. Time in which the computer sleeps counts where the
 * system's monotonic clock counts it.
 */
export const SESSION_IDLE_MS = 24 * 60 * 60_000;

/**
 * How long after the process ended without being told to a tab finds its session again: an update, a reboot, a crash with
 * somebody near. Longer, and what stands in the file is most likely read by somebody else.
 */
export const SESSION_KEPT_MS = 60 * 60_000;

/** How often the file of the sessions says that we live; what a crash may add to the hour. */
export const SESSION_STAMP_MS = 60_000;

/** From the upgrade to the page's proof, and its size. */
export const PROOF_MS = 5000;
export const PROOF_BYTES = 4096;

/** Sockets at that point; one more and the oldest goes. A page needs some 20 ms, so it takes thousands a second to push it out. */
export const UNPROVEN_SOCKETS = 128;

/** One message of a proven page: the largest text with its JSON around it. */
export const MESSAGE_PAYLOAD_BYTES = 512 * 1024;

/** Frames in one message: each costs memory beside its bytes, and browsers send one. */
export const MESSAGE_FRAGMENTS = 64;

/** Of one page: far above typing and scrolling, far below what hurts. */
export const MESSAGES_PER_SECOND = 200;

/** What one connection has not read yet; past it the connection is closed and may come back. */
export const BACKLOG_BYTES = 8 * 1024 * 1024;

/** Pings keep tunnels open; a tab that answers none until the next is gone. */
export const HEARTBEAT_MS = 20_000;

/** What a peer has to answer a closing handshake, then the connection is cut. */
export const CLOSE_MS = 300;

/** Commands of one connection that may run at the same time. */
export const COMMANDS_RUNNING = 256;

/** Connections to the control socket: commands of the same person. */
export const CONTROL_CONNECTIONS = 32;

/** One line to the control socket: the largest text, written with escapes. */
export const CONTROL_LINE_BYTES = 1024 * 1024;

/** One line back: the largest page of messages, each character escaped. */
export const CONTROL_REPLY_BYTES = 16 * 1024 * 1024;
