// What the doctor saw, as lines to read.
import type { AdapterFacts, Diagnosis, Tried } from '../../../../server/contract/diagnosis.ts';
import { moment, stretch } from '../../text/dates.ts';
import { text } from '../../text/text.ts';
import type { Fact } from '../base/fact.ts';

/** Below this the clocks are the same to a person, and to us: a slow network hides as much. */
const SAME_CLOCK_MS = 2_000;

export function doctorFacts({ contact, adapters }: Diagnosis): readonly Fact[] {
  const seen = adapters.flatMap(({ name, addresses, ...adapter }) => [
    text('doctor.adapter', { name, addresses: addresses.join(', ') }),
    ...about(adapter),
  ]);
  const ofComputer = { name: text('doctor.adapters'), values: seen };
  return contact ? [...ofContact(contact), ofComputer] : [ofComputer];
}

/** Of an ordinary one what was said and heard, if it was by us and not by the system's responder. */
function about({ kind, sent, heard }: Pick<AdapterFacts, 'kind' | 'sent' | 'heard'>): readonly string[] {
  if (kind !== 'network') return [text(`doctor.kind.${kind}`)];
  return sent + heard > 0 ? [text('doctor.traffic', { sent, heard })] : [];
}

function ofContact(contact: NonNullable<Diagnosis['contact']>): readonly Fact[] {
  const { lastSeen, connection, nearby, announcedClock, tried, compared, weReach, theyReach } = contact;
  return [
    { name: text('doctor.weReach'), values: [text(`doctor.reach.${weReach}`)] },
    {
      name: text('doctor.theyReach'),
      values: [
        text(`doctor.reach.${theyReach}`),
        ...(connection === 'online' && !compared ? [text('doctor.noAnswer')] : []),
      ],
    },
    { name: text('doctor.announced'), values: [yesOrNo(nearby)] },
    ...(compared ? [{ name: text('doctor.theySeeUs'), values: [yesOrNo(compared.theySeeUs)] }] : []),
    ...ofClock(compared?.clockDifference ?? null, announcedClock),
    ...linesOf(text('doctor.tried'), tried),
    ...linesOf(text('doctor.theyTried'), compared?.theyTried ?? []),
    { name: text('doctor.lastSeen'), values: [lastSeen === null ? text('doctor.never') : moment(lastSeen)] },
  ];
}

/** @param compared to the millisecond; @param announced to a quarter of an hour or two, and 0 within that. */
function ofClock(compared: number | null, announced: number | null): readonly Fact[] {
  const fact = (value: string): readonly Fact[] => [{ name: text('doctor.theirClock'), values: [value] }];
  if (compared !== null) return fact(clockLine(compared));
  return announced ? fact(text('doctor.about', { fact: clockLine(announced) })) : [];
}

function clockLine(difference: number): string {
  if (Math.abs(difference) < SAME_CLOCK_MS) return text('doctor.clockSame');
  const time = stretch(Math.abs(difference));
  return text(difference > 0 ? 'doctor.clockAhead' : 'doctor.clockBehind', { time });
}

function linesOf(name: string, tried: readonly Pick<Tried, 'address' | 'outcome'>[]): readonly Fact[] {
  if (tried.length === 0) return [];
  const values = tried.map(({ address, outcome }) =>
    text('doctor.line', { address, outcome: text(`doctor.outcome.${outcome}`) }),
  );
  return [{ name, values }];
}

function yesOrNo(holds: boolean): string {
  return text(holds ? 'doctor.yes' : 'doctor.no');
}
