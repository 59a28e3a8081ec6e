// WebKitGTK by WebDriver (https://www.w3.org/TR/webdriver2/), over HTTP to WebKitWebDriver, which starts the MiniBrowser that
// comes with it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../../server/http/opening/bad-ports.ts';
import { openDisplay } from './display.ts';
import { LISTENING } from './listening.ts';
import { clickActions, keyActions, type Point, type RemotePage } from './remote-page.ts';

/** How long the driver may take until it listens. */
const START_MS = 15_000;
/** How long a page that is on its way out may take no answer with it, again and again. */
const LEAVING_MS = 15_000;

interface Answer {
  readonly value: unknown;
}

async function ask<T>(url: string, method: 'GET' | 'POST' | 'DELETE', body: object = {}): Promise<T> {
  const response = await fetch(url, { method, ...(method === 'POST' && { body: JSON.stringify(body) }) });
  const { value } = (await response.json()) as Answer;
  if (!response.ok) throw new Error(`${url}: ${JSON.stringify(value)}`);
  return value as T;
}

/** The page went while it was asked: what it would have answered went with it. */
function isLeaving(error: unknown): boolean {
  return error instanceof Error && error.message.includes('before the unload event');
}

/** Asks anew, of the page that comes. @param command that does no harm when it is done twice. */
async function askWhoStays<T>(command: () => Promise<T>): Promise<T> {
  const until = performance.now() + LEAVING_MS;
  for (;;) {
    try {
      return await command();
    } catch (error) {
      if (!isLeaving(error) || performance.now() > until) throw error;
      await wait(50);
    }
  }
}

class WebKitPage implements RemotePage {
  readonly #session: string;
  readonly #end: () => Promise<void>;

  /** @param session the address of it. */
  constructor(session: string, end: () => Promise<void>) {
    this.#session = session;
    this.#end = end;
  }

  async goto(url: string): Promise<void> {
    await ask(`${this.#session}/url`, 'POST', { url });
    await this.#listen();
  }

  async reload(): Promise<void> {
    await ask(`${this.#session}/refresh`, 'POST');
    await this.#listen();
  }

  async evaluate(expression: string): Promise<unknown> {
    const script = `return JSON.stringify(${expression})`;
    const result = await askWhoStays(() =>
      ask<string | null>(`${this.#session}/execute/sync`, 'POST', { script, args: [] }),
    );
    return result === null ? undefined : JSON.parse(result);
  }

  async click(point: Point): Promise<void> {
    await this.#perform(clickActions(point));
  }

  async press(keys: readonly string[]): Promise<void> {
    await this.#perform(keyActions(keys));
  }

  complaints(): readonly string[] {
    // The driver passes nothing on; what the page wrote down is all there is.
    return [];
  }

  async picture(): Promise<Buffer> {
    return Buffer.from(await ask<string>(`${this.#session}/screenshot`, 'GET'), 'base64');
  }

  async resize(width: number, height: number): Promise<void> {
    await ask(`${this.#session}/window/rect`, 'POST', { width, height });
    // The window has a tool bar, so the view is smaller than what was asked for.
    const lacking = height - Number(await this.evaluate('innerHeight'));
    if (lacking > 0) await ask(`${this.#session}/window/rect`, 'POST', { width, height: height + lacking });
  }

  close(): Promise<void> {
    return this.#end();
  }

  /** A press that leads to another page is done, though nobody is left to say so. */
  async #perform(actions: object): Promise<void> {
    try {
      await ask(`${this.#session}/actions`, 'POST', { actions: [actions] });
    } catch (error) {
      if (!isLeaving(error)) throw error;
    }
  }

  async #listen(): Promise<void> {
    await this.evaluate(`(${LISTENING}, 0)`);
  }
}

async function openSession(driver: string, binary: string): Promise<string> {
  const options = { binary, args: ['--automation'] };
  const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': options } };
  const until = performance.now() + START_MS;
  while (!(await fetch(`${driver}/status`).catch(() => null))) {
    if (performance.now() > until) throw new Error('WebKitWebDriver does not listen');
    await wait(50);
  }
  const { sessionId } = await ask<{ sessionId: string }>(`${driver}/session`, 'POST', { capabilities });
  return `${driver}/session/${sessionId}`;
}

/** @param program the driver. @param binary the browser. */
export async function openWebKit(program: string, binary: string): Promise<RemotePage> {
  const folder = mkdtempSync(join(tmpdir(), 'loom-webkit-'));
  const display = await openDisplay();
  const port = await freePort();
  const env = { ...process.env, DISPLAY: display.name, HOME: folder, GDK_BACKEND: 'x11', GTK_A11Y: 'none' };
  const child = spawn(program, [`--port=${port}`], { env, stdio: 'ignore' });
  const ended = once(child, 'exit');
  let session: string | null = null;
  const end = async (): Promise<void> => {
    if (session !== null) await ask(session, 'DELETE').catch(() => undefined);
    child.kill();
    await ended;
    await display.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    session = await openSession(`http://127.0.0.1:${port}`, binary);
    const page = new WebKitPage(session, end);
    await page.resize(1280, 800);
    return page;
  } catch (error) {
    await end();
    throw error;
  }
}

/** How long a page may take until it is there, and then gets to come to rest. */
const THERE_MS = 60_000;
const REST_MS = 2_000;

/**
 * The browser says nothing of its console to its driver, and all of it to who starts it without one.
 * @param isThere whether the page at `url` is there.
 * @returns the lines that loading it leaves on the console.
 */
export async function consoleOfWebKit(binary: string, url: string, isThere: () => boolean): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'loom-webkit-'));
  const display = await openDisplay();
  const env = { ...process.env, DISPLAY: display.name, HOME: folder, GDK_BACKEND: 'x11' };
  // Without a terminal its output would come when it ends, and it is not asked before that.
  const args = ['-o0', binary, '--private', '--enable-write-console-messages-to-stdout=true', url];
  const child = spawn('stdbuf', args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const said: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => said.push(bytes));
  const until = performance.now() + THERE_MS;
  while (!isThere() && performance.now() < until) await wait(100);
  await wait(REST_MS);
  const ended = once(child, 'exit');
  child.kill();
  await ended;
  await display.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  return Buffer.concat(said)
    .toString()
    .split('\n')
    .filter((line) => line.trim() !== '');
}
