// What must be so of the state that each Loom of a model run keeps, once there is peace.
import { toHex } from '../../crypto/bytes.ts';
import { parseEnvelope } from '../../protocol/envelope.ts';
import { OLD_SESSIONS } from '../../protocol/limits.ts';
import { Session } from '../../protocol/session.ts';
import { nameOf, type Citizen, type Citizens } from './citizens.ts';
import { devicesOf } from '../../engine/contacts/devices.ts';

/** A session with everything it may keep. */
const SESSION_BYTES = 512 * 1024;

export function checkSessions(
  citizens: Citizens,
  a: Citizen,
  b: Citizen,
  { restored }: { readonly restored: boolean },
): void {
  const name = `${nameOf(a)} to ${nameOf(b)}`;
  const held = citizens.sessions(a, b);
  if (held.length > 1 + OLD_SESSIONS) throw new Error(`${name}: ${held.length} sessions`);
  const current = held.find(({ role }) => role === 'current');
  const theirs = citizens.sessions(b, a).find(({ role }) => role === 'current');
  if (!current || current.id !== theirs?.id) throw new Error(`${name}: they do not share a session`);
  for (const { state } of held) {
    if (state.length > SESSION_BYTES) throw new Error(`${name}: a session of ${state.length} bytes`);
    if (restored) continue; // Old keys came back with the old database.
    const hex = toHex(state);
    for (const key of a.watch.spent)
      if (hex.includes(key)) throw new Error(`${name}: a key that was used is still there`);
  }
}

/** However it ended, and whole copies put back: nothing of that is a change that somebody made. */
export async function checkFiles({ all }: Citizens): Promise<void> {
  for (const { loom } of all) {
    const { changedWhileClosed } = await loom.run('status.get');
    if (changedWhileClosed.length > 0) throw new Error(`taken for a change: ${changedWhileClosed.join()}`);
  }
}

/** What both sides have alike, whatever came to pass. */
export async function checkAgreed(citizens: Citizens): Promise<void> {
  await checkTimers(citizens);
  await checkProfiles(citizens);
}

/** Whoever set them, and whatever their clocks said. */
async function checkTimers(citizens: Citizens): Promise<void> {
  for (const [a, b] of citizens.pairs()) {
    const [ours, theirs] = [await a.loom.conversation(nameOf(b)), await b.loom.conversation(nameOf(a))];
    if (ours.timer !== theirs.timer)
      throw new Error(`${nameOf(a)} and ${nameOf(b)}: timers of ${ours.timer} and ${theirs.timer} s`);
  }
}

/** Each is to the others as they say they are. */
async function checkProfiles(citizens: Citizens): Promise<void> {
  for (const [a, b] of citizens.pairs()) {
    const { about, picture } = await a.loom.contact(nameOf(b));
    const own = await b.loom.run('identity.get');
    if (about !== own?.about || picture !== own.picture)
      throw new Error(`${nameOf(b)} says "${own?.about}", and is "${about}" to ${nameOf(a)}`);
  }
}

/** What the check of healing needs of the world it looks at. */
export interface HealingWorld {
  /** An old database was put back at some time. */
  readonly restored: boolean;
  readonly random: (length: number) => Uint8Array;
  /** ms. */
  readonly now: () => number;
  /** So many texts in turn, `first` first, each at rest before the next. */
  readonly talk: (first: Citizen, second: Citizen, count: number) => Promise<void>;
}

/** Who steals a state can follow for a while, and no more once both have answered under fresh keys. */
export async function checkHealing(
  citizens: Citizens,
  [a, b]: readonly [Citizen, Citizen],
  world: HealingWorld,
): Promise<void> {
  const { restored, random, now, talk } = world;
  // An old database whose numbers fit into what the other side has seen is found out by what it sends next.
  if (restored) await talk(a, b, 2);
  const stolen = citizens.sessions(a, b).find(({ role }) => role === 'current');
  if (!stolen) throw new Error('nothing to steal');
  const { sessions } = a.loom.profile.opened.engine;
  let thief = Session.parse(sessions.context(devicesOf(citizens.contact(a, b))[0]), stolen.state);
  const came = citizens.cameFrom(b, a);
  came.length = 0;
  // The first two see to it that a key of before is not used on; then one round trip.
  await talk(b, a, 5);
  const opened = came.map((body) => {
    try {
      thief = thief.decrypt(parseEnvelope(body), random, now()).next;
      return true;
    } catch {
      return false;
    }
  });
  if (opened.at(0) !== true) throw new Error('the thief cannot even follow: this proves nothing');
  if (opened.at(-1) !== false) throw new Error('a stolen state never heals');
}
