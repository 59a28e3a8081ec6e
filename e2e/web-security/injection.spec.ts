// Every field that others fill, with everything that was ever made to run in a page by way of one. Nothing may run, lead
// away, load, or even be reported by the content security policy, which is only the second line: texts are text nodes.
import { expect, test } from '../support/fixtures.ts';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { Contact } from '../../server/contract/model.ts';
import { aboutFits, cutAbout, isBlankName, nameFits, tidyName } from '../../server/contract/words/names.ts';
import { choosePrimitives } from '../../server/crypto/choose.ts';
import { SilentDiscovery } from '../../server/discovery/silent.ts';
import { systemClock } from '../../server/timing/clock.ts';
import { Profile } from '../../server/engine/profile/profile.ts';
import { tcpTransport } from '../../server/transport/tcp.ts';
import { befriend, type Person } from '../support/fixtures.ts';

const classes = JSON.parse(readFileSync(new URL('testdata/payloads.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, readonly string[]>
>;
const payloads = Object.values(classes).flat();

/** Those that Loom takes as names. */
const names = payloads.filter((text) => {
  const name = tidyName(text);
  return nameFits(name) && !isBlankName(name);
});

/** What must not be anywhere in the page: no component of ours makes one. */
const FOREIGN =
  'iframe, object, embed, portal, base, frame, frameset, marquee, math, video, audio, details[ontoggle], details:not(:has(> summary)), template, foreignObject, [onerror], [onload], [onclick], [srcdoc], img[src="x"], body script, meta[http-equiv=refresh]';

interface Watched {
  readonly violations: readonly string[];
  readonly foreign: number;
  readonly links: readonly string[];
  readonly same: boolean;
  readonly title: string;
}

/** Counts what happens in a page from its first moment on. */
async function watch(page: Page): Promise<{ look: () => Promise<Watched>; left: () => readonly string[] }> {
  const left: string[] = [];
  await page.addInitScript(() => {
    const violations: string[] = [];
    addEventListener('securitypolicyviolation', (event) =>
      violations.push(`${event.violatedDirective} ${event.sample}`),
    );
    Object.assign(window, { violations });
  });
  page.on('request', (request) => {
    if (!request.url().startsWith('http://127.0.0.1:')) left.push(request.url());
  });
  page.on('popup', (popup) => left.push(`popup ${popup.url()}`));
  const look = (): Promise<Watched> =>
    page.evaluate((foreign) => {
      const found = window as unknown as { violations: string[]; same?: boolean };
      return {
        violations: found.violations,
        foreign: document.querySelectorAll(foreign).length,
        links: [...document.querySelectorAll('a')].map((link) => link.href),
        same: found.same === true,
        title: document.title,
      };
    }, FOREIGN);
  return { look, left: () => left };
}

function expectQuiet({ violations, foreign, links, same }: Watched, origin: string): void {
  expect(violations.map((text) => text.trim())).toEqual([]);
  expect(foreign).toBe(0);
  expect(same).toBe(true);
  for (const link of links) expect(link).toMatch(new RegExp(`^(?:${origin}/|https?://|mailto:)`));
}

/** The same in lists of bold lines, and in code: few enough for a text to be shown whole. */
function formatted(burst: readonly string[]): string[] {
  const lines = burst.map((text) => text.replaceAll('\n', ' '));
  return [0, 20, 40].flatMap((from) => {
    const some = lines.slice(from, from + 20);
    return [some.map((line) => `- *${line}*`).join('\n'), `> \`\`\`\n${some.join('\n')}\n\`\`\`\n${some[0] ?? ''}`];
  });
}

test('texts from a contact, and names, as each class of payload', async ({ person }) => {
  expect(payloads.length).toBeGreaterThanOrEqual(500);
  const [ann, bob] = [await person('Ann'), await person('Bob')];
  const { look, left } = await watch(ann.page);
  await befriend(ann, bob);
  await ann.page.evaluate(() => Object.assign(window, { same: true }));
  // Tall enough that all of a burst is really in the page: the list draws what can be seen.
  await ann.page.setViewportSize({ width: 900, height: 9000 });
  const [contact] = await bob.daemon.ask((control) => control.request('contact.list', {}));
  const seen = new Set<string>();
  for (let at = 0; at < payloads.length; at += 60) {
    const burst = payloads.slice(at, at + 60);
    await bob.daemon.ask(async (control) => {
      await Promise.all(
        [...burst, ...formatted(burst)].map((body) =>
          control.request('message.send', { conversation: contact!.conversation, body }),
        ),
      );
      await control.request('message.send', { conversation: contact!.conversation, body: `end of ${at}` });
    });
    await expect(ann.message(`end of ${at}`)).toBeVisible();
    const said = ann.log.locator('[data-text]');
    // A formatted one has what was typed beside what is shown.
    const texts = await said.evaluateAll((all) => all.map((one) => [one.getAttribute('data-text'), one.textContent]));
    for (const [typed, shown] of texts) seen.add(typed === '' || typed == null ? (shown ?? '') : typed);
    expectQuiet(await look(), ann.daemon.origin);
  }
  // As they were written, letter for letter: what came was shown, and nothing of it became markup.
  expect(payloads.filter((text) => !seen.has(text))).toEqual([]);

  // The name of a contact: in the list, in the heading, in the title of the tab and in the details.
  const [friend] = await ann.daemon.ask((control) => control.request('contact.list', {}));
  await ann.page.setViewportSize({ width: 1200, height: 900 });
  expect(names.length).toBeGreaterThanOrEqual(500);
  const heading = ann.page.getByRole('heading', { level: 2 });
  await ann.daemon.ask(async (control) => {
    for (const name of names) await control.request('contact.rename', { contact: friend!.id, name });
    await control.request('contact.rename', { contact: friend!.id, name: 'the last' });
  });
  await expect(heading.getByText('the last')).toBeVisible();
  expectQuiet(await look(), ann.daemon.origin);
  expect(left()).toEqual([]);
});

test('what is quoted, and reactions that are no emoji', { tag: '@slow' }, async ({ friends: { ann, bob } }) => {
  const { page } = ann;
  const { look, left } = await watch(page);
  // What is watched begins with a page.
  await page.reload();
  await ann.openConversation('Bob');
  await page.evaluate(() => Object.assign(window, { same: true }));
  await page.setViewportSize({ width: 900, height: 9000 });
  const quoted = ann.log.locator('.quote .what');
  const seen = new Set<string>();
  for (let at = 0; at < payloads.length; at += 60) {
    const burst = payloads.slice(at, at + 60);
    const [contact] = await bob.daemon.ask((control) => control.request('contact.list', {}));
    const { conversation } = contact!;
    await bob.daemon.ask(async (control) => {
      const said = await Promise.all(burst.map((body) => control.request('message.send', { conversation, body })));
      for (const [number, { author, id }] of said.entries())
        await control.request('message.send', { conversation, body: `${at + number}`, replyTo: { author, id } });
      await control.request('message.send', { conversation, body: `end of ${at}` });
      // An emoji it must be, whatever is put around one.
      const [{ author, id }] = said as [(typeof said)[number]];
      for (const emoji of burst.flatMap((text) => [text, `👍${text}`]))
        await expect(control.request('message.react', { conversation, author, id, emoji })).rejects.toMatchObject({
          code: expect.stringMatching(/^(emoji-invalid|bad-request)$/),
        });
      await control.request('message.react', { conversation, author, id, emoji: '👍' });
    });
    await expect(ann.message(`end of ${at}`)).toBeVisible();
    await expect(quoted).not.toHaveCount(0);
    for (const text of await quoted.allTextContents()) seen.add(text);
    expectQuiet(await look(), ann.daemon.origin);
  }
  // As they were written, up to where a quote ends.
  const begins = [...seen].map((text) => text.replace(/…$/u, ''));
  expect(payloads.filter((text) => !begins.some((begin) => begin !== '' && text.startsWith(begin)))).toEqual([]);
  expect(left()).toEqual([]);
});

/** As much as a contact may change in a day. */
const CHANGES = 40;

test('the name and the line that a contact gives themselves', { tag: '@slow' }, async ({ friends: { ann, bob } }) => {
  const { page } = ann;
  const { look, left } = await watch(page);
  const lines = payloads.map(tidyName).filter((text) => aboutFits(text) && !isBlankName(text));
  expect(lines.length).toBeGreaterThanOrEqual(400);
  for (let at = 0; at < lines.length; at += CHANGES) {
    // What a contact may change is counted anew.
    await ann.daemon.stop();
    await ann.daemon.start();
    // What is watched begins with a page.
    await page.goto('about:blank');
    await ann.open();
    await ann.openConversation('Bob');
    const details = await ann.openDetails();
    await page.evaluate(() => Object.assign(window, { same: true }));
    for (const text of lines.slice(at, at + CHANGES)) {
      const about = cutAbout(text);
      const said = { about: text, ...(nameFits(text) && { name: text }) };
      await bob.daemon.ask((control) => control.request('identity.describe', said));
      await expect.poll(async () => (await facts(ann)).about).toBe(about);
      await expect.poll(async () => unspelled((await details.locator('.line').textContent()) ?? '')).toBe(about);
    }
    expectQuiet(await look(), ann.daemon.origin);
  }
  expect(left()).toEqual([]);
});

/** What the page spells out, put back. */
function unspelled(text: string): string {
  return text.replace(/⟨U\+([0-9A-F]+)⟩/gu, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)));
}

async function facts({ daemon }: Person): Promise<Contact> {
  const [contact] = await daemon.ask((control) => control.request('contact.list', {}));
  return contact!;
}

test('the names of strangers who ask, and of those taken in as they are', { tag: '@slow' }, async ({ person }) => {
  const ann = await person('Ann');
  const { look, left } = await watch(ann.page);
  await ann.onboard();
  await ann.page.evaluate(() => Object.assign(window, { same: true }));
  // As above: all of the list is to be in the page.
  await ann.page.setViewportSize({ width: 900, height: 9000 });
  const { token } = await ann.daemon.ask((control) => control.request('identity.token', {}));
  // Some of each class; one after the other, as the door to strangers is narrow on purpose.
  const chosen = Object.values(classes).flatMap((all) => all.filter((text) => names.includes(text)).slice(0, 2));
  const asked = async (): Promise<number> =>
    (await ann.daemon.ask((control) => control.request('request.list', {}))).length;
  const strangers: Awaited<ReturnType<typeof stranger>>[] = [];
  for (const name of chosen) {
    strangers.push(await stranger(name, token, ann.address));
    await expect.poll(asked).toBe(strangers.length);
  }
  const requests = ann.page.getByRole('list', { name: 'Requests' });
  await expect(requests.getByRole('listitem')).toHaveCount(chosen.length);
  expectQuiet(await look(), ann.daemon.origin);

  await ann.daemon.ask(async (control) => {
    for (const { id } of await control.request('request.list', {}))
      await control.request('request.accept', { request: id, name: '' });
  });
  const conversations = ann.page.getByRole('list', { name: 'Conversations' });
  await expect(conversations.getByRole('link')).toHaveCount(chosen.length);
  for (const link of (await conversations.getByRole('link').all()).slice(0, 5)) {
    await link.click();
    await expect(ann.page.getByRole('textbox', { name: 'Message' })).toBeVisible();
  }
  expectQuiet(await look(), ann.daemon.origin);
  expect(left()).toEqual([]);
  for (const { stop } of strangers) await stop();
});

test('tokens and addresses that somebody was talked into pasting', { tag: '@slow' }, async ({ person }) => {
  const ann = await person('Ann');
  const { look, left } = await watch(ann.page);
  await ann.onboard();
  await ann.page.evaluate(() => Object.assign(window, { same: true }));
  const dialog = await ann.openCodeForm();
  for (const name of ['Contact code', 'Name', 'Address']) {
    const field = dialog.getByRole('textbox', { name });
    await field.evaluate(async (element: HTMLInputElement | HTMLTextAreaElement, all) => {
      for (const text of all) {
        element.value = text;
        element.dispatchEvent(new InputEvent('input', { bubbles: true }));
        await new Promise((resolve) => setTimeout(resolve));
      }
    }, payloads);
  }
  for (const text of payloads.filter((_, at) => at % 40 === 0)) {
    await dialog.getByRole('textbox', { name: 'Contact code' }).fill(text);
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  }
  await expect(dialog).toBeVisible();
  expectQuiet(await look(), ann.daemon.origin);
  expect(left()).toEqual([]);

  // The same words to the daemon: refused by name, and it lives on.
  const { token } = await ann.daemon.ask((control) => control.request('identity.token', {}));
  await ann.daemon.ask(async (control) => {
    for (const text of payloads) {
      await expect(control.request('token.parse', { token: text })).rejects.toMatchObject({
        code: expect.stringContaining('token'),
      });
    }
    expect(await control.request('token.parse', { token })).toMatchObject({ version: 1 });
  });
});

/** A Loom of somebody with this name who wants to talk, in this process. */
async function stranger(name: string, token: string, address: string): Promise<{ stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'loom-stranger-'));
  const primitives = choosePrimitives(undefined);
  const profile = new Profile({
    name: 'stranger',
    folder,
    version: '0.0.0',
    primitives,
    random: (length) => primitives.random(length),
    clock: systemClock,
    transport: tcpTransport,
    peerHost: '127.0.0.1',
    peerPort: 0,
    discovery: new SilentDiscovery(),
    addresses: () => [{ adapter: 'lo', host: '127.0.0.1' }],
    network: () => '',
  });
  await profile.start();
  await profile.execute('identity.create', { name, passphrase: '' });
  await profile.execute('contact.add', { token, name: 'Ann', address });
  return {
    stop: async () => {
      await profile.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
