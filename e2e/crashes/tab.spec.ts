// What an open tab goes through when its Loom ends: killed, it comes back by itself and sends what was written meanwhile,
// once; stopped, it does not, and never said that it would; and to another program that took the port it says nothing.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { serverProof } from '../../server/http/proof.ts';
import { expect, test, type Person } from '../support/fixtures.ts';
import { shell } from '../support/command-line.ts';

const PASSPHRASE = 'correct horse battery';

async function acquainted(
  person: (name: string, options?: readonly string[]) => Promise<Person>,
  passphrase = '',
): Promise<{ ann: Person; bob: Person }> {
  const [ann, bob] = await Promise.all([person('Ann'), person('Bob', ['--peer-port', '0'])]);
  const [annToken, bobToken] = await Promise.all([ann.begin(passphrase), bob.begin()]);
  await bob.know(annToken, 'Ann');
  await ann.know(bobToken, 'Bob', bob.address);
  await ann.openConversation('Bob');
  await bob.openConversation('Ann');
  await ann.send('before');
  await expect(bob.message('before')).toBeVisible();
  await ann.page.evaluate(() => Object.assign(window, { sameDocument: true }));
  return { ann, bob };
}

/** Writes while nobody answers; the page promises nothing. */
async function writeMeanwhile(ann: Person, ...texts: readonly string[]): Promise<void> {
  const banner = ann.page.getByRole('status').filter({ hasText: 'isn’t answering' });
  await expect(banner.first()).toContainText('not sent');
  await expect(banner.first()).not.toContainText(/waits|until/);
  for (const text of texts) await ann.send(text);
}

/** Each text once, with both, in the order they were written in. */
async function expectOnce(ann: Person, bob: Person, ...texts: readonly string[]): Promise<void> {
  for (const who of [bob, ann]) for (const text of texts) await expect(who.message(text)).toHaveCount(1);
  const heard = await shell(bob.daemon)('messages Ann --json');
  const bodies = heard.stdout.split('\n').filter((line) => line !== '');
  expect(bodies.map((line) => (JSON.parse(line) as { body: string }).body)).toEqual(['before', ...texts]);
}

const sameDocument = ({ page }: Person): Promise<boolean> => page.evaluate(() => 'sameDocument' in window);

test('killed and started again: the tab is in by itself, and sends what was written meanwhile, once', async ({
  person,
}) => {
  test.slow();
  const { ann, bob } = await acquainted(person);
  for (const round of [1, 2]) {
    await ann.daemon.kill();
    await writeMeanwhile(ann, `${round} written while it was dead`, `${round} and another`);
    await ann.daemon.start();
    await expect(ann.page.getByRole('status').filter({ hasText: 'Loom is back' })).toBeVisible();
    await expect(bob.message(`${round} and another`)).toBeVisible();
  }
  const texts = [1, 2].flatMap((round) => [`${round} written while it was dead`, `${round} and another`]);
  await expectOnce(ann, bob, ...texts);
  expect(await sameDocument(ann)).toBe(true);
  // It is in like any tab: a reload keeps it there.
  await ann.page.reload();
  await expect(ann.message('2 and another')).toBeVisible();
});

test(
  'ended by the system: the same, and with a passphrase it asks for that first',
  { tag: '@slow' },
  async ({ person }) => {
    const { ann, bob } = await acquainted(person, PASSPHRASE);
    await ann.daemon.stop();
    await writeMeanwhile(ann, 'written before the passphrase');
    await ann.daemon.start();
    await ann.page.getByRole('textbox', { name: 'Passphrase' }).fill(PASSPHRASE);
    await ann.page.getByRole('button', { name: 'Unlock' }).click();
    await expect(bob.message('written before the passphrase')).toBeVisible();
    await expectOnce(ann, bob, 'written before the passphrase');
    expect(await sameDocument(ann)).toBe(true);
  },
);

test(
  'stopped: the tab stays out, keeps its texts, asks before it goes, and comes back with any other',
  { tag: '@slow' },
  async ({ person }) => {
    const { ann, bob } = await acquainted(person);
    expect((await shell(ann.daemon)('stop')).code).toBe(0);
    await writeMeanwhile(ann, 'written after stop');
    await ann.daemon.start();
    await expect(ann.page.getByRole('heading', { name: 'Loom was restarted' })).toBeVisible();
    await expect(ann.page.getByText('written after stop')).toBeVisible();
    await expect(bob.message('written after stop')).toHaveCount(0);

    // Leaving would lose it.
    const asked = ann.page.waitForEvent('dialog');
    const closing = ann.page.close({ runBeforeUnload: true });
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.dismiss();
    await closing;
    ann.complaints.length = 0;

    const second = await ann.context.newPage();
    ann.listen(second);
    await second.goto(await ann.daemon.url());
    await expect(bob.message('written after stop')).toBeVisible();
    await expectOnce(ann, bob, 'written after stop');
    expect(await sameDocument(ann)).toBe(true);
  },
);

