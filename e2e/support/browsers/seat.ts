// Who sits in front of a page: finds by role and name, waits as a person does, presses what can be pressed.
import { setTimeout as wait } from 'node:timers/promises';
import { HEARD, isExpected } from './listening.ts';
import { KEYS, type Point, type RemotePage } from './remote-page.ts';

/** How long something may take to appear: making a key from a passphrase is slow on purpose. */
const PATIENCE_MS = 60_000;
/** Between two looks. */
const LOOK_MS = 50;

/** By selector: only the roles that are asked for. */
const ROLES = {
  alert: '[role=alert]',
  button: 'button, [role=button], summary',
  checkbox: 'input[type=checkbox]',
  dialog: 'dialog[open]',
  heading: 'h1, h2, h3',
  link: 'a[href]',
  log: '[role=log]',
  status: '[role=status]',
  textbox: 'textarea, input:not([type=checkbox], [type=radio], [type=file])',
} as const;

export type Role = keyof typeof ROLES;

interface Found extends Point {
  readonly text: string;
  readonly value: string;
  readonly focused: boolean;
  /** Can be pressed: enabled, and nothing lies on it. */
  readonly free: boolean;
}

/** Runs in the page. @returns what is visible and has this name, or a name that holds it. */
function look(selector: string, name: string): Found | null {
  const nameOf = (element: Element): string => {
    const ids = (element.getAttribute('aria-labelledby') ?? '').split(' ');
    const others = ids.map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
    const labels = [...((element as HTMLInputElement).labels ?? [])].map((label) => label.textContent).join(' ');
    return [element.getAttribute('aria-label'), others.trim(), labels.trim(), element.textContent].find(Boolean) ?? '';
  };
  const fits = [...document.querySelectorAll<HTMLElement>(selector)].filter(
    (element) => element.checkVisibility({ visibilityProperty: true }) && nameOf(element).includes(name),
  );
  const element = fits.find((each) => nameOf(each).trim() === name) ?? fits[0];
  if (!element) return null;
  const pressed = /^(A|BUTTON|INPUT|TEXTAREA|SUMMARY)$/.test(element.tagName);
  if (pressed) element.scrollIntoView({ block: 'nearest' });
  const { left, top, width, height } = element.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + height / 2];
  const onTop = document.elementFromPoint(x, y);
  const labels = [...((element as HTMLInputElement).labels ?? [])];
  const reached = onTop !== null && [element, ...labels].some((each) => each.contains(onTop));
  return {
    x,
    y,
    text: element.innerText,
    value: (element as HTMLInputElement).value,
    focused: document.activeElement === element && document.hasFocus(),
    free: reached && !element.matches(':disabled, [aria-disabled=true]'),
  };
}

export class Seat {
  readonly page: RemotePage;
  readonly #heard: string[] = [];

  constructor(page: RemotePage) {
    this.page = page;
  }

  async goto(url: string): Promise<void> {
    await this.#listen();
    await this.page.goto(url);
  }

  async reload(): Promise<void> {
    await this.#listen();
    await this.page.reload();
  }

  find(role: Role, name: string): Promise<Found | null> {
    const call = `(${look.toString()})(${JSON.stringify(ROLES[role])}, ${JSON.stringify(name)})`;
    return this.page.evaluate(call) as Promise<Found | null>;
  }

  /** Waits until it is there and `fits`. */
  see(role: Role, name: string, fits: (found: Found) => boolean = () => true): Promise<Found> {
    return this.until(`the ${role} “${name}”`, async () => {
      const found = await this.find(role, name);
      return found && fits(found) ? found : null;
    });
  }

  async gone(role: Role, name: string): Promise<void> {
    await this.until(`no ${role} “${name}”`, async () => ((await this.find(role, name)) === null ? true : null));
  }

  /** Waits until it lies still and nothing lies on it, and presses it. */
  async click(role: Role, name: string): Promise<void> {
    let before: Found | null = null;
    const point = await this.see(role, name, (found) => {
      const still = found.free && before?.x === found.x && before.y === found.y;
      before = found;
      return still;
    });
    await this.page.click(point);
  }

  /** Over whatever stands there. */
  async write(name: string, text: string): Promise<void> {
    await this.click('textbox', name);
    await this.see('textbox', name, ({ focused }) => focused);
    await this.page.evaluate('document.activeElement.select()');
    await this.page.press(Array.from(text));
    await this.see('textbox', name, ({ value }) => value === text);
  }

  async send(text: string): Promise<void> {
    await this.write('Message', text);
    await this.page.press([KEYS.enter]);
  }

  /** Asks until there is an answer. @param what it is waited for, for the one who reads that it never came. */
  async until<T>(what: string, ask: () => Promise<T | null>): Promise<T> {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const answer = await ask();
      if (answer !== null) return answer;
      if (performance.now() > end) throw new Error(`never seen: ${what}\n${await this.text()}`);
      await wait(LOOK_MS);
    }
  }

  /** All that can be read. */
  async text(): Promise<string> {
    return String(await this.page.evaluate('document.body.innerText'));
  }

  /** Everything the browser complained of so far, in all its pages. */
  async complaints(): Promise<readonly string[]> {
    await this.#listen();
    return [...this.page.complaints(), ...new Set(this.#heard)];
  }

  async #listen(): Promise<void> {
    const heard = (await this.page.evaluate(HEARD)) as string[];
    this.#heard.push(...heard.filter((complaint) => !isExpected(complaint)));
  }
}
