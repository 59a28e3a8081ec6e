// What may happen to a few Looms, as data: fast-check draws a schedule, and makes a failing one smaller. Numbers name
// Looms, modulo how many there are; an operation that has no meaning at its moment does nothing.
import fc from 'fast-check';

/** Where a process may be killed: around each commit, and around each piece that goes over the network. */
export const labels = ['before-commit', 'after-commit', 'after-wire', 'before-read'] as const;
export type Label = (typeof labels)[number];

/** For how long texts are there, seconds; 0: they stay. */
export const LIVES = [0, 60, 120] as const;
/** After that all of those are over: the longest, and as long as a clock that was set goes unnoticed. */
export const FADING_MS = (Math.max(...LIVES) + 70) * 1000;

/** What is done with a message that is there. */
export const deeds = ['reply', 'edit', 'react', 'delete', 'read'] as const;
export type Deed = (typeof deeds)[number];

export type Operation =
  | { readonly kind: 'send'; readonly from: number; readonly to: number; readonly count: number }
  /** `which`: of their messages, the newest first, modulo how many there are. `value`: of what is said. */
  | {
      readonly kind: 'act';
      readonly from: number;
      readonly to: number;
      readonly deed: Deed;
      readonly which: number;
      readonly value: number;
    }
  /** What is said there from now on is there for so many seconds; 0: it stays. */
  | { readonly kind: 'timer'; readonly from: number; readonly to: number; readonly seconds: number }
  /** Somebody says something else of themselves. */
  | { readonly kind: 'describe'; readonly who: number; readonly value: number }
  | { readonly kind: 'turns'; readonly count: number }
  | { readonly kind: 'wait'; readonly ms: number }
  /** Nothing gets through, and nobody is told. */
  | { readonly kind: 'cut'; readonly a: number; readonly b: number }
  /** The connection is reset, the first pieces under way still read. */
  | { readonly kind: 'tear'; readonly a: number; readonly b: number; readonly kept: number }
  /** What is said stays under way. */
  | { readonly kind: 'hold'; readonly a: number; readonly b: number }
  | { readonly kind: 'release'; readonly a: number; readonly b: number }
  | { readonly kind: 'heal' }
  | { readonly kind: 'dial-both'; readonly a: number; readonly b: number }
  /** A contact sends envelopes that have come once more. */
  | { readonly kind: 'replay'; readonly from: number; readonly to: number; readonly count: number }
  /** A contact says so many texts, edits each, and sends all that in another order. */
  | { readonly kind: 'shuffle'; readonly from: number; readonly to: number; readonly count: number }
  | { readonly kind: 'kill'; readonly who: number }
  | { readonly kind: 'kill-at'; readonly who: number; readonly label: Label; readonly nth: number }
  | { readonly kind: 'restart'; readonly who: number }
  | { readonly kind: 'snapshot'; readonly who: number }
  | { readonly kind: 'restore'; readonly who: number }
  | { readonly kind: 'block'; readonly who: number; readonly whom: number; readonly blocked: boolean }
  | { readonly kind: 'clock'; readonly who: number; readonly years: number };

export interface Schedule {
  readonly looms: number;
  readonly seed: number;
  readonly operations: readonly Operation[];
}

/** Records that print well, and can be pasted into a test. */
const plain = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true });
/** Mostly two of them, so that much happens between those. */
const loom = fc.oneof({ weight: 4, arbitrary: fc.nat(1) }, { weight: 1, arbitrary: fc.nat(4) });
const pair = { a: loom, b: loom };
const way = { from: loom, to: loom };
const is = <K extends Operation['kind']>(kind: K): fc.Arbitrary<K> => fc.constant(kind);
/** Mostly few, at times many. */
const few = (many: number): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 5 }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: many }) },
  );

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 14, arbitrary: plain({ kind: is('send'), ...way, count: few(30) }) },
  {
    weight: 40,
    arbitrary: plain({
      kind: is('act'),
      ...way,
      deed: fc.constantFrom(...deeds),
      which: fc.oneof({ weight: 2, arbitrary: fc.nat(4) }, { weight: 1, arbitrary: fc.nat(1000) }),
      value: fc.nat(3),
    }),
  },
  { weight: 8, arbitrary: plain({ kind: is('timer'), ...way, seconds: fc.constantFrom(...LIVES) }) },
  { weight: 3, arbitrary: plain({ kind: is('describe'), who: loom, value: fc.nat(3) }) },
  { weight: 6, arbitrary: plain({ kind: is('turns'), count: fc.integer({ min: 1, max: 6 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: is('wait'),
      ms: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 70_000 })),
    }),
  },
  { weight: 1, arbitrary: plain({ kind: is('cut'), ...pair }) },
  { weight: 3, arbitrary: plain({ kind: is('tear'), ...pair, kept: fc.nat(4) }) },
  { weight: 2, arbitrary: plain({ kind: is('hold'), ...pair }) },
  { weight: 2, arbitrary: plain({ kind: is('release'), ...pair }) },
  { weight: 2, arbitrary: plain({ kind: is('heal') }) },
  { weight: 2, arbitrary: plain({ kind: is('dial-both'), ...pair }) },
  { weight: 2, arbitrary: plain({ kind: is('replay'), ...way, count: few(1000) }) },
  { weight: 5, arbitrary: plain({ kind: is('shuffle'), ...way, count: few(30) }) },
  { weight: 1, arbitrary: plain({ kind: is('kill'), who: loom }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: is('kill-at'),
      who: loom,
      label: fc.constantFrom(...labels),
      nth: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 2, arbitrary: plain({ kind: is('restart'), who: loom }) },
  { weight: 1, arbitrary: plain({ kind: is('snapshot'), who: loom }) },
  { weight: 1, arbitrary: plain({ kind: is('restore'), who: loom }) },
  { weight: 1, arbitrary: plain({ kind: is('block'), who: loom, whom: loom, blocked: fc.boolean() }) },
  { weight: 1, arbitrary: plain({ kind: is('clock'), who: loom, years: fc.integer({ min: -10, max: 10 }) }) },
);

/** @param longest how many operations at most. */
export function schedules(longest: number): fc.Arbitrary<Schedule> {
  const drawn = fc.record({
    looms: fc.integer({ min: 2, max: 5 }),
    seed: fc.nat(),
    // What was before an old database came back is not held against anybody: half of all schedules have none.
    goesBack: fc.boolean(),
    operations: fc.array(operation, { minLength: longest / 2, maxLength: longest, size: 'max' }),
  });
  return drawn.map(({ goesBack, operations, ...rest }) => ({
    ...rest,
    operations: operations.filter(({ kind }) => goesBack || kind !== 'restore'),
  }));
}
