import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { Access } from './access.ts';
import type { ProvenSession, SessionSecret } from './access.ts';
import { SESSION_IDLE_MS, SESSIONS } from './limits.ts';
import { clientProof } from './proof.ts';

const MINUTE = 60_000;
const origin = 'http://127.0.0.1:7467';

let clock: FakeClock;
let access: Access;
beforeEach(() => {
  clock = new FakeClock();
  access = new Access(clock);
});

function wrongCode(): string {
  return randomBytes(16).toString('base64url');
}

function failTimes(times: number): void {
  for (let i = 0; i < times; i++) expect(access.redeem(wrongCode())).toBeNull();
}

function enter(): SessionSecret {
  const session = access.redeem(access.mintCode('opened'));
  if (!session) throw new Error('no session');
  return session;
}

function proves(session: SessionSecret): boolean {
  const [ns, nc] = [randomBytes(32), randomBytes(32)];
  const mac = clientProof(Buffer.from(session.key, 'hex'), ns, nc, origin).toString('hex');
  return access.prove({ sid: session.sid, nc: nc.toString('hex'), mac }, ns, origin) !== null;
}

describe('W6 codes and sessions', () => {
  it('has codes of 128 bits, and sessions of 16 and 32 bytes, never the same', () => {
    const codes = Array.from({ length: 50 }, () => access.mintCode('opened'));
    expect(codes.every((code) => /^[A-Za-z0-9_-]{22}$/.test(code))).toBe(true);
    expect(new Set(codes).size).toBe(50);
    const [a, b] = [enter(), enter()];
    expect(a.sid).toMatch(/^[0-9a-f]{32}$/);
    expect(a.key).toMatch(/^[0-9a-f]{64}$/);
    expect(a.sid).not.toBe(b.sid);
    expect(a.key).not.toBe(b.key);
  });

  it('takes a code once', () => {
    const code = access.mintCode('opened');
    expect(access.redeem(code)).not.toBeNull();
    expect(access.redeem(code)).toBeNull();
  });

  it('lets codes live 60 s when opened, 10 min when printed, whatever the wall clock does', () => {
    for (const [lifetime, ms] of [
      ['opened', MINUTE],
      ['printed', 10 * MINUTE],
    ] as const) {
      const [early, late] = [access.mintCode(lifetime), access.mintCode(lifetime)];
      clock.jump(24 * 60 * MINUTE);
      clock.advance(ms - 1);
      expect(access.redeem(early)).not.toBeNull();
      clock.advance(1);
      expect(access.redeem(late)).toBeNull();
      clock.advance(MINUTE);
    }
  });

  it('keeps three codes open, the newest', () => {
    const codes = Array.from({ length: 4 }, () => access.mintCode('printed'));
    expect(codes.map((code) => access.redeem(code) !== null)).toEqual([false, true, true, true]);
  });

  it('bounds sessions, and lets the one unused longest go', () => {
    const [first, second] = [enter(), enter()];
    let ended = '';
    watch(second, () => (ended += 'second'));
    for (let i = 2; i < SESSIONS; i++) enter();
    expect(proves(first)).toBe(true);
    enter();
    expect(ended).toBe('second');
    expect(proves(second)).toBe(false);
    expect(proves(first)).toBe(true);
  });

  it('locked, voids every code and keeps sessions', () => {
    const session = enter();
    const codes = [access.mintCode('printed'), access.mintCode('opened')];
    access.locked();
    expect(codes.map((code) => access.redeem(code))).toEqual([null, null]);
    expect(proves(session)).toBe(true);
    expect(proves(enter())).toBe(true);
  });

  it('unlocked by a tab, leaves that one socket and no session', () => {
    const [own, other, unused] = [enter(), enter(), enter()];
    const ended: string[] = [];
    access.locked();
    const later = enter();
    const socket = proof(own);
    socket.whenRevoked(() => ended.push('the socket that unlocked'));
    watch(own, () => ended.push('another of its session'));
    watch(own, () => ended.push('one that is gone'))();
    watch(other, () => ended.push('another session'));
    watch(later, () => ended.push('a later session'));
    access.unlocked(socket);
    expect(ended).toEqual(['another of its session', 'another session', 'a later session']);
    expect([own, other, unused, later].map(proves)).toEqual([false, false, false, false]);

    const renewed = access.renew(socket);
    expect(renewed).toMatchObject({ sid: expect.not.stringMatching(own.sid) as string });
    expect(proves(renewed!)).toBe(true);
    expect(proves(own)).toBe(false);
    expect(access.renew(socket)).toBeNull();
    // It goes with the session that it has now.
    access.locked();
    access.unlocked(null);
    expect(ended.at(-1)).toBe('the socket that unlocked');
  });

  it('unlocked by the command line, ends the sessions of before the lock', () => {
    const before = enter();
    let ended = '';
    watch(before, () => (ended += 'before'));
    access.locked();
    const since = enter();
    watch(since, () => (ended += 'since'));
    access.unlocked(null);
    expect(ended).toBe('before');
    expect([before, since].map(proves)).toEqual([false, true]);
  });

  it('distrusted, voids every code and ends the sessions of the last minute', () => {
    const old = enter();
    clock.advance(MINUTE);
    const young = enter();
    let ended = '';
    watch(old, () => (ended += 'old'));
    watch(young, () => (ended += 'young'));
    const code = access.mintCode('printed');
    access.distrust();
    expect(ended).toBe('young');
    expect([old, young].map(proves)).toEqual([true, false]);
    expect(access.redeem(code)).toBeNull();
  });

  it('ends a session that no tab is connected by for a day, and no other', () => {
    const [never, left, connected, visited] = [enter(), enter(), enter(), enter()];
    const leave = watch(left, () => undefined);
    watch(connected, () => undefined);
    clock.advance(SESSION_IDLE_MS - 1);
    leave();
    expect(proves(never)).toBe(true);
    watch(visited, () => undefined)();
    clock.advance(1);
    // As long as it was connected it was in use.
    expect([never, left, connected, visited].map(proves)).toEqual([false, true, true, true]);
    clock.advance(SESSION_IDLE_MS - 2);
    expect([left, visited].map(proves)).toEqual([true, true]);
    clock.advance(1);
    expect([left, connected, visited].map(proves)).toEqual([false, true, false]);
  });

  it('renews no session that is not used up', () => {
    const socket = proof(enter());
    socket.whenRevoked(() => undefined);
    expect(access.renew(socket)).toBeNull();
    access.locked();
    expect(access.renew(socket)).toBeNull();
  });
});

