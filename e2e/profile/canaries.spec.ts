// Words and keys that nobody else has, put into a profile with a passphrase, and looked for in every file it has: while it
// runs, when it is locked, after a kill in the middle of writing, and after a clean end.
import { directConversation } from '../../server/storage/rows/conversation-rowids.ts';
import { expect, test } from '@playwright/test';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ContactId } from '../../server/contract/ids.ts';
import { Daemon } from '../support/daemon.ts';
import { writings } from '../web-security/input-fields.ts';

const PASSPHRASE = 'nobody writes this passphrase down';
const NAMES = { ann: 'Annabella Canary', bob: 'Bobolink Canary', renamed: 'Bob behind the mill' };
const TEXTS = { sent: 'the heron stands at the weir', received: 'and the otter is under the bridge', last: 'go on' };
/** Written while the process is killed. */
const BURST = 40;

function leaks({ folder }: Daemon, secrets: Readonly<Record<string, string | Uint8Array>>): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
  return files.flatMap((path) => {
    const content = readFileSync(path, 'latin1');
    return Object.entries(secrets)
      .filter(([, secret]) => writings(secret).some((text) => content.includes(text)))
      .map(([name]) => `${name} in ${path}`);
  });
}

test(
  'no file of a profile with a passphrase holds a word, a name, a token or an address, at any time',
  { tag: '@slow' },
  async () => {
    const [ann, bob] = [new Daemon('ann'), new Daemon('bob')];
    try {
      await Promise.all([ann.start(), bob.start()]);
      const begin = (daemon: Daemon, name: string): Promise<string> =>
        daemon.ask(async (control) => {
          await control.request('identity.create', { name, passphrase: PASSPHRASE });
          return (await control.request('identity.token', {})).token;
        });
      const [annsToken, bobsToken] = [await begin(ann, NAMES.ann), await begin(bob, NAMES.bob)];
      const addressOf = ({ ready }: Daemon): string => `127.0.0.1:${ready.peerPort}`;
      const add = (daemon: Daemon, token: string, name: string, address: string): Promise<ContactId> =>
        daemon.ask(async (control) => (await control.request('contact.add', { token, name, address })).id);
      const bobAtAnn = await add(ann, bobsToken, NAMES.bob, addressOf(bob));
      const annAtBob = await add(bob, annsToken, NAMES.ann, addressOf(ann));
      const send = (daemon: Daemon, contact: ContactId, body: string): Promise<unknown> =>
        daemon.ask((control) => control.request('message.send', { conversation: directConversation(contact), body }));
      const read = (daemon: Daemon, contact: ContactId): Promise<string[]> =>
        daemon.ask(async (control) => {
          const { messages } = await control.request('message.page', {
            conversation: directConversation(contact),
            limit: 200,
          });
          return messages.map(({ body }) => body);
        });
      await send(ann, bobAtAnn, TEXTS.sent);
      await send(bob, annAtBob, TEXTS.received);
      await expect.poll(() => read(ann, bobAtAnn)).toContain(TEXTS.received);
      await expect.poll(() => read(bob, annAtBob)).toContain(TEXTS.sent);
      const rename = { contact: bobAtAnn, name: NAMES.renamed };
      const { words, key } = await ann.ask(async (control) => {
        await control.request('contact.rename', rename);
        const phrase = await control.request('phrase.show', { passphrase: PASSPHRASE });
        const [contact] = await control.request('contact.list', {});
        return { words: phrase.words, key: contact?.publicKey ?? '' };
      });
      const secrets = {
        ...{ ...NAMES, ...TEXTS, passphrase: PASSPHRASE, annsToken, bobsToken, phrase: words.join(' ') },
        ...{
          "Bob's address": addressOf(bob),
          "Bob's key": Buffer.from(key, 'hex'),
          burst: 'burst number',
        },
      };
      // What stands in clear is found.
      expect(leaks(ann, { header: 'SQLite format 3' })).not.toEqual([]);
      expect(leaks(ann, secrets), 'while it runs').toEqual([]);
      await ann.ask((control) => control.request('vault.lock', {}));
      expect(leaks(ann, secrets), 'locked').toEqual([]);
      await ann.ask((control) => control.request('vault.unlock', { passphrase: PASSPHRASE }));

      const writing = Array.from({ length: BURST }, (_, n) => send(ann, bobAtAnn, `burst number ${n}`));
      void Promise.allSettled(writing);
      await writing[0];
      await ann.kill();
      expect(leaks(ann, secrets), 'after a kill').toEqual([]);
      await ann.start();
      await ann.ask((control) => control.request('vault.unlock', { passphrase: PASSPHRASE }));
      expect(await read(ann, bobAtAnn)).toEqual(expect.arrayContaining([TEXTS.sent, TEXTS.received]));
      await send(ann, bobAtAnn, TEXTS.last);
      await ann.stop();
      expect(leaks(ann, secrets), 'after its end').toEqual([]);
    } finally {
      await Promise.all([ann.remove(), bob.remove()]);
    }
  },
);
