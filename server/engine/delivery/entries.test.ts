// Acts of one conversation, applied in every order and more than once: what people see in the end is the same.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationId, MessageId } from '../../contract/ids.ts';
import type { AuthorId } from '../../contract/messages.ts';
import { fromHex } from '../../crypto/bytes.ts';
import { encodeContent, type Content, type Said } from '../../protocol/content/content.ts';
import { QUOTE_BYTES, TEXT_BYTES, WAITING_ACTS, WAITING_ACTS_BYTES, WAITING_ACTS_MS } from '../../protocol/limits.ts';
import { UNTOUCHED } from '../../storage/tables/message/folded.ts';
import type { MessageRecord } from '../../storage/tables/message/message-record.ts';
import { anyId } from '../../testing/ids.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { quoteOf } from './quote.ts';
import { VERSIONS_BYTES, withEdit } from './kinds/edit.ts';

let town: Town;
let ann: TestLoom;
let engine: TestLoom['profile']['opened']['engine'];
let bob: AuthorId;
let conversation: ConversationId;

beforeEach(async () => {
  town = new Town();
  ann = await town.make('Ann');
  await ann.add(await town.make('Bob'), 'Bob');
  ({ engine } = ann.profile.opened);
  ({ id: bob, conversation } = await ann.contact('Bob'));
});
afterEach(() => town.end());

const idOf = (number: number): MessageId => anyId(number.toString(16).padStart(32, '0'));
const bytesOf = (number: number): Uint8Array => fromHex(idOf(number));

let tries = 0;

interface Came {
  readonly said: Said;
  readonly seq: number;
  /** Left out: an id that nothing else has. */
  readonly id?: MessageId;
  readonly author?: AuthorId;
}

/** As `Inbox` does it, but for the envelope. */
async function take({ said, seq, id, author = bob }: Came): Promise<void> {
  const { store } = engine.options;
  const content = { ...said, at: seq, seq } as Content;
  const isText = said.t === 'text';
  const known = id ?? anyId((1_000_000 + tries * 1000 + seq).toString(16).padStart(32, '0'));
  await store.journal.write(() => {
    const record = {
      ...{ conversation, author, id: known, seq, at: seq, receivedAt: town.clock.now(), missing: 0 },
      state: isText ? 'received' : 'hidden',
      content: isText ? engine.entries.kept(content, encodeContent(content), conversation) : new Uint8Array(0),
    } as const;
    if (!store.messages.has(record)) {
      const message: MessageRecord = { ...record, position: store.messages.append(record) };
      if (isText) engine.entries.came(message, content);
    }
    engine.entries.apply(content, record);
  });
}

/** What one text has become, without where it stands. */
async function seen(id: MessageId): Promise<unknown> {
  const { messages } = await ann.run('message.page', { conversation });
  const message = messages.find((each) => each.id === id);
  if (!message) return null;
  const { kind, body, reactions } = message;
  const edits = message.kind === 'text' ? message.edits : undefined;
  const { versions } = await ann.run('message.info', { conversation, author: message.author, id });
  return { kind, body, reactions, edits, versions };
}

/** Acts on the text that is number 1: those of its author, and reactions of either. */
const act: fc.Arbitrary<Said> = fc.oneof(
  fc
    .record({ n: fc.integer({ min: 1, max: 3 }), body: fc.constantFrom('one', 'two', 'x'.repeat(TEXT_BYTES)) })
    .map(({ n, body }) => ({ t: 'edit', of: bytesOf(1), n, body }) as const),
  fc
    .constantFrom('😂', '❤️', '')
    .map((emoji) => ({ t: 'react', to: { by: new Uint8Array(32), id: bytesOf(1) }, emoji }) as const),
  fc.constant({ t: 'delete', of: bytesOf(1) } as const),
);

