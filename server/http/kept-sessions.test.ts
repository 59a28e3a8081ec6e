import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { Access } from './access.ts';
import type { PageProof, ProvenSession, SessionSecret } from './access.ts';
import { SessionFile } from './kept-sessions.ts';
import { SESSION_IDLE_MS, SESSION_KEPT_MS, SESSION_STAMP_MS, SESSIONS } from './limits.ts';
import { clientKeepsakeProof, clientProof } from './proof.ts';

const origin = 'http://127.0.0.1:7467';

let folder: string;
let clock: FakeClock;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loom-kept-'));
  clock = new FakeClock();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (): string => join(folder, 'tabs.json');

function erase(file: string): void {
  rmSync(file, { force: true, recursive: true });
}

/** A process begins: what it knows comes from the folder alone. The one before just ends, as if killed. */
function begin(locked = false): Access {
  const access = new Access(clock, new SessionFile({ folder, clock, erase }));
  access.restore(locked);
  return access;
}

function enter(access: Access): SessionSecret {
  return access.redeem(access.mintCode('opened'))!;
}

/** A page of this session proves itself. @param keepsake what it was given when it was in, by whichever session. */
function come(
  access: Access,
  { sid, key }: SessionSecret,
  keepsake: { readonly sid: string; readonly key: Uint8Array } | null = null,
): ProvenSession | null {
  const [ns, nc] = [randomBytes(32), randomBytes(32)];
  const mac = clientProof(Buffer.from(key, 'hex'), ns, nc, origin).toString('hex');
  const before = keepsake && {
    sid: keepsake.sid,
    mac: clientKeepsakeProof(keepsake.key, ns, nc, origin).toString('hex'),
  };
  const proof: PageProof = { sid, nc: nc.toString('hex'), mac, ...(before && { before }) };
  return access.prove(proof, ns, origin);
}

/** A page that is in, with what it has in its memory. */
function open(access: Access): {
  session: SessionSecret;
  keepsake: { sid: string; key: Uint8Array };
  leave: () => void;
} {
  const session = enter(access);
  const proven = come(access, session)!;
  const leave = proven.whenRevoked(() => undefined);
  return { session, keepsake: { sid: session.sid, key: proven.keepsake }, leave };
}

describe('sessions over an end that nobody asked for', () => {
  it('open the door to the page that stayed, by its keepsake', () => {
    const { session, keepsake } = open(begin());
    const again = begin();
    const proven = come(again, session, keepsake);
    expect(proven?.before).toEqual(keepsake.key);
    // From now on it is a session like any, for a reload as well.
    expect(come(again, session)).not.toBeNull();
  });

  it('open nothing to who read the session out of a tab, but not its memory', () => {
    const [stolen, other] = [open(begin()), open(begin())];
    const again = begin();
    const [proper, forged] = [other.session, { sid: stolen.session.sid, key: randomBytes(32) }];
    expect(come(again, stolen.session)).toBeNull();
    expect(come(again, stolen.session, forged)).toBeNull();
    expect(come(again, { ...proper, key: stolen.session.key }, other.keepsake)).toBeNull();
    // A wrong try costs the page itself nothing.
    expect(come(again, stolen.session, stolen.keepsake)).not.toBeNull();
  });

  it('are good for unlocking a locked profile, and end with it', () => {
    const { session, keepsake } = open(begin());
    const again = begin(true);
    const socket = come(again, session)!;
    socket.whenRevoked(() => undefined);
    again.unlocked(socket);
    expect(come(again, session, keepsake)).toBeNull();
    const renewed = again.renew(socket)!;
    expect(come(begin(true), renewed)).not.toBeNull();
    expect(come(begin(true), session, keepsake)).toBeNull();
  });

  it('are gone after stop, after locking, and while it is locked', () => {
    const first = begin();
    const { session, keepsake } = open(first);
    first.end();
    expect(existsSync(path())).toBe(false);
    // A socket that ends while the process does writes nothing.
    enter(first);
    expect(existsSync(path())).toBe(false);
    expect(come(begin(), session, keepsake)).toBeNull();

    const second = begin();
    const later = open(second);
    second.locked();
    later.leave();
    enter(second);
    expect(existsSync(path())).toBe(false);
    expect(come(begin(true), later.session, later.keepsake)).toBeNull();
  });

  it('are still there when the profile opens before they are asked for, and go with the profile', () => {
    const { session, keepsake } = open(begin());
    const again = new Access(clock, new SessionFile({ folder, clock, erase }));
    again.opened();
    again.restore(false);
    expect(come(again, session, keepsake)).not.toBeNull();
    again.wiped();
    enter(again);
    expect(existsSync(path())).toBe(false);
    again.opened();
    expect(existsSync(path())).toBe(true);
  });

  it('of the command line’s unlocking are kept from then on', () => {
    const access = begin();
    access.locked();
    const since = enter(access);
    access.unlocked(null);
    expect(readFileSync(path(), 'utf8')).toContain(since.sid);
  });

  it('that were revoked do not come back', () => {
    const access = begin();
    const { session, keepsake } = open(access);
    access.distrust();
    expect(existsSync(path())).toBe(false);
    expect(come(begin(), session, keepsake)).toBeNull();
  });

  it('last an hour after the process was last alive, and are wiped then', () => {
    const { session, keepsake } = open(begin());
    // It says that it lives each minute.
    clock.advance(5 * SESSION_STAMP_MS);
    clock.jump(SESSION_KEPT_MS - 1000);
    expect(come(begin(), session, keepsake)).not.toBeNull();
    clock.jump(SESSION_KEPT_MS + 1000);
    expect(come(begin(), session, keepsake)).toBeNull();
    expect(existsSync(path())).toBe(false);
  });

  it('last no longer for being started again and again without their tab', () => {
    const { session, keepsake } = open(begin());
    for (let minutes = 0; minutes < 70; minutes += 10) {
      clock.jump(10 * 60_000);
      begin();
    }
    expect(come(begin(), session, keepsake)).toBeNull();
  });

  it('are not believed when the clock was set back', () => {
    const { session, keepsake } = open(begin());
    clock.jump(-SESSION_KEPT_MS);
    expect(come(begin(), session, keepsake)).toBeNull();
  });

  it('end a day after their last use all the same', () => {
    const { session, keepsake } = open(begin());
    clock.jump(SESSION_KEPT_MS - 1000);
    const again = begin();
    clock.advance(SESSION_IDLE_MS - SESSION_KEPT_MS + 1000);
    expect(come(again, session, keepsake)).toBeNull();
  });
});

