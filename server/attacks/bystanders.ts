// What honest people do while somebody else is a nuisance, and how long they wait.
import { directConversation } from '../storage/rows/conversation-rowids.ts';
import type { LoomAt } from '../testing/network/loom-at.ts';

/** Between two questions. */
const PAUSE_MS = 10;

/** Cuts the link of two contacts and waits for the next. @returns the time until both are online again, ms. */
export async function connectAnew(one: LoomAt, other: LoomAt): Promise<number> {
  const [theirs, ours] = [await one.contact(other.host), await other.contact(one.host)];
  // Blocking ends every link; the other side dials as if the network had gone.
  await one.run('contact.block', { contact: theirs, blocked: true });
  await other.until(async () => !(await other.isOnline(ours)));
  const started = performance.now();
  await one.run('contact.block', { contact: theirs, blocked: false });
  await one.until(() => one.isOnline(theirs));
  await other.until(() => other.isOnline(ours));
  return performance.now() - started;
}

/** Sends texts one by one. @returns of each, the time until the other's disk had it and we knew, ms. */
export async function chat(from: LoomAt, to: LoomAt, count: number): Promise<number[]> {
  const contact = await from.contact(to.host);
  const delays: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const started = performance.now();
    const { id } = await from.run('message.send', { conversation: directConversation(contact), body: `text ${n}` });
    await from.until(async () => {
      const { messages } = await from.run('message.page', { conversation: directConversation(contact), limit: 5 });
      return messages.some((message) => message.id === id && message.state === 'delivered');
    });
    delays.push(performance.now() - started);
  }
  return delays;
}

/** Sends so many texts as fast as it goes. Resolves once all are on the sender's disk. */
export async function pour(from: LoomAt, to: LoomAt, count: number): Promise<void> {
  const contact = await from.contact(to.host);
  await from.run('message.send', { conversation: directConversation(contact), body: 'x'.repeat(200) }, count);
}

/** Asks a Loom's own side something small, again and again. @returns each answer's time, ms. */
export async function ask(loom: LoomAt, count: number): Promise<number[]> {
  const delays: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const started = performance.now();
    await loom.run('contact.list');
    delays.push(performance.now() - started);
    // The processor belongs to those who are measured.
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return delays;
}

/** Does something over and over while something else goes on. @returns all the times it took. */
export async function meanwhile(other: Promise<unknown>, measure: () => Promise<number[]>): Promise<number[]> {
  const delays: number[] = [];
  const over = other.then(() => true);
  do delays.push(...(await measure()));
  while (!(await Promise.race([over, Promise.resolve(false)])));
  return delays;
}
