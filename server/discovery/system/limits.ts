// Bounds and times of the system backend, beside those it has in common with the built-in one (`../mdns/limits.ts`).
// Times are milliseconds.

/** Services watched at once. Each is a thread and a connection to the message bus, which allows a user some 250. */
export const MAX_WATCHES = 32;
/** Watches begun in a second: a flood of names in the responder must not keep Loom busy. */
export const MAX_WATCHES_PER_SECOND = 20;
/** A service that is listed but says nothing more in this time is not there. */
export const WATCH_TIMEOUT = 5_000;
/** One that is not watched is looked at anew when all are asked, but no sooner than this. */
export const LOOK_AGAIN = 10_000;
/** What a host's addresses are is asked again after this: they change without a word. */
export const LOOK_UP_AGAIN = 60_000;
/** Questions of one moment, by each family and on each adapter, are one question to the responder. */
export const GATHER_TIME = 20;
/** A start waits so long to learn whether there is a responder. */
export const START_TIMEOUT = 5_000;
/** A responder that was not there is tried again: it is restarted in a moment when it is updated. */
export const RETRY_INTERVAL = 5_000;
/** The message bus gives up on a service after 25 s: one that has said nothing by now never will. */
export const HANGING = 30_000;
/** Hosts looked up within LOOK_UP_AGAIN: as many as adverts are remembered. */
export const MAX_LOOK_UPS = 256;
/** Avahi's answer is one line: two numbers, a name of at most 253 characters and an address. */
export const MAX_ANSWER_BYTES = 512;