describe('the file', () => {
  it('is for this user alone, from its first moment', () => {
    open(begin());
    for (const name of ['tabs.json', 'tabs.key']) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(existsSync(`${path()}.new`)).toBe(false);
  });

  it('is not believed when others may open it, or when it is a link, of another shape or too large', () => {
    const { session, keepsake } = open(begin());
    const text = readFileSync(path(), 'utf8');
    const now = clock.now() / 1000;
    const spoil: readonly (() => void)[] = [
      () => chmodSync(path(), 0o640),
      () => {
        writeFileSync(join(folder, 'elsewhere'), text, { mode: 0o600 });
        rmSync(path());
        symlinkSync(join(folder, 'elsewhere'), path());
      },
      () => writeFileSync(path(), text.replace('"sid"', '"id"')),
      () => writeFileSync(path(), text.slice(1)),
      () => writeFileSync(path(), text + ' '.repeat(16 * 1024)),
      () => {
        const one = (JSON.parse(text) as { sessions: unknown[] }).sessions;
        writeFileSync(path(), JSON.stringify({ sessions: Array.from({ length: SESSIONS + 1 }, () => one[0]) }));
      },
    ];
    for (const [at, act] of spoil.entries()) {
      rmSync(path(), { force: true });
      writeFileSync(path(), text, { mode: 0o600 });
      act();
      utimesSync(path(), now, now);
      expect(come(begin(), session, keepsake), String(at)).toBeNull();
    }
    writeFileSync(path(), text, { mode: 0o600 });
    utimesSync(path(), now, now);
    expect(come(begin(), session, keepsake)).not.toBeNull();
  });

  it('holds as many sessions as there may be', () => {
    const access = begin();
    const all = Array.from({ length: SESSIONS }, () => open(access));
    const again = begin();
    expect(all.every(({ session, keepsake }) => come(again, session, keepsake) !== null)).toBe(true);
  });

  it('that cannot be replaced goes: it would let in whom we have thrown out', () => {
    const access = begin();
    const { session, keepsake } = open(access);
    // Something is in the way of the draft, as on a disk that refuses.
    mkdirSync(`${path()}.new`);
    enter(access);
    expect(existsSync(path())).toBe(false);
    expect(come(begin(), session, keepsake)).toBeNull();
  });
});
