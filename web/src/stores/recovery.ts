import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { Input } from '../../../server/contract/commands.ts';
import type { Backup, BackupPlaces, BackupStatus, ImportPreview, Task } from '../../../server/contract/model.ts';
import { useLink } from './daemon.ts';

function createBeginnings() {
  const link = useLink();

  async function fromPhrase(params: Input<'identity.restore'>): Promise<void> {
    await link.call('identity.restore', params);
  }

  async function fromBackup(params: Input<'backup.restore'>): Promise<void> {
    await link.call('backup.restore', params);
  }

  async function fromOriginal(params: Input<'import.run'>): Promise<void> {
    await link.call('import.run', params);
  }

  function inspectOriginal(file: string): Promise<ImportPreview> {
    return link.call('import.inspect', { file });
  }

  return { fromPhrase, fromBackup, fromOriginal, inspectOriginal };
}

function createWays() {
  const link = useLink();

  async function showPhrase(passphrase: string): Promise<readonly string[]> {
    return (await link.call('phrase.show', { passphrase })).words;
  }

  /** The numbers of those that are wrong. */
  async function checkPhrase(words: Input<'phrase.check'>['words']): Promise<readonly number[]> {
    return (await link.call('phrase.check', { words })).wrong;
  }

  /** Restored for trial before it is one. */
  function createBackup(params: Input<'backup.create'>): Promise<Backup> {
    return link.call('backup.create', params);
  }

  /** Where a backup could go, and those that lie there. */
  function places(): Promise<BackupPlaces> {
    return link.call('backup.places', {});
  }

  function verifyBackup(params: Input<'backup.verify'>): Promise<Backup> {
    return link.call('backup.verify', params);
  }

  async function schedule(params: Input<'backup.schedule'>): Promise<void> {
    await link.call('backup.schedule', params);
  }

  async function unschedule(): Promise<void> {
    await link.call('backup.unschedule', {});
  }

  return { places, showPhrase, checkPhrase, createBackup, verifyBackup, schedule, unschedule };
}

/** What would bring us back, and the long work on the way there or back. */
export const useRecovery = defineStore('recovery', () => {
  const link = useLink();
  const status = shallowRef<BackupStatus | null>(null);
  /** Under way in the daemon, from whichever tab. */
  const task = shallowRef<Task | null>(null);

  async function load(): Promise<void> {
    status.value = await link.call('backup.status', {});
    task.value = status.value.task;
  }

  function clear(): void {
    status.value = null;
    task.value = null;
  }

  async function dismissReminder(): Promise<void> {
    status.value = await link.call('backup.dismiss', {});
  }

  return { status, task, load, clear, dismissReminder, ...createBeginnings(), ...createWays() };
});
