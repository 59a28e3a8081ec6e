// All of a profile that a backup holds, as it stands at one moment, while the profile goes on: contacts with their
// counters and everything small in one transaction, then the messages there were at that moment, some at a time.
import { setImmediate as turn } from 'node:timers/promises';
import type { Store } from '../storage/profile-store.ts';
import { RUN_BYTES, RUN_MESSAGES } from './limits.ts';
import type { BackupRecord } from './records.ts';

/** Settings that mean something on the one machine only, or nothing to a person. */
const LEFT_OUT: ReadonlySet<string> = new Set(['backup', 'written-at']);

export interface Batch {
  readonly records: readonly BackupRecord[];
  /** Messages that could not be read, in this batch. */
  readonly damaged: number;
  /** How far this is, from 0 to 1. */
  readonly share: number;
}

/** @throws StorageError; whatever `signal` is aborted with. */
export async function* snapshot(store: Store, signal: AbortSignal): AsyncGenerator<Batch> {
  const { small, newest } = await store.journal.write(() => ({
    small: smallRecords(store),
    newest: store.messages.newestRow(),
  }));
  const known = new Set(small.flatMap((record) => (record.t === 'contact' ? [record.id] : [])));
  yield { records: small, damaged: 0, share: 0 };
  let after = 0;
  for (;;) {
    await turn();
    signal.throwIfAborted();
    const { messages, last, damaged } = store.messages.run(after, newest, RUN_MESSAGES, RUN_BYTES);
    if (last === null) return;
    after = last;
    // A row may be stored anew under the number of one that was deleted meanwhile; its contact then is not in here.
    const theirs = messages.filter(({ contact }) => known.has(contact));
    const records = theirs.map((message) => ({ t: 'message', ...message }) as const);
    yield { records, damaged, share: last / newest };
  }
}

function smallRecords(store: Store): BackupRecord[] {
  const identity = store.identity.load();
  if (!identity) throw new Error('an open profile has an identity');
  const settings = store.settings.list().filter(({ name }) => !LEFT_OUT.has(name));
  return [
    { t: 'identity', ...withoutKey(identity) },
    ...settings.map((setting) => ({ t: 'setting', ...setting }) as const),
    ...store.contacts.list().map((contact) => ({ t: 'contact', ...withoutKey(contact) }) as const),
    ...store.requests.list().map((request) => ({ t: 'request', ...request }) as const),
    ...store.invites.list().map((invite) => ({ t: 'invite', ...invite }) as const),
  ];
}

/** Presence keys belong to the one machine. */
function withoutKey<T extends { readonly presenceKey: unknown }>(record: T): Omit<T, 'presenceKey'> {
  return { ...record, presenceKey: undefined };
}