describe('acts', () => {
  it('end the same in any order, applied once or twice, before or behind what they are about', async () => {
    const { ik } = engine.roster.get(bob as never);
    const property = fc.asyncProperty(
      fc.array(act, { minLength: 1, maxLength: 6 }),
      fc.infiniteStream(fc.nat()),
      async (acts, order) => {
        const said: Came[] = acts.map((each, index) => ({
          said: each.t === 'react' ? { ...each, to: { ...each.to, by: ik } } : each,
          seq: index + 2,
        }));
        const results: unknown[] = [];
        for (const shuffle of [false, true, true]) {
          tries += 1;
          // Each try has a text of its own.
          const id = idOf(tries);
          const all = [
            { said: { t: 'text', body: 'zero' }, seq: 1, id } as const,
            ...said.map((each) => retarget(each, id)),
          ];
          const doubled = shuffle ? [...all, ...all].sort(() => (order.next().value % 3) - 1) : all;
          for (const each of doubled) await take(each);
          results.push(await seen(id));
        }
        expect(results[1]).toEqual(results[0]);
        expect(results[2]).toEqual(results[0]);
      },
    );
    await fc.assert(property, { numRuns: 25, seed: 5 });
  });

  it('of somebody they do not belong to are dropped and counted', async () => {
    await take({ said: { t: 'text', body: 'hers' }, seq: 1, id: idOf(1), author: 'me' });
    await take({ said: { t: 'react', to: { by: new Uint8Array(32), id: bytesOf(1) }, emoji: '😂' }, seq: 2 });
    await take({
      said: { t: 'react', to: { by: engine.authors.identityOf('me'), id: bytesOf(1) }, emoji: '<b>' },
      seq: 3,
    });
    expect(engine.entries.dropped).toBe(2);
    // An edit of Bob's names a message of Bob's: Ann's has the same id, and is another.
    await take({ said: { t: 'edit', of: bytesOf(1), n: 1, body: 'his' }, seq: 4 });
    await take({ said: { t: 'delete', of: bytesOf(1) }, seq: 5 });
    expect(await seen(idOf(1))).toMatchObject({ kind: 'text', body: 'hers', edits: undefined });
    expect(engine.options.store.waitingActs.count(conversation)).toBe(1);
  });

  it('wait for what they are about, 256 in a conversation and 30 days', async () => {
    const { waitingActs } = engine.options.store;
    for (let n = 1; n <= WAITING_ACTS + 1; n += 1) {
      await take({ said: { t: 'edit', of: bytesOf(n), n: 1, body: `edited ${n}` }, seq: n });
    }
    expect(waitingActs.count(conversation)).toBe(WAITING_ACTS);
    // The oldest made room.
    await take({ said: { t: 'text', body: 'first' }, seq: 1000, id: idOf(1) });
    await take({ said: { t: 'text', body: 'second' }, seq: 1001, id: idOf(2) });
    expect([await seen(idOf(1)), await seen(idOf(2))]).toMatchObject([{ body: 'first' }, { body: 'edited 2' }]);
    expect(waitingActs.count(conversation)).toBe(WAITING_ACTS - 1);
    const now = town.clock.now();
    const expire = (at: number) => ann.profile.opened.store.journal.write(() => expireAll(at));
    await expire(now + WAITING_ACTS_MS - 1);
    expect(waitingActs.count(conversation)).toBe(WAITING_ACTS - 1);
    await expire(now + WAITING_ACTS_MS);
    expect(waitingActs.count(conversation)).toBe(0);
  });

  it('wait in 1 MiB of a conversation', async () => {
    const { waitingActs } = engine.options.store;
    const body = 'x'.repeat(TEXT_BYTES);
    for (let n = 1; n <= 4; n += 1) await take({ said: { t: 'edit', of: bytesOf(n), n: 1, body }, seq: n });
    // With what sealing adds, the fourth is one too many.
    expect(waitingActs.list().map(({ seq }) => seq)).toEqual([2, 3, 4]);
    expect(waitingActs.bytes(conversation)).toBeLessThanOrEqual(WAITING_ACTS_BYTES);
  });
});

