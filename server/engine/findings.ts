// What the doctor's facts mean: pure, so that every cause can be shown to be named.
import type { AdapterFacts, Finding, Tried } from '../contract/diagnosis.ts';
import type { Connection } from '../contract/model.ts';
import type { DiscoveryProblem } from '../discovery/discovery.ts';

export interface ContactSeen {
  readonly blocked: boolean;
  readonly connection: Connection;
  /** Announced on the network right now. */
  readonly nearby: boolean;
  readonly tried: readonly Tried[];
}

export interface Facts {
  readonly adapters: readonly AdapterFacts[];
  readonly problem: DiscoveryProblem | null;
  /** Discovery is switched off, by option or by the person. */
  readonly hidden: boolean;
  readonly contact: ContactSeen | null;
  readonly platform: NodeJS.Platform;
}

/** The likeliest first. Never empty. */
export function findings(facts: Facts): readonly Finding[] {
  const found = [...ofContact(facts), ...ofComputer(facts)];
  return found.length > 0 ? [...new Set(found)] : ['fine'];
}

/** Multicast of ours goes out this often before silence means anything. */
const SENT_ENOUGH = 3;

function ofComputer({ adapters, problem, hidden }: Facts): Finding[] {
  const outside = adapters.filter(({ kind }) => kind !== 'loopback');
  if (outside.length === 0) return ['no-network'];
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

function ofContact({ contact, platform, adapters }: Facts): Finding[] {
  if (!contact) return [];
  if (contact.blocked) return ['blocked'];
  if (contact.connection === 'online') return ['online'];
  if (contact.connection === 'waiting') return ['not-added'];
  if (adapters.every(({ kind }) => kind === 'loopback') && contact.tried.length === 0) return [];
  if (contact.tried.length === 0) return ['no-address'];
  return [ofTried(contact, platform)];
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