test('locked, and killed while it was: nothing lets the tab in', { tag: '@slow' }, async ({ person }) => {
  const { ann } = await acquainted(person, PASSPHRASE);
  expect((await shell(ann.daemon)('lock')).code).toBe(0);
  await ann.daemon.kill();
  await ann.daemon.start();
  await expect(ann.page.getByRole('heading', { name: 'Loom was restarted' })).toBeVisible();
});

test(
  'a tab that was loaded anew meanwhile stays out: who had the port could have loaded it',
  { tag: '@slow' },
  async ({ person }) => {
    const { ann } = await acquainted(person);
    await ann.daemon.kill();
    await ann.page.reload().catch(() => undefined);
    await ann.daemon.start();
    await ann.page.goto(ann.daemon.origin);
    await ann.page.getByRole('button', { name: 'Open Loom here' }).click();
    await expect(ann.page.getByRole('heading', { name: 'Loom was restarted' })).toBeVisible();
  },
);

test(
  'another program on the port gets nothing, even where it throws the tab out and offers it a way in',
  { tag: '@slow' },
  async ({ person }) => {
    const { ann, bob } = await acquainted(person);
    const port = Number(new URL(ann.daemon.origin).port);
    const { origin } = ann.daemon;
    await ann.daemon.kill();
    await writeMeanwhile(ann, 'for Bob alone');
    const squatter = await squat(port);
    // A page of its own at the same address plays the tab that is in.
    const lure = await ann.context.newPage();
    await lure.goto(`${origin}/lure`);
    await expect(ann.page.getByRole('heading', { name: 'Another program is using Loom’s address' })).toBeVisible();
    await lure.waitForTimeout(1000);
    expect(squatter.redeemed()).toBeGreaterThan(0);
    expect(squatter.heard().filter((text) => text.includes('command') || text.includes('Bob'))).toEqual([]);
    await lure.close();
    await squatter.close();

    await ann.daemon.start();
    expect(ann.daemon.origin).toBe(origin);
    const second = await ann.context.newPage();
    ann.listen(second);
    await second.goto(await ann.daemon.url());
    await expect(bob.message('for Bob alone')).toBeVisible();
    await expectOnce(ann, bob, 'for Bob alone');
  },
);

interface Squatter {
  readonly heard: () => readonly string[];
  readonly redeemed: () => number;
  readonly close: () => Promise<void>;
}

/** Refuses the sessions it does not know, gives away one of its own for any code, and proves that one. */
async function squat(port: number): Promise<Squatter> {
  const heard: string[] = [];
  let redeemed = 0;
  const own = { sid: 'a'.repeat(32), key: 'b'.repeat(64) };
  const server = createServer((request, response) => {
    if (request.url === '/api/session') {
      redeemed += 1;
      response.setHeader('content-type', 'application/json').end(JSON.stringify(own));
    } else response.setHeader('content-type', 'text/html').end(LURE);
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    const ns = 'c'.repeat(64);
    socket.send(JSON.stringify({ ns }));
    socket.on('message', (data: Buffer) => {
      const text = data.toString('utf8');
      heard.push(text);
      const { sid, nc } = JSON.parse(text) as { sid?: string; nc?: string };
      if (sid === own.sid && nc !== undefined) socket.send(JSON.stringify({ mac: proofOf(own.key, nc, ns) }));
      else if (sid !== undefined) socket.close(4401);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    heard: () => heard,
    redeemed: () => redeemed,
    close: () =>
      new Promise((resolve) => {
        for (const client of sockets.clients) client.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const LURE = `<!doctype html><script>
const channel = new BroadcastChannel('loom');
let asker = '';
channel.onmessage = ({ data }) => {
  if (data.kind === 'ask') channel.postMessage({ kind: 'offer', to: data.from, from: 'lure' });
  if (data.kind === 'ask') asker = data.from;
  if (data.kind === 'want') channel.postMessage({ kind: 'code', to: asker, code: 'x'.repeat(22) });
};
channel.postMessage({ kind: 'in' });
</script>`;

function proofOf(key: string, nc: string, ns: string): string {
  return serverProof(Buffer.from(key, 'hex'), Buffer.from(nc, 'hex'), Buffer.from(ns, 'hex')).toString('hex');
}
