// Bounds and times of the mDNS backend, with their reasons. Times are milliseconds unless named otherwise.
import { ADDRESSES_TOLD } from '../../network/adapters.ts';

/** RFC 6762 §17: the largest mDNS message, headers included. */
export const MAX_PACKET_BYTES = 9_000;
/** What we send stays within one Ethernet frame, IPv6 and UDP headers taken off. */
export const MAX_SENT_BYTES = 1_400;
/** More in one packet is nonsense, or meant to cost us time. */
export const MAX_QUESTIONS = 128;
export const MAX_RECORDS = 256;
/** Honest senders point once or twice; chains of pointers exist to burn time. */
export const MAX_POINTERS = 16;
/** RFC 1035 §2.3.4. */
export const MAX_NAME_BYTES = 255;

/**
 * Looked at in a second: 500 people in one hall all answer the same question within 120 ms, some by both families. That
 * is a fifth of a second's work; so many packets of 9,000 bytes would be more, so bytes count as well.
 */
export const MAX_PACKETS_PER_SECOND = 1_000;
export const MAX_BYTES_PER_SECOND = 500_000;
/** One source may not use up the whole of it. */
export const MAX_PACKETS_PER_SOURCE = 50;

/** Adverts remembered. */
export const MAX_ADVERTS = 256;
/** Adverts of strangers one source may place: a machine with many users, not a flood. */
export const MAX_STRANGERS_PER_SOURCE = 16;
/** A label for each of two or three networks we share, those being rotated out, a restart or two; more is a contact who plays. */
export const MAX_ADVERTS_PER_CONTACT = 8;
/** Who may say where an advert's host is: the host itself by either family, a reflector; who else does, takes turns. */
export const MAX_SOURCES_PER_ADVERT = 4;
/** A contact renews what it says in each quarter-hour: what is still the same after two is being repeated by someone else. */
export const STALE_AFTER = 30 * 60_000;
/** New adverts taken from one packet: each may cost hashing. */
export const MAX_NEW_ADVERTS_PER_PACKET = 8;
/** Strangers shown to a person: a full room; the rest is for who comes nearer. */
export const MAX_PEOPLE = 32;
/** Addresses of one advert: as many as our own answers say. */
export const MAX_ADDRESSES = ADDRESSES_TOLD;
export const MIN_TTL_SECONDS = 10;
export const MAX_TTL_SECONDS = 4_500;
/** What our own records carry. Short, so that a crashed peer is gone within two minutes. */
export const OWN_TTL_SECONDS = 120;
/** Waiting to be sent per socket; beyond it the network is stuck, and mDNS says everything again anyway. */
export const MAX_QUEUED_PACKETS = 64;
/** How long stopping waits for goodbyes to leave. */
export const FAREWELL_TIMEOUT = 1_000;
/** Adapters are looked at this often: no system call tells of changes on all platforms. */
export const POLL_INTERVAL = 3_000;
/** A taken port is tried again. */
export const REOPEN_INTERVAL = 30_000;
/** The wall clock ran this much further than our timer: the machine slept. */
export const SLEEP_NOTICED = 30_000;

/** RFC 6762 §8.1. */
export const PROBE_INTERVAL = 250;
export const PROBE_COUNT = 3;
/** RFC 6762 §8.2: who loses the tie-break waits before probing again. */
export const TIE_BREAK_WAIT = 1_000;
/**
 * Once may be an old packet of our own that a reflector kept, twice is more than chance has in store for 80 bits: from then on
 * we announce, or one packet a probe would keep us silent for ever.
 */
export const MAX_LOST_TIE_BREAKS = 2;
/** RFC 6762 §10.1 lets a record that was taken back live a second more: time to say that it is still true. */
export const RESCUE_DELAY = 500;
/**
 * RFC 6762 §8.3: two to eight times, after one second, then two, then four. Who was there before and lost all of them
 * hears of us when he asks again, which is rare by then: four times are enough where half of all packets are lost.
 */
export const ANNOUNCE_COUNT = 4;
export const ANNOUNCE_INTERVAL = 1_000;
/** So often a record is said that replaces another; and after so many times, a new name counts as known. */
export const REPEAT_COUNT = 2;
/** RFC 6762 §6: a record goes out at most once a second on a link, a defence four times. */
export const ANSWER_INTERVAL = 1_000;
export const DEFENCE_INTERVAL = 250;
/** RFC 6762 §6 and §7.2: answers to shared questions wait a little, longer when more known answers follow. */
export const ANSWER_DELAY = { low: 20, high: 120 } as const;
export const TRUNCATED_DELAY = { low: 400, high: 500 } as const;
/**
 * Two hosts never draw the same 80 bits by chance, so a fourth conflict in an hour is malice: we keep the name and say what
 * is true once more, but not more often than this.
 */
export const MAX_RENAMES = 3;
export const RENAMES_WINDOW = 60 * 60_000;
export const DEFENCE_PAUSE = 1_000;
/** A new name every hour; not all machines in the same second. */
export const LABEL_LIFETIME = 60 * 60_000;
export const LABEL_SPREAD = 60_000;
/** TXT records are renewed this long after the quarter-hour at most, spread likewise. */
export const RENEWAL_SPREAD = 20_000;
/** On each adapter. Those that come and go must not make us change names all the time: beyond this, changes wait. */
export const MAX_ROTATIONS_PER_MINUTE = 5;
export const ROTATION_PAUSE = 15_000;
/** Own labels recognised on each adapter, those given up lately included: reflectors repeat what was said a moment ago. */
export const MAX_OWN_LABELS = 16;

/**
 * RFC 6762 §5.2: the first questions, then ever more rarely, by a factor of two at least; refreshing known adverts asks as
 * well. No rarer than that: where half of all packets are lost, one of four questions is answered by either family.
 */
export const BROWSE_DELAYS = [
  ...[1_000, 2_000, 4_000, 8_000, 16_000],
  ...[32_000, 64_000, 128_000, 256_000, 300_000],
] as const;
/** RFC 6762 §5.2: when to ask again, as shares of a TTL, each with up to 2 % of chance. */
export const REFRESH_SHARES = [0.8, 0.85, 0.9, 0.95] as const;
export const REFRESH_JITTER = 0.02;
/** An advert that came in parts is asked for the rest, this often at most. */
export const COMPLETION_DELAY = 60;
export const COMPLETION_INTERVAL = 1_000;
export const MAX_COMPLETIONS = 3;
/** Adverts asked about in one packet, so that it stays within a frame. */
export const MAX_ASKED_TOGETHER = 6;

/** Names being resolved at once; people type one. */
export const MAX_RESOLVES = 8;
export const RESOLVE_TIMEOUT = 2_000;
export const RESOLVE_REPEAT = 700;
/** After the first answer: the other family may follow. */
export const RESOLVE_SETTLE = 150;
