import { expect, test } from 'vitest';
import { anyId } from '../../testing/ids.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { primitives } from '../../testing/disk/temp-store.ts';
import { SAVE_MS, Tickets, TICKETS, type Errand } from './tickets.ts';

const message = { conversation: anyId('a'), author: 'me', id: anyId('b') } as const;
const view: Errand = { message, purpose: 'view', type: 'image/png' };
const save: Errand = { message, purpose: 'save', type: 'application/octet-stream' };

function ticketsAt(clock: FakeClock): Tickets {
  return new Tickets(clock, (length) => primitives.random(length));
}

test('one more than there may be at once, and the oldest is gone', () => {
  const tickets = ticketsAt(new FakeClock());
  const minted = Array.from({ length: TICKETS }, () => tickets.mint(view));
  expect(tickets.use(minted[0]!)).toMatchObject(view);
  tickets.mint(view);
  expect(tickets.use(minted[0]!)).toBeNull();
  expect(tickets.use(minted[1]!)).toMatchObject(view);
});

test('one to save is good for so long, once; one to show as long as the profile is open', () => {
  const clock = new FakeClock();
  const tickets = ticketsAt(clock);
  const [first, second, shown] = [tickets.mint(save), tickets.mint(save), tickets.mint(view)];
  clock.advance(SAVE_MS);
  expect(tickets.use(first)).toMatchObject(save);
  expect(tickets.use(first)).toBeNull();
  clock.advance(1);
  expect(tickets.use(second)).toBeNull();
  clock.advance(1000 * SAVE_MS);
  expect([tickets.use(shown), tickets.use(shown)]).toMatchObject([view, view]);
  tickets.clear();
  expect(tickets.use(shown)).toBeNull();
});
