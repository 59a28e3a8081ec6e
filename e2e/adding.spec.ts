// Two people in one room, each with a new Loom and a browser: from the first screen to the first verified message, with what
// they have to do counted, and the time it takes. Looms and browser are in a network namespace whose only adapter is loopback.
// Needs root and `ip netns`; anywhere else it says that it did not run.
import { chromium, type Browser, type LaunchOptions, type Locator, type Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon } from './daemon.ts';
import { expect, Person, test } from './fixtures.ts';

const namespace = `loom-a${process.pid.toString(36)}`;
const here = { command: ['ip', 'netns', 'exec', namespace], options: [] };

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function isPermitted(): boolean {
  try {
    ip('netns', 'add', namespace);
    ip('-n', namespace, 'link', 'set', 'lo', 'up');
    return true;
  } catch {
    console.warn('SKIPPED: adding somebody nearby was not tried. It needs root and ip netns.');
    return false;
  }
}

/** A browser that sees the namespace alone. */
async function browserInside(folder: string, options: LaunchOptions): Promise<Browser> {
  const program = join(folder, 'browser');
  const real = options.executablePath ?? chromium.executablePath();
  writeFileSync(program, `#!/bin/sh\nexec ip netns exec ${namespace} '${real}' "$@"\n`);
  chmodSync(program, 0o755);
  return chromium.launch({ ...options, executablePath: program });
}

/** What people do, counted: a press, or a field filled in and sent. */
class Hands {
  actions = 0;

  async press(target: Locator): Promise<void> {
    this.actions += 1;
    await target.click();
  }

  async fill(field: Locator, text: string, enter: boolean): Promise<void> {
    this.actions += 1;
    await field.pressSequentially(text);
    if (enter) await field.press('Enter');
  }
}

const people: Person[] = [];
const folder = mkdtempSync(join(tmpdir(), 'loom-adding-'));
let browser: Browser | null = null;

async function person(name: string, options: LaunchOptions): Promise<Person> {
  browser ??= await browserInside(folder, options);
  const daemon = new Daemon(name.toLowerCase(), [], here);
  await daemon.start();
  const context = await browser.newContext();
  const made = new Person(name, daemon, context, await context.newPage());
  people.push(made);
  await made.open();
  return made;
}

/** The six digits, as they are read out. */
async function readOut(page: Page): Promise<string> {
  const code = page.getByRole('dialog').getByText(/^The code: /);
  return (await code.innerText()).replaceAll(/\D/gu, '');
}

test.describe('adding somebody', () => {
  test.describe.configure({ mode: 'serial' });

  test.beforeAll(() => {
    test.skip(!isPermitted(), 'needs root and ip netns');
  });

  test.afterEach(async () => {
    for (const { daemon, context } of people) {
      await context.close();
      await daemon.remove();
    }
    for (const { name, complaints } of people.splice(0))
      expect(complaints, `what ${name}'s browser complained of`).toEqual([]);
  });

  test.afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
    try {
      ip('netns', 'del', namespace);
    } catch {
      // It was never made.
    }
  });

  test('from two first screens to a verified message', async ({ launchOptions }) => {
    const [ann, bob] = [await person('Ann', launchOptions), await person('Bob', launchOptions)];
    const hands = new Hands();
    const began = Date.now();
    for (const { name, page } of [ann, bob]) {
      await hands.fill(page.getByRole('textbox', { name: 'Your name' }), name, true);
      await expect(page.getByRole('button', { name: 'Add contact' })).toBeVisible();
    }
    const named = hands.actions;
    await hands.press(ann.page.getByRole('button', { name: 'Let people nearby see me' }));
    await hands.press(bob.page.getByRole('button', { name: 'Add \u2068Ann\u2069 with a code' }));
    await hands.fill(bob.page.getByRole('textbox', { name: 'Six digits' }), await readOut(ann.page), false);
    for (const [who, other] of [
      [ann, 'Bob'],
      [bob, 'Ann'],
    ] as const) {
      await expect(who.page.getByRole('heading', { name: other, exact: true })).toBeVisible();
      await expect(who.page.getByRole('region', { name: other }).getByText('Verified')).toBeVisible();
    }
    const met = hands.actions;
    await expect(bob.page.getByRole('textbox', { name: 'Message' })).toBeFocused();
    await hands.fill(bob.page.getByRole('textbox', { name: 'Message' }), 'So it is you', true);
    await expect(ann.message('So it is you')).toBeVisible();
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    console.log(
      `From two first screens: verified contacts after ${met} actions (${named} of them the names), ` +
        `the first message after ${hands.actions}; ${seconds} s in all.`,
    );
    expect(met).toBeLessThanOrEqual(5);
  });
});
