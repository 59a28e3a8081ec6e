// A locked Loom, its memory looked through from outside: the seed and all that opens the database or a recorded
// conversation is gone. Of texts and of the passphrase, which JavaScript holds as strings that nobody can overwrite, and of
// the static key, which Node decodes from a JWK into memory of its own, something may be left; how much is printed.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandName, Input, Result } from '../../server/contract/commands.ts';
import { concat, utf8 } from '../../server/crypto/bytes.ts';
import { choosePrimitives } from '../../server/crypto/choose.ts';
import { openStore } from '../../server/storage/profile-store.ts';
import { openVault } from '../../server/storage/profile-files/vault.ts';
import { countInMemory } from '../../server/testing/disk/process-memory.ts';
import { Daemon } from '../support/daemon.ts';
import { expect, test } from '../support/fixtures.ts';

const PASSPHRASE = 'only Ann and nobody else knows this';
const CANARY = 'between Ann and Bob and nobody else';
/** What SECURITY.md says. What was wiped is gone at once; small copies that were let go are, once V8 has cleared them away. */
const SECONDS = 60;
const FILES = ['keys.json', 'keys.previous.json', 'loom.db', 'loom.db-wal'];
const GONE = ['master key', 'row key', 'master seed', 'identity key', 'session', 'presence'];
const primitives = choosePrimitives(undefined);

function ask<N extends CommandName>(daemon: Daemon, name: N, params: Input<N>): Promise<Result<N>> {
  return daemon.ask((control) => control.request(name as never, params as never));
}

test.skip(process.platform !== 'linux', 'memory is read in /proc');

test('what a locked profile was opened with is not left in memory', { tag: '@slow' }, async () => {
  test.setTimeout(0);
  const [ann, bob] = [new Daemon('ann'), new Daemon('bob', ['--peer-port', '0'])];
  try {
    await ann.start();
    await bob.start();
    await ask(ann, 'identity.create', { name: 'Ann', passphrase: PASSPHRASE });
    await ask(bob, 'identity.create', { name: 'Bob', passphrase: '' });
    await befriend(ann, bob);
    await talk(ann, bob);
    // As on any other day: started, unlocked, used.
    await ann.stop();
    await ann.start();
    await ask(ann, 'vault.unlock', { passphrase: PASSPHRASE });
    await talk(ann, bob);
    const secrets = await secretsOf(ann);
    const open = countInMemory(ann.ready.pid, secrets);
    await ask(ann, 'vault.lock', {});
    const lockedAt = performance.now();
    const since = (): number => Math.round((performance.now() - lockedAt) / 1000);
    let locked = countInMemory(ann.ready.pid, secrets);
    while (GONE.some((name) => locked[name] !== 0) && since() < SECONDS) {
      await new Promise((resolve) => setTimeout(resolve, 2000));
      locked = countInMemory(ann.ready.pid, secrets);
    }
    console.log(`in memory, open: ${JSON.stringify(open)}`);
    console.log(`${since()} s after locking: ${JSON.stringify(locked)}`);
    expect(open['master seed']).toBeGreaterThan(0);
    expect(GONE.map((name) => [name, locked[name]])).toEqual(GONE.map((name) => [name, 0]));
  } finally {
    await ann.remove();
    await bob.remove();
  }
});

async function befriend(ann: Daemon, bob: Daemon): Promise<void> {
  for (const [one, other, name] of [
    [ann, bob, 'Bob'],
    [bob, ann, 'Ann'],
  ] as const) {
    const { token, peerPort } = await ask(other, 'identity.token', {});
    await ask(one, 'contact.add', { token, name, address: `127.0.0.1:${peerPort}` });
  }
}

/** Until all that was written is there. */
async function talk(ann: Daemon, bob: Daemon): Promise<void> {
  for (const daemon of [ann, bob]) {
    const [contact] = await ask(daemon, 'contact.list', {});
    for (const number of [1, 2, 3])
      await ask(daemon, 'message.send', { conversation: contact!.conversation, body: `${CANARY} ${number}` });
  }
  const waits = async (daemon: Daemon): Promise<boolean> => (await ask(daemon, 'status.get', {})).queued > 0;
  while ((await waits(ann)) || (await waits(bob))) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Read from a copy of the folder. */
async function secretsOf({ folder }: Daemon): Promise<Record<string, readonly Uint8Array[]>> {
  const copy = mkdtempSync(join(tmpdir(), 'loom-copy-'));
  try {
    for (const name of FILES) cpSync(join(folder, name), join(copy, name));
    const options = { folder: copy, primitives };
    const { masterKey, database } = await openVault(options, PASSPHRASE);
    const store = await openStore(options, PASSPHRASE);
    const identity = store.identity.load();
    const [contact] = store.contacts.list();
    if (!identity || !contact) throw new Error('the copy has nobody');
    const [session] = store.sessions.load(contact.id, contact.device);
    store.close();
    const derived = (label: string): Uint8Array =>
      primitives.blake2b512(concat(utf8(label), identity.masterSeed)).subarray(0, 32);
    const rowKey = primitives.hkdfSha256(database, masterKey, utf8('loom/2 storage table message'), 32);
    const text = (written: string): Uint8Array[] => [Buffer.from(written), Buffer.from(written, 'utf16le')];
    return {
      'master key': [masterKey],
      'row key': [rowKey],
      'master seed': [identity.masterSeed],
      'identity key': [derived('LOOM-ED25519-DERIVATION')],
      'static key': [derived('LOOM-X25519-DERIVATION')],
      session: [session!.state.subarray(20, 60)],
      presence: [identity.presenceKey],
      'their presence key': [contact.presenceKey ?? masterKey],
      passphrase: text(PASSPHRASE),
      text: text(CANARY),
    };
  } finally {
    rmSync(copy, { recursive: true });
  }
}
