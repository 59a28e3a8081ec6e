import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { ShallowRef } from 'vue';
import type { Input } from '../../../server/contract/commands.ts';
import type { Diagnosis } from '../../../server/contract/diagnosis.ts';
import type { ContactId, Identity, NetworkFacts, Status } from '../../../server/contract/model.ts';
import type { WIPE_WORD } from '../../../server/contract/limits.ts';
import { useLink } from './daemon.ts';

function createCommands(identity: ShallowRef<Identity | null>) {
  const link = useLink();

  async function create(name: string, passphrase: string): Promise<void> {
    identity.value = await link.call('identity.create', { name, passphrase });
  }

  async function unlock(passphrase: string): Promise<void> {
    await link.call('vault.unlock', { passphrase });
    // Refused when another way of unlocking was quicker; nothing is lost by it.
    await link.renew().catch(() => undefined);
  }

  async function lock(): Promise<void> {
    await link.call('vault.lock', {});
  }

  async function rename(name: string): Promise<void> {
    identity.value = await link.call('identity.rename', { name });
  }

  /** What is left out stays. @param said its picture in base64. */
  async function describe(said: Input<'identity.describe'>): Promise<void> {
    identity.value = await link.call('identity.describe', said);
  }

  async function setPassphrase(current: string, next: string): Promise<void> {
    identity.value = await link.call('vault.passphrase', { current, next });
  }

  async function setLockAfter(minutes: number): Promise<void> {
    identity.value = await link.call('vault.lockAfter', { minutes });
  }

  /** What was changed in the files while Loom was closed is not told any more. */
  async function sayChecked(): Promise<void> {
    identity.value = await link.call('vault.checked', {});
  }

  /** The person is there. Lost is lost: the next sign of them says it again. */
  function tellUsed(): void {
    const locks = identity.value?.passphraseSet === true && identity.value.lockAfter > 0;
    if (locks) link.call('vault.used', {}).catch(() => undefined);
  }

  async function wipe(word: typeof WIPE_WORD): Promise<void> {
    await link.call('vault.wipe', { word });
  }

  return { create, unlock, lock, rename, describe, setPassphrase, setLockAfter, sayChecked, tellUsed, wipe };
}

/** Who we are, and the state of the daemon behind this page. */
export const useProfile = defineStore('profile', () => {
  const link = useLink();
  const status = shallowRef<Status | null>(null);
  const identity = shallowRef<Identity | null>(null);
  /** Who was here before it was locked, for as long as this page lives: nothing of it is stored. */
  const lastIdentity = shallowRef<Pick<Identity, 'name' | 'publicKey'> | null>(null);
  const network = shallowRef<NetworkFacts | null>(null);
  /** What others add us by; here before anybody asks to see it. */
  const card = shallowRef<{ readonly token: string; readonly peerPort: number } | null>(null);

  const state = computed(() => status.value?.state ?? null);
  const storageFails = computed(() => status.value?.storage === 'failing');

  /** What changes is asked for last, and in place as soon as it is told: an event that comes after it is newer. */
  async function load(): Promise<void> {
    const ready = (await link.call('status.get', {})).state === 'ready';
    const before = identity.value;
    identity.value = ready ? await link.call('identity.get', {}) : null;
    lastIdentity.value = identity.value ?? before ?? lastIdentity.value;
    card.value = ready ? await link.call('identity.token', {}) : null;
    await refreshStatus();
  }

  function change(part: Partial<Status>): void {
    if (status.value !== null) status.value = { ...status.value, ...part };
  }

  async function refreshNetwork(): Promise<void> {
    network.value = await link.call('network.status', {});
  }

  async function refreshStatus(): Promise<void> {
    status.value = await link.call('status.get', {});
    network.value = status.value.network;
  }

  /** @param contact null: this computer alone. */
  function examine(contact: ContactId | null): Promise<Diagnosis> {
    return link.call('network.doctor', contact === null ? {} : { contact });
  }

  return {
    examine,
    status,
    identity,
    lastIdentity,
    network,
    state,
    storageFails,
    load,
    change,
    ...createCommands(identity),
    card,
    refreshNetwork,
    refreshStatus,
  };
});
