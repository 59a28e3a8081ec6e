// What the doctor's facts mean: pure, so that every cause can be shown to be named.
import type { AdapterFacts, CheckResult, Finding, Reach, Tried } from '../../contract/diagnosis.ts';
import type { Connection } from '../../contract/model.ts';
import { isLoopbackAddress, parseAddress } from '../../network/addresses.ts';
import type { DiscoveryProblem } from '../../discovery/discovery.ts';

export interface ContactSeen {
  readonly blocked: boolean;
  readonly connection: Connection;
  /** Announced on the network right now. */
  readonly nearby: boolean;
  /** Their clock minus ours, ms; 0 within what adverts can tell. */
  readonly announcedClock: number | null;
  readonly tried: readonly Tried[];
  readonly compared: CheckResult | null;
  readonly weReach: Reach;
  readonly theyReach: Reach;
}

export interface Facts {
  readonly adapters: readonly AdapterFacts[];
  readonly problem: DiscoveryProblem | null;
  /** Discovery is switched off, by option or by the person. */
  readonly hidden: boolean;
  readonly contact: ContactSeen | null;
  readonly platform: NodeJS.Platform;
  /** IP addresses of this machine. */
  readonly hosts: ReadonlySet<string>;
  /** The profile's files were changed while Loom was closed, and nobody has said that they checked it. */
  readonly filesChanged: boolean;
}

/** The likeliest first. Never empty. */
export function findings(facts: Facts): readonly Finding[] {
  const found = [...ofContact(facts), ...ofComputer(facts), ...(facts.filesChanged ? ['files-changed' as const] : [])];
  return found.length > 0 ? [...new Set(found)] : ['fine'];
}

/** Clocks that are kept stay well within; what is further off puts times and orders in doubt, and people should set them. */
const CLOCK_OFF_MS = 5 * 60_000;

/** Multicast of ours goes out this often before silence means anything. */
const SENT_ENOUGH = 3;

function ofComputer(facts: Facts): Finding[] {
  const { contact, adapters, problem, hidden } = facts;
  if (problem === 'adapters-unreadable') return hidden ? [problem, 'discovery-off'] : [problem];
  const outside = adapters.filter(({ kind }) => kind !== 'loopback');
  // Two people on one computer need none.
  if (outside.length === 0) return contact?.connection === 'online' ? [] : ['no-network'];
  const found: Finding[] = [];
  if (hidden) found.push('discovery-off');
  else if (problem !== null) found.push(problem);
  else found.push(...ofMulticast(outside));
  if (outside.every(({ kind }) => kind === 'virtual')) found.push('virtual-only');
  if (outside.some(({ kind }) => kind === 'vpn')) found.push('vpn');
  return found;
}

function ofMulticast(outside: readonly AdapterFacts[]): Finding[] {
  const speaking = outside.filter(({ kind, sent }) => kind === 'network' && sent >= SENT_ENOUGH);
  // What we send comes back to us, unless something on this computer drops it.
  if (speaking.some(({ own, heard }) => own === 0 && heard === 0)) return ['multicast-dropped'];
  return speaking.length > 0 && speaking.every(({ heard }) => heard === 0) ? ['nobody-heard'] : [];
}

function ofContact({ contact, platform, adapters, hosts, hidden }: Facts): Finding[] {
  if (!contact) return [];
  if (contact.blocked) return ['blocked'];
  const clocks = ofClocks(contact);
  if (contact.connection === 'online')
    return ['online', ...ofBothWays(contact, hosts), ...clocks, ...ofHearing(contact, hidden)];
  return [...ofWay(contact, platform, adapters), ...clocks];
}

/** Of one who is not connected. */
function ofWay(contact: ContactSeen, platform: NodeJS.Platform, adapters: Facts['adapters']): Finding[] {
  if (contact.connection === 'waiting') return ['not-added'];
  if (adapters.every(({ kind }) => kind === 'loopback') && contact.tried.length === 0) return [];
  if (contact.tried.length === 0) return ['no-address'];
  return [ofTried(contact, platform)];
}

/** The link stands, but what is dialled anew in one of the directions may not get through: after a restart, say. */
function ofBothWays({ tried, compared, weReach, theyReach }: ContactSeen, hosts: ReadonlySet<string>): Finding[] {
  const theirs = compared?.theyTried ?? [];
  const found: Finding[] = [];
  if (theyReach === 'no' && !theirs.some(({ address }) => isOurs(address, hosts))) found.push('behind-router');
  else if (theyReach === 'no' && isStopped(theirs)) found.push('they-cannot-reach-us');
  if (weReach === 'no' && isStopped(tried)) found.push('we-cannot-reach-them');
  return found;
}

/** Both are where they say, so what does not answer is stopped on the way; who answers as somebody else is not. */
function isStopped(tried: readonly Pick<Tried, 'outcome'>[]): boolean {
  return tried.some(({ outcome }) => outcome !== 'other-identity');
}

/** Otherwise they see us under the address of whatever stands between. */
function isOurs(address: string, hosts: ReadonlySet<string>): boolean {
  const host = parseAddress(address)?.host;
  return host !== undefined && (hosts.has(host) || isLoopbackAddress(host));
}

/** Before two have ever connected it is their adverts that tell. */
function ofClocks({ compared, announcedClock }: ContactSeen): Finding[] {
  const difference = compared ? compared.clockDifference : (announcedClock ?? 0);
  return Math.abs(difference) >= CLOCK_OFF_MS ? ['clock-off'] : [];
}

/** Adverts are heard on one network in both directions, or in none where the two are on different ones. */
function ofHearing({ compared, nearby }: ContactSeen, hidden: boolean): Finding[] {
  if (!compared || hidden || compared.theySeeUs === nearby) return [];
  return [nearby ? 'they-do-not-hear-us' : 'we-do-not-hear-them'];
}

function ofTried(contact: ContactSeen, platform: NodeJS.Platform): Finding {
  const answers = new Set(contact.tried.map(({ outcome }) => outcome));
  if (answers.has('reached')) return 'reachable';
  // They are announced, so they are there and we hear them: what we dial is dropped on the way or at their door.
  if (contact.nearby && (answers.has('timeout') || answers.has('unreachable'))) return 'inbound-dropped';
  if (answers.has('refused')) return 'not-running';
  if (answers.has('other-identity')) return 'stale-address';
  const beside = contact.tried.filter(({ neighbour }) => neighbour);
  if (beside.length === 0) return 'wrong-subnet';
  if (platform === 'darwin' && beside.every(({ outcome }) => outcome === 'unreachable')) return 'macos-denied';
  return 'away';
}
