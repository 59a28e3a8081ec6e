// One file from one Loom's disk to another's, sealed there, beside the least that takes; and what a chat meanwhile feels of it.
import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { couple, Workplace } from './bench-scratch.ts';
import type { FileFloorService } from './file-floor.ts';
import type { Row } from './report.ts';
import { quantile } from './statistics.ts';
import { comparison } from './stopwatch.ts';

export interface FilesScale {
  readonly rounds: number;
  readonly mebibytes: number;
  /** Messages, one at a time, of which the slowest count. */
  readonly messages: number;
}

const MIB = 1024 * 1024;

export function measureFiles({ rounds, mebibytes, messages }: FilesScale): Promise<readonly Row[]> {
  return Workplace.with(async (place) => {
    const path = fileOf(place.folder(), mebibytes);
    const { sender, receiver, contact } = await couple(place);
    await receiver.ask('acceptFiles', undefined);
    const [caller, taker] = [0, 1].map(() => place.start<FileFloorService>('file-floor', { folder: place.folder() }));
    if (!caller || !taker) throw new Error('two processes were started');
    const port = await taker.ask('listen', undefined);
    const rate = (ms: number): number => (mebibytes * MIB) / 1000 / ms;
    const slowest = (waits: readonly number[]): number =>
      quantile(
        [...waits].sort((a, b) => a - b),
        0.99,
      );

    const moved: { ours: number; reference: number }[] = [];
    const waited: { ours: number; reference: number }[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const idle = slowest(await sender.ask('sendSingly', { contact, count: messages }));
      const reference = rate(await caller.ask('send', { port, path }));
      const alone = rate(await sender.ask('sendFile', { contact, path }));
      // As many files as it takes for the messages to be sent beside them.
      const talk = { isOver: false };
      const talking = sender.ask('sendSingly', { contact, count: messages }).finally(() => (talk.isOver = true));
      while (!talk.isOver) await sender.ask('sendFile', { contact, path });
      const beside = slowest(await talking);
      // The first round warms up.
      if (round === 0) continue;
      moved.push({ ours: alone, reference });
      waited.push({ ours: beside, reference: idle });
    }
    const [file, chat] = [comparison(moved), comparison(waited)];
    return [
      {
        what: `a file of ${mebibytes} MiB, disk to sealed disk`,
        unit: 'MB/s',
        ours: file.ours,
        reference: { what: 'bare TCP, sealed to the disk', ...file.reference },
        ratio: file.ratio,
        goal: { kind: 'at-least', ratio: 0.3 },
      },
      {
        what: 'beside it, delivered one at a time, p99',
        unit: 'ms',
        ours: chat.ours,
        reference: { what: 'with no file', ...chat.reference },
        ratio: chat.ratio,
        goal: { kind: 'at-most', ratio: 3 },
      },
    ];
  });
}

/** @returns the path of one that nothing makes smaller. */
function fileOf(folder: string, mebibytes: number): string {
  const path = join(folder, 'file');
  const file = openSync(path, 'w');
  const piece = new Uint8Array(MIB);
  for (let count = 0; count < mebibytes; count += 1) writeSync(file, randomFillSync(piece));
  closeSync(file);
  return path;
}