describe('W8 wrong codes', () => {
  it('cost the right code nothing, however many come', () => {
    const codes = [access.mintCode('printed'), access.mintCode('opened')];
    failTimes(1000);
    expect(codes.map((code) => access.redeem(code) !== null)).toEqual([true, true]);
  });

  it('are printed ones that say a launch led here: they stay good', () => {
    const [printed, opened] = [access.mintCode('printed'), access.mintCode('opened')];
    expect(access.redeem(printed, true)).toBeNull();
    expect(access.redeem(opened, true)).not.toBeNull();
    expect(access.redeem(printed)).not.toBeNull();
  });

  it('keeps sessions that are in', () => {
    const session = enter();
    failTimes(30);
    expect(proves(session)).toBe(true);
  });

  it('refuses a proof of the wrong length, key, nonce or origin like an unknown session', () => {
    const { sid, key } = enter();
    const [ns, nc] = [randomBytes(32), randomBytes(32)];
    const mac = clientProof(Buffer.from(key, 'hex'), ns, nc, origin).toString('hex');
    const good = { sid, nc: nc.toString('hex'), mac };
    expect(access.prove(good, ns, origin)).not.toBeNull();
    expect(access.prove({ ...good, mac: mac.slice(2) }, ns, origin)).toBeNull();
    expect(access.prove({ ...good, mac: '' }, ns, origin)).toBeNull();
    expect(access.prove({ ...good, sid: '0'.repeat(32) }, ns, origin)).toBeNull();
    expect(access.prove({ ...good, nc: '0'.repeat(64) }, ns, origin)).toBeNull();
    expect(access.prove(good, randomBytes(32), origin)).toBeNull();
    expect(access.prove(good, ns, 'http://127.0.0.1:7468')).toBeNull();
  });
});

function proof(session: SessionSecret): ProvenSession {
  const [ns, nc] = [randomBytes(32), randomBytes(32)];
  const mac = clientProof(Buffer.from(session.key, 'hex'), ns, nc, origin).toString('hex');
  const proven = access.prove({ sid: session.sid, nc: nc.toString('hex'), mac }, ns, origin);
  if (!proven) throw new Error('not proven');
  return proven;
}

function watch(session: SessionSecret, end: () => void): () => void {
  return proof(session).whenRevoked(end);
}
