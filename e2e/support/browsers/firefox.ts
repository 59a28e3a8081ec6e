// Firefox as it is shipped, by WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi/) over its own WebSocket: no driver in
// between.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { openDisplay, type Display } from './display.ts';
import { isExpected, LISTENING } from './listening.ts';
import { clickActions, keyActions, type Point, type RemotePage } from './remote-page.ts';

/** Only the pages under test: nothing is looked for elsewhere, nothing is offered at the first start. */
const PREFERENCES = [
  'user_pref("app.normandy.enabled", false);',
  'user_pref("app.update.disabledForTesting", true);',
  'user_pref("browser.shell.checkDefaultBrowser", false);',
  'user_pref("browser.startup.page", 0);',
  'user_pref("browser.aboutwelcome.enabled", false);',
  'user_pref("datareporting.policy.dataSubmissionEnabled", false);',
  'user_pref("network.captive-portal-service.enabled", false);',
  'user_pref("network.connectivity-service.enabled", false);',
  'user_pref("services.settings.server", "data:,#remote-settings-dummy/v1");',
];

interface Answer {
  readonly id?: number;
  readonly type: string;
  readonly method?: string;
  readonly params?: { readonly level: string; readonly text: string };
  readonly result?: unknown;
  readonly message?: string;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Commands and answers, and what the browser says of its own accord. */
class Connection {
  readonly logged: string[] = [];
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#take(JSON.parse(data.toString()) as Answer));
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('Firefox has ended'));
    });
  }

  static async to(url: string): Promise<Connection> {
    const socket = new WebSocket(`${url}/session`);
    await once(socket, 'open');
    return new Connection(socket);
  }

  send<T = unknown>(method: string, params: object = {}): Promise<T> {
    const id = this.#waiting.size + 1;
    return new Promise<T>((resolve, reject) => {
      const fail = (error: Error): void => reject(new Error(`${method}: ${error.message}`));
      this.#waiting.set(id, { resolve: resolve as (result: unknown) => void, reject: fail });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  #take({ id, type, method, params, result, message }: Answer): void {
    if (method === 'log.entryAdded') this.logged.push(`${params?.level ?? ''}: ${params?.text ?? ''}`);
    const waiting = this.#waiting.get(id ?? 0);
    if (type === 'success') waiting?.resolve(result);
    else if (type === 'error') waiting?.reject(new Error(message));
  }
}

/** Of script.evaluate. */
interface Evaluated {
  readonly result?: { readonly value?: string };
  readonly exceptionDetails?: { readonly text: string };
}

class FirefoxPage implements RemotePage {
  readonly #connection: Connection;
  readonly #context: string;
  readonly #end: () => Promise<void>;

  constructor(connection: Connection, context: string, end: () => Promise<void>) {
    this.#connection = connection;
    this.#context = context;
    this.#end = end;
  }

  async goto(url: string): Promise<void> {
    await this.#send('browsingContext.navigate', { url, wait: 'complete' });
  }

  async reload(): Promise<void> {
    await this.#send('browsingContext.reload', { wait: 'complete' });
  }

  async evaluate(expression: string): Promise<unknown> {
    const target = { context: this.#context };
    const params = { expression: `JSON.stringify(${expression})`, target, awaitPromise: false };
    const { result, exceptionDetails } = await this.#connection.send<Evaluated>('script.evaluate', params);
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return result?.value === undefined ? undefined : JSON.parse(result.value);
  }

  async click(point: Point): Promise<void> {
    await this.#send('input.performActions', { actions: [clickActions(point)] });
  }

  async press(keys: readonly string[]): Promise<void> {
    await this.#send('input.performActions', { actions: [keyActions(keys)] });
  }

  complaints(): readonly string[] {
    return this.#connection.logged.filter((said) => !isExpected(said) && !said.includes('ResizeObserver loop'));
  }

  async picture(): Promise<Buffer> {
    const { data } = await this.#send<{ data: string }>('browsingContext.captureScreenshot', {});
    return Buffer.from(data, 'base64');
  }

  async resize(width: number, height: number): Promise<void> {
    await this.#send('browsingContext.setViewport', { viewport: { width, height } });
  }

  close(): Promise<void> {
    return this.#end();
  }

  #send<T>(method: string, params: object): Promise<T> {
    return this.#connection.send<T>(method, { context: this.#context, ...params });
  }
}

/** @returns the address that it says it listens at. */
function listeningAt(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      const address = /WebDriver BiDi listening on (ws:\S+)/.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`Firefox ended before it listened:\n${said}`)));
  });
}

async function openPage(connection: Connection, end: () => Promise<void>): Promise<RemotePage> {
  await connection.send('session.new', { capabilities: {} });
  await connection.send('session.subscribe', { events: ['log.entryAdded'] });
  await connection.send('script.addPreloadScript', { functionDeclaration: `() => { ${LISTENING} }` });
  // A window of its own: the first has no focus where no window manager gives it any.
  const { context } = await connection.send<{ context: string }>('browsingContext.create', { type: 'window' });
  const page = new FirefoxPage(connection, context, end);
  await page.resize(1280, 800);
  return page;
}

/** @param program such as `firefox-esr`. */
export async function openFirefox(program: string): Promise<RemotePage> {
  const folder = mkdtempSync(join(tmpdir(), 'loom-firefox-'));
  writeFileSync(join(folder, 'user.js'), PREFERENCES.join('\n'));
  const display: Display = await openDisplay();
  const env = { ...process.env, DISPLAY: display.name, HOME: folder, MOZ_CRASHREPORTER_DISABLE: '1' };
  const args = ['--profile', folder, '--no-remote', '--remote-debugging-port=0'];
  const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  const end = async (): Promise<void> => {
    child.kill();
    await ended;
    await display.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    return await openPage(await Connection.to(await listeningAt(child)), end);
  } catch (error) {
    await end();
    throw error;
  }
}
