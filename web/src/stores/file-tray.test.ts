import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, expect, it } from 'vitest';
import type { ConversationId } from '../../../server/contract/model.ts';
import { TRAY_FILES, useFileTray } from './file-tray.ts';

const here = 'here' as ConversationId;
const there = 'there' as ConversationId;
const fileOf = (name: string): File => new File(['x'], name);
const names = (conversation: ConversationId): readonly string[] =>
  useFileTray()
    .of(conversation)
    .files.map(({ file }) => file.name);

beforeEach(() => setActivePinia(createPinia()));

it('keeps files in their order, for each conversation, until they are taken', () => {
  const tray = useFileTray();
  expect(tray.add(here, [fileOf('a'), fileOf('b')])).toBe(true);
  tray.add(here, [fileOf('a')]);
  tray.add(there, [fileOf('c')]);
  expect(names(here)).toEqual(['a', 'b', 'a']);
  tray.remove(here, tray.of(here).files[0]!.id);
  expect(names(here)).toEqual(['b', 'a']);
  expect(tray.take(here).files).toHaveLength(2);
  expect(names(here)).toEqual([]);
  expect(tray.holdsAny()).toBe(true);
  tray.clear();
  expect(tray.holdsAny()).toBe(false);
});

it('takes pictures as they are for as long as there are some, and no longer', () => {
  const tray = useFileTray();
  tray.add(here, [fileOf('a')]);
  tray.choose(here, true);
  tray.add(here, [fileOf('b')]);
  expect(tray.of(here).original).toBe(true);
  for (const { id } of tray.of(here).files) tray.remove(here, id);
  expect(tray.holdsAny()).toBe(false);
  tray.add(here, [fileOf('a')]);
  expect(tray.of(here).original).toBe(false);
});

it('holds no more than a contact may have offered', () => {
  const tray = useFileTray();
  const many = Array.from({ length: TRAY_FILES }, (_, at) => fileOf(String(at)));
  expect(tray.add(here, many)).toBe(true);
  expect(tray.add(here, [fileOf('one more')])).toBe(false);
  expect(names(here)).toHaveLength(TRAY_FILES);
  expect(names(here)).not.toContain('one more');
});
