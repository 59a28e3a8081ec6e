import { afterEach, beforeEach, expect, test } from 'vitest';
import { sealedFiles } from '../../testing/disk/sealed-files.ts';
import { Town, type TestLoom } from '../../testing/test-loom.ts';
import { FORGOTTEN_MS, UPLOADS } from './uploads.ts';

let town: Town;
let ann: TestLoom;

beforeEach(async () => {
  town = new Town();
  ann = await town.make('Ann');
});
afterEach(() => town.end());

async function begin(): Promise<string> {
  return (await ann.run('file.begin', { name: 'a', size: 10, type: '' })).ticket;
}

/** As a request's body comes. */
function body(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start: (out) => {
      out.enqueue(bytes);
      out.close();
    },
  });
}

test('one more than are handed over at once is refused, until one is gone', async () => {
  const begun = await Promise.allSettled(Array.from({ length: UPLOADS + 1 }, begin));
  expect(begun.filter(({ status }) => status === 'rejected')).toMatchObject([{ reason: { code: 'too-many' } }]);
  const ticket = begun.find((each) => each.status === 'fulfilled')!.value;
  await ann.run('file.discard', { ticket });
  await begin();
});

test('what nothing has come of for so long is removed, and not before', async () => {
  const [silent, slow] = [await begin(), await begin()];
  town.clock.advance(FORGOTTEN_MS - 1);
  await ann.profile.files?.take(slow, 0, body(new Uint8Array(1)));
  expect(ann.profile.files?.received(silent)).toBe(0);
  town.clock.advance(1);
  expect(ann.profile.files?.received(silent)).toBeNull();
  expect(ann.profile.files?.received(slow)).toBe(1);
  await town.until(() => sealedFiles(ann.folder).length === 1);
});
