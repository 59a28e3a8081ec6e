// Clocks that are wrong, and days that pass: what people see stays in order, in sight and in words that hold.
import { directConversation } from '../../server/storage/rows/conversation-rowids.ts';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ContactId } from '../../server/contract/ids.ts';
import { anyId } from '../../server/testing/ids.ts';
import { Daemon, MAIN } from '../support/daemon.ts';
import { expect, test, type Person } from '../support/fixtures.ts';

const FALSE_CLOCK = fileURLToPath(new URL('../support/false-clock.js', import.meta.url));
const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;

/** A contact of `of`, without a page, whose Loom has a clock of its own. */
class Misclocked {
  readonly name: string;
  readonly daemon: Daemon;
  readonly #file: string;
  #contact: ContactId = anyId('');

  constructor(name: string, folder: string) {
    this.name = name;
    this.#file = join(folder, name);
    this.setClock(0);
    this.daemon = new Daemon(name.toLowerCase(), [], {
      command: ['env', `NODE_OPTIONS=--import=${FALSE_CLOCK}`, `LOOM_TEST_CLOCK=${this.#file}`],
      options: ['--no-discovery', '--peer-host', '127.0.0.1'],
    });
  }

  /** @param ahead ms. */
  setClock(ahead: number): void {
    writeFileSync(this.#file, String(ahead));
  }

  async meet(other: Person): Promise<void> {
    await this.daemon.start();
    const token = await this.daemon.ask(async (control) => {
      await control.request('identity.create', { name: this.name, passphrase: '' });
      return (await control.request('identity.token', {})).token;
    });
    const theirs = await other.daemon.ask((control) => control.request('identity.token', {}));
    await other.know(token, this.name, `127.0.0.1:${this.daemon.ready.peerPort}`);
    const contact = { token: theirs.token, name: other.name, address: other.address };
    this.#contact = (await this.daemon.ask((control) => control.request('contact.add', contact))).id;
    await expect(other.entry(this.name)).toHaveAccessibleName(/online/i);
  }

  /** And waits until it came. */
  async say(body: string, to: Person): Promise<void> {
    await this.daemon.ask((control) =>
      control.request('message.send', { conversation: directConversation(this.#contact), body }),
    );
    await expect(to.entry(this.name)).toContainText(body);
  }
}

let folder: string;
let people: Misclocked[];

test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loom-e2e-clocks-'));
  people = [];
});
test.afterEach(async () => {
  for (const { daemon } of people) await daemon.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function contact(name: string, of: Person): Promise<Misclocked> {
  const made = new Misclocked(name, folder);
  people.push(made);
  await made.meet(of);
  return made;
}

test('who wrote last stands first, whatever their clocks say', { tag: '@slow' }, async ({ person }) => {
  const ann = await person('Ann');
  await ann.begin();
  const offs = { Ahead: 3 * YEAR, Right: 0, Behind: -2 * YEAR };
  for (const [name, off] of Object.entries(offs)) (await contact(name, ann)).setClock(off);
  for (const each of people) await each.say(`from ${each.name}`, ann);
  const rows = ann.page.getByRole('list', { name: 'Conversations' }).getByRole('link');
  await expect(rows).toHaveText([/Behind/, /Right/, /Ahead/]);
  // Each came just now, and that is what their times say.
  const time = /\d:\d\d/;
  await expect(rows.locator('time')).toHaveText([time, time, time]);
  await ann.openConversation('Ahead');
  await expect(ann.log).toContainText('Today');
  await ann.log.getByText('from Ahead').hover();
  await ann.log.getByRole('button', { name: 'More' }).click();
  await ann.page.getByRole('menuitem', { name: 'Details' }).click();
  await expect(ann.page.getByRole('dialog')).toContainText(/Sent .* by their clock\. It came .* by yours\./);
});

test('a time that no date can be hides nobody, on the page and on the command line', async ({ person }) => {
  const ann = await person('Ann');
  await ann.begin();
  const bob = await contact('Bob', ann);
  await bob.say('before', ann);
  bob.setClock(8.7e15 - Date.now());
  await bob.say('from no day there is', ann);
  await ann.openConversation('Bob');
  await expect(ann.message('before')).toBeVisible();
  await expect(ann.message('from no day there is')).toBeVisible();
  const place = ['--profile', 'ann', '--data-dir', ann.daemon.dataDir];
  const printed = execFileSync(process.execPath, [MAIN, 'messages', 'Bob', ...place], { encoding: 'utf8' });
  expect(printed.split('\n')).toEqual([
    expect.stringMatching(/Bob: before$/),
    expect.stringMatching(/^\d{4}-.*Bob: from no day there is$/),
    '',
  ]);
});

test('a page left open over midnight says so', async ({ friends: { ann, bob } }) => {
  await bob.send('good night');
  await expect(ann.message('good night')).toBeVisible();
  await expect(ann.log).toContainText('Today');
  await ann.page.clock.install({ time: Date.now() });
  await ann.page.reload();
  await ann.openConversation('Bob');
  await expect(ann.log).toContainText('Today');
  await ann.page.clock.fastForward(24 * HOUR);
  await ann.page.clock.runFor(HOUR / 60);
  await expect(ann.log).toContainText('Yesterday');
  await expect(ann.log).not.toContainText('Today');
});
