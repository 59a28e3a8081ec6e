import { describe, expect, it } from 'vitest';
import {
  CALLS_PER_HANDSHAKE,
  HALF_OPEN_LINKS,
  HALF_OPEN_STRANGERS,
  HANDSHAKE_BURST,
  HANDSHAKES_PER_SECOND,
  PLACES_PER_LOT,
  STRANGER_CALL_BURST,
  STRANGER_CALLS_PER_SECOND,
  WAITING_STRANGERS,
} from '../../../protocol/limits.ts';
import { FakeClock } from '../../../testing/fake-clock.ts';
import { Admission, type Admitted } from './admission.ts';

/** Somebody at the door, and what becomes of them. */
interface Comer {
  readonly host: string;
  readonly admitted: Admitted | null;
  open: boolean;
  answered: boolean;
}

class Door {
  readonly clock = new FakeClock();
  readonly admission = new Admission(this.clock);
  readonly comers: Comer[] = [];

  come(host: string, contacts = false): Comer {
    const comer: { -readonly [K in keyof Comer]: Comer[K] } = { host, admitted: null, open: true, answered: false };
    const dismiss = (): void => {
      comer.open = false;
      comer.admitted?.left();
    };
    comer.admitted = this.admission.admit(host, () => contacts, dismiss);
    comer.open = comer.admitted !== null;
    this.comers.push(comer);
    return comer;
  }

  /** Message 1 comes. @param opens whether it was made for us. */
  call(comer: Comer, opens = true): void {
    comer.admitted?.called(() => {
      comer.answered = opens;
      if (!opens) {
        comer.open = false;
        comer.admitted?.left();
      }
      return opens;
    });
  }

  get open(): readonly Comer[] {
    return this.comers.filter(({ open }) => open);
  }
}

const address = (n: number): string => `10.1.${Math.floor(n / 250)}.${n % 250}`;

describe('admission', () => {
  it('lets a burst of one address in, then so many a second', () => {
    const door = new Door();
    const knock = (): boolean => {
      const { admitted } = door.come('192.0.2.1', true);
      admitted?.left();
      return admitted !== null;
    };
    for (let i = 0; i < HANDSHAKE_BURST; i += 1) expect(knock()).toBe(true);
    expect(knock()).toBe(false);
    let admitted = 0;
    for (let ms = 0; ms < 10_000; ms += 1) {
      door.clock.advance(1);
      if (knock()) admitted += 1;
    }
    expect(admitted).toBeGreaterThan(10 * HANDSHAKES_PER_SECOND - 3);
    expect(admitted).toBeLessThanOrEqual(10 * HANDSHAKES_PER_SECOND + 1);
  });

  it.each([
    ['a contact’s address', (): string => '192.0.2.1', true],
    ['a stranger’s address', (): string => '192.0.2.1', false],
    ['an IPv6 network', (n: number): string => `2001:db8:1:2::${n + 1}`, false],
    ['a neighbour on the link', (): string => 'fe80::1%eth0', false],
  ])('holds so many half-open connections of %s: one more takes the place of the oldest', (_, hostOf, contacts) => {
    const door = new Door();
    for (let i = 0; i <= PLACES_PER_LOT; i += 1) {
      door.clock.advance(1000);
      door.come(hostOf(i), contacts);
    }
    expect(door.open).toEqual(door.comers.slice(1));
    expect(door.open).toHaveLength(PLACES_PER_LOT);
    door.clock.advance(1000);
    door.come('192.0.2.2', contacts);
    expect(door.open).toHaveLength(PLACES_PER_LOT + 1);
  });

  it.each([
    ['contacts', HALF_OPEN_LINKS, true, false],
    ['strangers of whom nothing is known', WAITING_STRANGERS, false, false],
    ['strangers who know our token', HALF_OPEN_STRANGERS, false, true],
  ])(
    'holds so many half-open connections of %s: one more takes the place of the oldest',
    (_, most, contacts, calls) => {
      const door = new Door();
      for (let i = 0; i <= most; i += 1) {
        door.clock.advance(1000);
        const comer = door.come(address(i), contacts);
        if (calls) door.call(comer);
      }
      expect(door.open).toEqual(door.comers.slice(1));
      expect(door.open).toHaveLength(most);
    },
  );

  it('keeps places for contacts, and for who calls, when others hold all they may have', () => {
    const door = new Door();
    for (let i = 0; i < 2 * WAITING_STRANGERS; i += 1) door.come(address(i));
    expect(door.open).toHaveLength(WAITING_STRANGERS);
    const [contact, caller] = [door.come('192.0.2.1', true), door.come('192.0.2.2')];
    door.call(caller);
    for (let i = 0; i < 2 * WAITING_STRANGERS; i += 1) door.come(address(1000 + i));
    expect([contact.open, caller.open, caller.answered]).toEqual([true, true, true]);
  });

  it('counts an address of a contact apart from its network, where anybody may have any number of addresses', () => {
    const door = new Door();
    const contact = door.come('2001:db8:1:2::c', true);
    for (let i = 0; i < 100; i += 1) door.come(`2001:db8:1:2::${i + 0x100}`);
    expect(contact.open).toBe(true);
    expect(door.open).toHaveLength(1 + PLACES_PER_LOT);
  });

  it('opens so many messages 1 of strangers at once and a second, those that open counting for ten', () => {
    for (const [opens, worth] of [
      [false, 1],
      [true, CALLS_PER_HANDSHAKE],
    ] as const) {
      const door = new Door();
      let asked = 0;
      const come = (): void => {
        const comer = door.come(address(asked));
        asked += 1;
        comer.admitted?.called(() => {
          answered += 1;
          comer.admitted?.left();
          return opens;
        });
      };
      let answered = 0;
      for (let i = 0; i <= STRANGER_CALL_BURST; i += 1) come();
      expect(answered).toBe(STRANGER_CALL_BURST / worth);
      for (let ms = 0; ms < 5000; ms += 1) {
        door.clock.advance(1);
        come();
        come();
      }
      const most = (STRANGER_CALL_BURST + 5 * STRANGER_CALLS_PER_SECOND) / worth;
      expect(answered).toBeGreaterThan(0.95 * most);
      expect(answered).toBeLessThanOrEqual(most + 1);
    }
  });

  it('gives a turn to the lot that was served longest ago: who calls without end makes nobody else wait', () => {
    const door = new Door();
    const crowd = (ms: number): void => {
      for (let i = 0; i < 64; i += 1) if ((ms + i) % 50 === 0) door.call(door.come(address(i)));
    };
    for (let ms = 0; ms < 3000; ms += 1) {
      door.clock.advance(1);
      crowd(ms);
    }
    expect(door.comers.filter(({ answered }) => answered).length).toBeGreaterThan(200);
    const newcomer = door.come('192.0.2.1');
    door.call(newcomer);
    let waited = 0;
    for (; !newcomer.answered; waited += 1) {
      door.clock.advance(1);
      crowd(waited);
    }
    // One handshake's worth of the common budget.
    expect(waited).toBeLessThanOrEqual((1000 * CALLS_PER_HANDSHAKE) / STRANGER_CALLS_PER_SECOND);
    expect(newcomer.open).toBe(true);
  });

  it('opens nothing for who has left meanwhile', () => {
    const door = new Door();
    for (let i = 0; i < STRANGER_CALL_BURST; i += 1) door.call(door.come(address(i)), false);
    const gone = door.come('192.0.2.1');
    door.call(gone);
    gone.admitted?.left();
    door.clock.advance(1000);
    expect(gone.answered).toBe(false);
  });
});
