// A sweep that the power cut short: each page it was writing stands beside the database, and is written again.
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sweepPath, writeSweep } from '../profile-files/sweep-file.ts';
import { contactRecord, idOf, tempStore, type TempStore } from '../../testing/disk/temp-store.ts';

const PAGE = 4096;

let temp: TempStore;

beforeEach(async () => {
  temp = tempStore();
  const store = await temp.create();
  await store.journal.write(() => store.contacts.put(contactRecord(1)));
  store.close();
});

afterEach(() => temp.remove());

function tear(number: number): void {
  const handle = openSync(temp.path, 'r+');
  writeSync(handle, new Uint8Array(PAGE).fill(0xa5), 0, PAGE, number * PAGE);
  closeSync(handle);
}

function pageOf(number: number): Uint8Array {
  return readFileSync(temp.path).subarray(number * PAGE, (number + 1) * PAGE);
}

for (const number of [0, 1]) {
  it(`makes page ${number} good, which was written by half`, async () => {
    writeSweep(temp.path, PAGE, [{ number, bytes: pageOf(number) }]);
    tear(number);
    const store = await temp.open();
    expect(store.contacts.get(idOf(1))).not.toBeNull();
    expect(existsSync(sweepPath(temp.path))).toBe(false);
  });
}

it('counts for nothing while it is itself written by half', async () => {
  writeSweep(temp.path, PAGE, [{ number: 0, bytes: new Uint8Array(PAGE) }]);
  const handle = openSync(sweepPath(temp.path), 'r+');
  writeSync(handle, new Uint8Array(512).fill(0xa5), 0, 512, 512);
  closeSync(handle);
  const store = await temp.open();
  expect(store.contacts.get(idOf(1))).not.toBeNull();
});
