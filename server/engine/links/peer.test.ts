import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BACKOFF_FIRST_MS,
  BACKOFF_LONGEST_MS,
  RECENTLY_LINKED_DIALS,
  RECENTLY_LINKED_LONGEST_MS,
  step,
  type PeerEffect,
  type PeerInput,
  type PeerState,
} from './peer.ts';

const resting: PeerState = { kind: 'resting' };

function run(inputs: readonly PeerInput[], from: PeerState = resting): { state: PeerState; effects: PeerEffect[] } {
  let state = from;
  const effects: PeerEffect[] = [];
  for (const input of inputs) {
    const next = step(state, input, 0);
    state = next.state;
    effects.push(...next.effects);
  }
  return { state, effects };
}

describe('the state machine of a peer', () => {
  it('dials when encouraged, once', () => {
    expect(run([{ kind: 'encouraged' }, { kind: 'encouraged' }])).toEqual({
      state: { kind: 'dialling', failures: 0, recentlyLinked: false },
      effects: [{ kind: 'dial' }],
    });
  });

  it('waits 1, 2, 4 … 60 s after failures', () => {
    let state: PeerState = { kind: 'dialling', failures: 0, recentlyLinked: false };
    const waits: number[] = [];
    for (let i = 0; i < 9; i += 1) {
      const failed = step(state, { kind: 'failed' }, 0);
      for (const effect of failed.effects) if (effect.kind === 'wait') waits.push(effect.ms);
      state = step(failed.state, { kind: 'due' }, 0).state;
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('shortens a wait at random by at most half', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (failures, chance) => {
        const { effects } = step({ kind: 'dialling', failures, recentlyLinked: false }, { kind: 'failed' }, chance);
        const full = Math.min(BACKOFF_LONGEST_MS, BACKOFF_FIRST_MS * 2 ** failures);
        const [wait] = effects;
        if (wait?.kind !== 'wait') throw new Error('no wait');
        expect(wait.ms).toBeGreaterThanOrEqual(Math.floor(full / 2));
        expect(wait.ms).toBeLessThanOrEqual(full);
      }),
    );
  });

  it('dials at once and afresh when something new turns up during a wait', () => {
    const { state, effects } = run([{ kind: 'encouraged' }], { kind: 'waiting', failures: 7, recentlyLinked: true });
    expect(state).toEqual({ kind: 'dialling', failures: 0, recentlyLinked: true });
    expect(effects).toEqual([{ kind: 'unwait' }, { kind: 'dial' }]);
  });

  it('drops its own dial when they dialled us', () => {
    expect(run([{ kind: 'encouraged' }, { kind: 'linked' }]).effects).toEqual([{ kind: 'dial' }, { kind: 'abort' }]);
  });

  it('comes back soon after a settled link, later and later after ones that led nowhere', () => {
    const settled = step({ kind: 'linked', failures: 5 }, { kind: 'unlinked', settled: true }, 0);
    expect(settled.effects).toEqual([{ kind: 'wait', ms: BACKOFF_FIRST_MS }]);
    const refused = step({ kind: 'linked', failures: 5 }, { kind: 'unlinked', settled: false }, 0);
    expect(refused.effects).toEqual([{ kind: 'wait', ms: 32_000 }]);
  });

  it('asks often for whom it has just lost, and seldom in the end', () => {
    let { state, effects } = step({ kind: 'linked', failures: 0 }, { kind: 'unlinked', settled: true }, 0);
    const waits: number[] = [];
    for (let i = 0; i <= RECENTLY_LINKED_DIALS; i += 1) {
      for (const effect of effects) if (effect.kind === 'wait') waits.push(effect.ms);
      ({ state, effects } = step(step(state, { kind: 'due' }, 0).state, { kind: 'failed' }, 0));
    }
    expect(waits.slice(0, 3)).toEqual([1000, RECENTLY_LINKED_LONGEST_MS, RECENTLY_LINKED_LONGEST_MS]);
    expect(waits.at(-2)).toBe(RECENTLY_LINKED_LONGEST_MS);
    expect(effects).toEqual([{ kind: 'wait', ms: BACKOFF_LONGEST_MS }]);
  });

  it('dials beside a suspected link until it answers', () => {
    const suspected = run([{ kind: 'suspected' }, { kind: 'failed' }, { kind: 'due' }], {
      kind: 'linked',
      failures: 0,
    });
    expect(suspected.effects).toEqual([{ kind: 'dial' }, { kind: 'wait', ms: BACKOFF_FIRST_MS }, { kind: 'dial' }]);
    expect(step(suspected.state, { kind: 'answered' }, 0)).toEqual({
      state: { kind: 'linked', failures: 0 },
      effects: [{ kind: 'abort' }],
    });
    const lost = step(suspected.state, { kind: 'unlinked', settled: true }, 0);
    expect(lost).toEqual({ state: { kind: 'dialling', failures: 1, recentlyLinked: true }, effects: [] });
  });

  it('rests without an address and when stopped, leaving no timer and no dial behind', () => {
    const kinds: PeerInput['kind'][] = [
      'encouraged',
      'nowhere',
      'due',
      'failed',
      'linked',
      'suspected',
      'answered',
      'unlinked',
      'stopped',
    ];
    const input = fc
      .constantFrom(...kinds)
      .map((kind): PeerInput => (kind === 'unlinked' ? { kind, settled: true } : { kind }));
    fc.assert(
      fc.property(fc.array(input, { maxLength: 40 }), (inputs) => {
        const { effects } = run([...inputs, { kind: 'stopped' }]);
        let waiting = false;
        let dialling = false;
        let state: PeerState = { kind: 'resting' };
        for (const each of inputs) {
          const next = step(state, each, 0);
          for (const { kind } of next.effects) {
            if (kind === 'wait' || kind === 'unwait') waiting = kind === 'wait';
            else dialling = kind === 'dial';
          }
          if (each.kind === 'due') waiting = false;
          if (['failed', 'nowhere'].includes(each.kind)) dialling = false;
          state = next.state;
          const mayDial = state.kind === 'dialling' || (state.kind === 'suspecting' && state.dialling);
          const mayWait = state.kind === 'waiting' || (state.kind === 'suspecting' && !state.dialling);
          expect([waiting && !mayWait, dialling && !mayDial]).toEqual([false, false]);
        }
        expect(effects.filter(({ kind }) => kind === 'wait').length).toBeGreaterThanOrEqual(
          effects.filter(({ kind }) => kind === 'unwait').length,
        );
      }),
    );
  });
});