describe('a quote', () => {
  const quote = 'q'.repeat(QUOTE_BYTES);

  it('is shown while what it quotes is not here, and goes when that comes, or has waited too long', async () => {
    const re = { by: engine.roster.get(bob as never).ik, id: bytesOf(1) };
    await take({ said: { t: 'text', body: 'answer', re, quote }, seq: 2, id: idOf(2) });
    await take({ said: { t: 'text', body: 'other', re: { ...re, id: bytesOf(7) }, quote }, seq: 3, id: idOf(3) });
    const replies = async () =>
      (await ann.run('message.page', { conversation })).messages.flatMap((each) => ('reply' in each ? each.reply : []));
    expect(await replies()).toMatchObject([
      { is: 'missing', text: quote },
      { is: 'missing', text: quote },
    ]);
    await take({ said: { t: 'text', body: 'question' }, seq: 1, id: idOf(1) });
    expect(await replies()).toMatchObject([
      { is: 'here', text: 'question' },
      { is: 'missing', text: quote },
    ]);
    await ann.profile.opened.store.journal.write(() => expireAll(town.clock.now() + WAITING_ACTS_MS));
    expect(await replies()).toMatchObject([{ is: 'here' }, { is: 'missing', text: '' }]);
    nothingOfIt();
  });

  it('goes when what it quotes is taken back before it came', async () => {
    const re = { by: engine.roster.get(bob as never).ik, id: bytesOf(1) };
    await take({ said: { t: 'text', body: 'answer', re, quote }, seq: 2, id: idOf(2) });
    await take({ said: { t: 'edit', of: bytesOf(1), n: 1, body: quote }, seq: 3 });
    await take({ said: { t: 'delete', of: bytesOf(1) }, seq: 4 });
    expect(engine.options.store.waitingActs.list().map(({ seq }) => seq)).toEqual([4]);
    nothingOfIt();
  });

  it.each([
    ['At the sea', 'At the sea'],
    [undefined, null],
  ])('of a file is what was said of it', (caption, said) => {
    const file = { t: 'file', at: 1, seq: 1, name: 'a.png', size: 1, type: 'image/png', ...(caption && { caption }) };
    const entry = { content: encodeContent(file as Content), state: 'received' } as const;
    expect(quoteOf(entry)).toBe(said);
    expect(quoteOf({ ...entry, folded: { ...UNTOUCHED, deletedAt: 1 } })).toBeNull();
  });

  /** In any row. */
  function nothingOfIt(): void {
    const { messages } = ann.profile.opened.store.messages.run(0, 1e9, 100, 1e9);
    expect(messages.map(({ content }) => Buffer.from(content).toString()).join()).not.toContain('qqq');
  }
});

it('keeps versions as far as they fit, the same in any order', () => {
  const edit = (n: number, body: string) => ({ n, body, seq: n, at: n, act: idOf(n) });
  const half = 'x'.repeat(VERSIONS_BYTES / 2);
  const all = [edit(1, 'small'), edit(2, half), edit(3, `${half}x`), edit(4, half), edit(5, 'last')];
  for (const order of [all, all.toReversed(), [all[2]!, all[0]!, all[4]!, all[1]!, all[3]!]]) {
    let folded = UNTOUCHED;
    for (const each of order) folded = withEdit(folded, each) ?? folded;
    expect(folded.edits.map(({ body }) => body?.length ?? null)).toEqual([null, null, null, half.length, 4]);
  }
});

function expireAll(now: number): void {
  let after: number | null = 0;
  while (after !== null) after = engine.entries.expire(now, after);
}

function retarget({ said, ...rest }: Came, id: MessageId): Came {
  const of = fromHex(id);
  if (said.t === 'react') return { ...rest, said: { ...said, to: { ...said.to, id: of } } };
  return { ...rest, said: said.t === 'edit' || said.t === 'delete' ? { ...said, of } : said };
}
