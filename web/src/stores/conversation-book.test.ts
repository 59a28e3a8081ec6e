import { describe, expect, it, vi } from 'vitest';
import type { Message, MessageFacts, MessageId } from '../../../server/contract/model.ts';
import { CallError } from '../api/pending.ts';
import { anyId } from '../../../server/testing/ids.ts';
import { ConversationBook } from './conversation-book.ts';
import type { Call } from './conversation-book.ts';

const contact = anyId('c'.repeat(32));
const ANN = anyId('a'.repeat(32));

interface Asked {
  readonly command: string;
  readonly params: Record<string, unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

function setUp(): { book: ConversationBook; asked: Asked[] } {
  const asked: Asked[] = [];
  const call = (command: string, params: Record<string, unknown>): Promise<unknown> =>
    new Promise((resolve, reject) => asked.push({ command, params, resolve, reject }));
  return { book: new ConversationBook(call as unknown as Call), asked };
}

function message(position: number, part: Partial<MessageFacts> & { readonly body?: string } = {}): Message {
  const id = anyId(position.toString(16).padStart(32, '0'));
  return {
    id,
    conversation: contact,
    author: ANN,
    direction: 'in',
    kind: 'text',
    body: `${position}`,
    at: position,
    arrivedAt: position,
    state: 'read',
    position,
    missing: 0,
    ...part,
  };
}

async function opened(messages: readonly Message[], more = false): Promise<ReturnType<typeof setUp>> {
  const parts = setUp();
  const opening = parts.book.open(contact, 0);
  parts.asked[0]!.resolve({ messages, more });
  await opening;
  return parts;
}

describe('a conversation', () => {
  it('shows what became of a message that is loaded, and of no other: its page brings it along', async () => {
    const { book } = await opened([message(5), message(6)], true);
    book.change(message(6, { body: 'other words' }));
    book.change(message(1, { body: 'far above' }));
    book.publish();
    expect(book.of(contact).value.messages.map(({ body }) => body)).toEqual(['5', 'other words']);
  });

  it('loads back to a message, and says whether it is there', async () => {
    const { book, asked } = await opened([message(5), message(6)], true);
    const found = book.loadBackTo(message(2));
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    asked[1]!.resolve({ messages: [message(3), message(4)], more: true });
    await vi.waitFor(() => expect(asked).toHaveLength(3));
    asked[2]!.resolve({ messages: [message(1), message(2)], more: false });
    expect(await found).toBe(true);
    expect(book.find(message(2))?.body).toBe('2');
    expect(await book.loadBackTo(message(9))).toBe(false);
  });

  it('tells the daemon what an answer answers, and shows it at once', async () => {
    const { book, asked } = await opened([message(5)]);
    const reply = { author: ANN, id: message(5).id, is: 'here', text: '5' } as const;
    void book.send(contact, 'yes', reply);
    expect(book.of(contact).value.messages.at(-1)).toMatchObject({ state: 'sending', reply });
    expect(asked[1]).toMatchObject({ params: { body: 'yes', replyTo: { author: ANN, id: message(5).id } } });
  });

  it('lets go of what was deleted, and is loaded anew when nothing loaded is left of it', async () => {
    const { book } = await opened([message(5), message(6)], true);
    const view = book.of(contact);
    book.take(message(6));
    book.publish();
    expect(view.value.messages.map(({ position }) => position)).toEqual([5]);
    book.take(message(6));
    book.take(message(5));
    expect(view.value).toMatchObject({ phase: 'unloaded', messages: [] });
  });

  it('loads the newest page, then older ones in front', async () => {
    const { book, asked } = await opened([message(5), message(6)], true);
    const view = book.of(contact);
    expect(view.value).toMatchObject({ phase: 'ready', more: true, prepended: false });
    const older = book.loadOlder(contact);
    void book.loadOlder(contact);
    expect(asked).toHaveLength(2);
    expect(asked[1]!.params.before).toEqual({ author: ANN, id: message(5).id });
    asked[1]!.resolve({ messages: [message(3), message(4)], more: false });
    await older;
    expect(view.value).toMatchObject({ more: false, prepended: true });
    expect(view.value.messages.map(({ position }) => position)).toEqual([3, 4, 5, 6]);
    await book.loadOlder(contact);
    expect(asked).toHaveLength(2);
  });

  it('loads until all that is unread is there, with what comes meanwhile, and shows it once', async () => {
    const { book, asked } = setUp();
    const view = book.of(contact);
    const opening = book.open(contact, 4);
    const fresh = (position: number): Message => message(position, { state: 'received' });
    asked[0]!.resolve({ messages: [fresh(7), fresh(8)], more: true });
    await Promise.resolve();
    await Promise.resolve();
    book.put(fresh(9));
    book.publish();
    expect(view.value).toMatchObject({ phase: 'loading', messages: [] });
    expect(asked[1]!.params).toMatchObject({ before: { author: message(7).author, id: message(7).id }, limit: 200 });
    asked[1]!.resolve({ messages: [message(5), fresh(6)], more: true });
    await opening;
    expect(view.value).toMatchObject({ phase: 'ready', more: true, prepended: false });
    expect(view.value.messages.map(({ position }) => position)).toEqual([5, 6, 7, 8, 9]);
    expect(asked).toHaveLength(2);
  });

  it('loads back to a time, as one change', async () => {
    const { book, asked } = await opened([message(8), message(9)], true);
    const back = book.loadBack(contact, 4);
    await Promise.resolve();
    asked[1]!.resolve({ messages: [message(6), message(7)], more: true });
    await Promise.resolve();
    await Promise.resolve();
    book.put(message(10));
    book.publish();
    expect(book.of(contact).value.messages.map(({ position }) => position)).toEqual([8, 9, 10]);
    asked[2]!.resolve({ messages: [message(3), message(5)], more: true });
    await back;
    expect(book.of(contact).value).toMatchObject({ more: true, prepended: true });
    expect(book.of(contact).value.messages.map(({ position }) => position)).toEqual([3, 5, 6, 7, 8, 9, 10]);
    await book.loadBack(contact, 4);
    expect(asked).toHaveLength(3);
  });

  it('says when it could not be loaded, and loads again', async () => {
    const { book, asked } = setUp();
    const opening = book.open(contact, 0);
    asked[0]!.reject(new CallError('locked', ''));
    await opening;
    expect(book.of(contact).value.phase).toBe('failed');
    const again = book.open(contact, 0);
    asked[1]!.resolve({ messages: [], more: false });
    await again;
    expect(book.of(contact).value.phase).toBe('ready');
  });

  it('takes events of a batch as one change', async () => {
    const { book } = await opened([message(1, { author: 'me', direction: 'out', state: 'sent' })]);
    const view = book.of(contact);
    const before = view.value;
    book.put(message(2));
    book.put(message(2));
    book.setState(message(1, { author: 'me', direction: 'out' }), 'delivered');
    expect(view.value).toBe(before);
    book.publish();
    expect(view.value.messages.map(({ state }) => state)).toEqual(['delivered', 'read']);
  });

  it('forgets an answer that a reload has overtaken', async () => {
    const { book, asked } = await opened([message(5)], true);
    const older = book.loadOlder(contact);
    book.clear();
    asked[1]!.resolve({ messages: [message(4)], more: false });
    await older;
    expect(book.of(contact).value).toMatchObject({ phase: 'unloaded', messages: [] });
  });
});

describe('a message of ours', () => {
  it('shows at once and is replaced by the stored one under the same id', async () => {
    const { book, asked } = await opened([]);
    const sending = book.send(contact, 'hello');
    const [shown] = book.of(contact).value.messages;
    expect(shown).toMatchObject({ body: 'hello', state: 'sending', author: 'me', direction: 'out' });
    const { id } = asked[1]!.params as { id: MessageId };
    expect(id).toBe(shown?.id);
    const stored = message(1, { id, body: 'hello', author: 'me', direction: 'out', state: 'queued' });
    book.put(stored); // The event comes before the reply.
    book.publish();
    asked[1]!.resolve(stored);
    await sending;
    expect(book.of(contact).value.messages).toEqual([stored]);
    expect(book.unsent()).toEqual([]);
  });

  it('stays, with the reason, when it is refused, and can be tried again or discarded', async () => {
    const { book, asked } = await opened([]);
    const sending = book.send(contact, 'hello');
    asked[1]!.reject(new CallError('storage-failed', ''));
    await sending;
    const [failed] = book.of(contact).value.messages;
    expect(failed).toMatchObject({ state: 'failed', problem: 'storage-failed' });
    void book.sendAgain(failed!.id);
    expect(asked[2]!.params).toEqual(asked[1]!.params);
    expect(book.of(contact).value.messages[0]).toMatchObject({ state: 'sending' });
    book.discard(failed!.id);
    expect(book.of(contact).value.messages).toEqual([]);
  });

  it('refused by a lock goes out after the unlock; other failures wait for people', async () => {
    const { book, asked } = await opened([]);
    const locked = book.send(contact, 'locked');
    const full = book.send(contact, 'full');
    asked[1]!.reject(new CallError('locked', ''));
    asked[2]!.reject(new CallError('storage-failed', ''));
    await Promise.all([locked, full]);
    book.sendLockedAgain();
    expect(asked.slice(3).map(({ params }) => params.body)).toEqual(['locked']);
  });

  it('outlives a reload of everything', async () => {
    const { book } = await opened([message(1)]);
    void book.send(contact, 'on its way');
    book.clear();
    expect(book.of(contact).value.messages.map(({ body }) => body)).toEqual(['on its way']);
  });
});
