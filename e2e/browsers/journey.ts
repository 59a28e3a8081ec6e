// The way through Loom that everybody goes, in whatever browser: from the first screen to the last reload. Ann sits in front
// of the browser; Bob, whom she talks to, has a Loom and no page.
import { expect, test } from '@playwright/test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MAIN, type Daemon } from '../support/daemon.ts';
import { place } from '../support/command-line.ts';
import type { Seat } from '../support/browsers/seat.ts';

const PASSPHRASE = 'a pebble under the wet bridge';

/** The two, before they know each other. */
export interface Scene {
  readonly seat: Seat;
  readonly ann: Daemon;
  readonly bob: Daemon;
}

/** All of it. @param howTheyMeet one of the two ways below. */
export async function goThrough(scene: Scene, howTheyMeet: (scene: Scene) => Promise<void>): Promise<void> {
  await test.step('the first screen', () => begin(scene));
  await test.step('meeting', () => howTheyMeet(scene));
  await test.step('talking', () => talk(scene));
  await test.step('a reload', () => reload(scene));
  await test.step('a killed Loom', () => outlive(scene));
  await test.step('a reload that led elsewhere', () => reloadFromElsewhere(scene));
  await test.step('the lock', () => unlock(scene));
  await test.step('the width of a phone', () => narrow(scene));
  expect(await scene.seat.complaints()).toEqual([]);
}

async function begin({ seat, ann }: Scene): Promise<void> {
  await seat.goto(await ann.url());
  await seat.see('textbox', 'Your name', ({ focused }) => focused);
  // The code has done its work, and is not to be seen or shared.
  expect(await seat.page.evaluate('location.href')).toBe(`${ann.origin}/#/`);
  await seat.page.press(Array.from('Ann'));
  await seat.write('Passphrase', PASSPHRASE);
  await seat.click('button', 'Create my identity');
  await seat.see('heading', 'Hello, Ann');
}

/** Ann is visible from the first screen on. Bob asks for her, and types the digits that her screen shows. */
export async function meetByCode({ seat, bob }: Scene): Promise<void> {
  const guest = spawn(process.execPath, [MAIN, 'pair', 'ann', ...place(bob)], { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = once(guest, 'exit');
  const { text } = await seat.see('dialog', 'Connect with', (dialog) => /\d{3}\s?\d{3}/.test(dialog.text));
  guest.stdin.end(`${/\d{3}\s?\d{3}/.exec(text)?.[0].replace(/\s/, '') ?? ''}\n`);
  expect(await ended).toEqual([0, null]);
  await seat.gone('dialog', 'Connect with');
}

/** Each has the other's code. */
export async function meetByContactCodes({ seat, ann, bob }: Scene): Promise<void> {
  const [own, theirs] = await Promise.all([ann, bob].map(contactCode));
  await bob.ask((control) => control.request('contact.add', { token: own ?? '', name: 'Ann' }));
  await seat.click('button', 'Add contact');
  await seat.click('button', 'I have a code');
  await seat.write('Contact code', theirs ?? '');
  await seat.write('Name', 'Bob');
  await seat.click('button', 'Advanced');
  await seat.write('Address', `127.0.0.1:${bob.ready.peerPort}`);
  await seat.click('button', 'Add');
  await seat.gone('dialog', 'Add contact');
}

async function talk({ seat, bob }: Scene): Promise<void> {
  await seat.see('textbox', 'Message', ({ focused }) => focused);
  await seat.send('Good evening, Bob');
  await seat.see('log', 'Messages', ({ text }) => text.includes('Good evening, Bob'));
  await heard(bob, 'Good evening, Bob');
  // Enough that the end has to be kept in view.
  for (let number = 1; number <= 30; number += 1) await say(bob, `Line ${number} 🌊 مرحبا`);
  await seat.see('log', 'Messages', ({ text }) => text.includes('Line 30 🌊 مرحبا'));
  await seat.until('the end in view', async () => ((await distanceFromEnd(seat)) <= 2 ? true : null));
}

async function reload({ seat }: Scene): Promise<void> {
  await seat.reload();
  await seat.see('log', 'Messages', ({ text }) => text.includes('Line 30'));
}

/**
 * Browsers that call a reload typed show by their count of redirects whether it came from elsewhere: then, a click is asked
 * for, and without one the tab stays out.
 */
async function reloadFromElsewhere({ seat, ann }: Scene): Promise<void> {
  const elsewhere = createServer(({ url }, response) => {
    // A browser asks for an icon some time: sent on to Loom, it would be refused, and complained of.
    if (url !== '/') response.writeHead(404);
    else if (reloaded) response.writeHead(302, { location: `${ann.origin}/` });
    else response.setHeader('content-type', 'text/html');
    response.end('<title>elsewhere</title>');
  });
  let reloaded = false;
  elsewhere.listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  try {
    await seat.goto(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`);
    reloaded = true;
    await seat.reload();
    await seat.see('button', 'Open Loom here');
    await seat.reload();
    await seat.click('button', 'Open Loom here');
    await seat.see('button', 'Add contact');
  } finally {
    elsewhere.close();
    elsewhere.closeAllConnections();
  }
}

/** The tab is back by itself, and sends what was written meanwhile. */
async function outlive({ seat, ann, bob }: Scene): Promise<void> {
  await ann.kill();
  await seat.see('status', 'isn’t answering');
  await seat.send('Written while it was dead');
  await ann.start();
  await open(seat);
  await heard(bob, 'Written while it was dead');
}

async function unlock({ seat, ann }: Scene): Promise<void> {
  await ann.ask((control) => control.request('vault.lock', {}));
  await seat.see('textbox', 'Passphrase', ({ focused }) => focused);
  await seat.page.press(Array.from('wrong'));
  await seat.click('button', 'Unlock');
  await seat.see('alert', 'passphrase');
  await open(seat);
}

async function open(seat: Seat): Promise<void> {
  await seat.write('Passphrase', PASSPHRASE);
  await seat.click('button', 'Unlock');
  await seat.see('button', 'Add contact');
}

async function narrow({ seat }: Scene): Promise<void> {
  await seat.page.resize(500, 800);
  // A click on what is still moving would miss it.
  await seat.until('the new width', async () => (Number(await seat.page.evaluate('innerWidth')) <= 500 ? true : null));
  expect(await seat.page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  await seat.click('link', 'Bob');
  await seat.see('textbox', 'Message');
  expect(await seat.page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
}

async function distanceFromEnd(seat: Seat): Promise<number> {
  const log = `document.querySelector('[role=log]')`;
  return Number(await seat.page.evaluate(`${log}.scrollHeight - ${log}.scrollTop - ${log}.clientHeight`));
}

async function contactCode(daemon: Daemon): Promise<string> {
  const { token } = await daemon.ask((control) => control.request('identity.token', {}));
  return token;
}

/** Bob says something to the only one he knows. */
async function say(bob: Daemon, body: string): Promise<void> {
  await bob.ask(async (control) => {
    const [ann] = await control.request('contact.list', {});
    await control.request('message.send', { conversation: ann!.conversation, body });
  });
}

async function heard(bob: Daemon, body: string): Promise<void> {
  const bodies = (): Promise<readonly string[]> =>
    bob.ask(async (control) => {
      const [ann] = await control.request('contact.list', {});
      if (!ann) return [];
      const { messages } = await control.request('message.page', { conversation: ann.conversation, limit: 50 });
      return messages.map((message) => ('body' in message ? message.body : ''));
    });
  await expect.poll(bodies, { timeout: 60_000 }).toContain(body);
}
