// A room of its own: a network namespace whose only adapter is loopback, where Looms find each other by multicast DNS, and a
// browser that sees nothing else. Needs root and `ip netns`; anywhere else the tests that want one say that they did not run.
import { chromium, type Browser, type LaunchOptions } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon } from './daemon.ts';
import { expect, Person } from './fixtures.ts';

let made = 0;

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

export class Room {
  readonly #namespace: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'loom-room-'));
  readonly #people: Person[] = [];
  readonly #browsers: Browser[] = [];

  private constructor(namespace: string) {
    this.#namespace = namespace;
  }

  /** @param what is not tried where there can be none. @returns null then, and says so. */
  static open(what: string): Room | null {
    const namespace = `loom-a${process.pid.toString(36)}${(made += 1)}`;
    try {
      ip('netns', 'add', namespace);
      ip('-n', namespace, 'link', 'set', 'lo', 'up');
      return new Room(namespace);
    } catch {
      console.warn(`SKIPPED: ${what} was not tried. It needs root and ip netns.`);
      return null;
    }
  }

  async browser(options: LaunchOptions): Promise<Browser> {
    const program = join(this.#folder, 'browser');
    const real = options.executablePath ?? chromium.executablePath();
    writeFileSync(program, `#!/bin/sh\nexec ip netns exec ${this.#namespace} '${real}' "$@"\n`);
    chmodSync(program, 0o755);
    const browser = await chromium.launch({ ...options, executablePath: program });
    this.#browsers.push(browser);
    return browser;
  }

  /** With a new Loom, and its first screen open. */
  async person(name: string, browser: Browser): Promise<Person> {
    const place = { command: ['ip', 'netns', 'exec', this.#namespace], options: [] };
    const daemon = new Daemon(name.toLowerCase(), [], place);
    await daemon.start();
    const context = await browser.newContext();
    const person = new Person(name, daemon, context, await context.newPage());
    this.#people.push(person);
    await person.open();
    return person;
  }

  /** Everybody goes. Fails the test when a browser complained. */
  async empty(): Promise<void> {
    const people = this.#people.splice(0);
    for (const { context, daemon } of people) {
      await context.close();
      await daemon.remove();
    }
    for (const browser of this.#browsers.splice(0)) await browser.close();
    for (const { name, complaints } of people) expect(complaints, `what ${name}'s browser complained of`).toEqual([]);
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    ip('netns', 'del', this.#namespace);
  }
}
