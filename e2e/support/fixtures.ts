// Two people, each with a Loom of their own and a browser of their own. A page fails its test on any script error and on
// anything it puts on the console, but what the browser itself says of a daemon that a test has stopped.
import { test as base, expect, type BrowserContext, type Locator, type Page } from '@playwright/test';
import { Daemon } from './daemon.ts';

export { expect };

/** Making a key from a passphrase is slow on purpose: seconds on a computer that is busy. */
export const KEY_MS = 60_000;

/** Messages that are sent at once. */
const AT_ONCE = 250;

export class Person {
  readonly name: string;
  readonly daemon: Daemon;
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: string[] = [];

  constructor(name: string, daemon: Daemon, context: BrowserContext, page: Page) {
    this.name = name;
    this.daemon = daemon;
    this.context = context;
    this.page = page;
    this.listen(page);
  }

  listen(page: Page): void {
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (!isExpected(message.text())) this.complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on('dialog', (dialog) => this.complaints.push(`a dialog: ${dialog.message()}`));
  }

  async open(): Promise<void> {
    await this.page.goto(await this.daemon.url());
  }

  /** Begins as a person does. */
  async onboard(passphrase = ''): Promise<void> {
    await this.open();
    await this.page.getByRole('textbox', { name: 'Your name' }).fill(this.name);
    await this.page.getByRole('textbox', { name: 'Passphrase' }).fill(passphrase);
    await this.page.getByRole('button', { name: 'Create my identity' }).click();
    await expect(this.page.getByRole('button', { name: 'Add contact' })).toBeVisible({ timeout: KEY_MS });
  }

  /** The same without the first screens, for tests about what comes after them. @returns the own token. */
  async begin(passphrase = ''): Promise<string> {
    const { token } = await this.daemon.ask(async (control) => {
      await control.request('identity.create', { name: this.name, passphrase });
      return control.request('identity.token', {});
    });
    await this.open();
    await expect(this.page.getByRole('button', { name: 'Add contact' })).toBeVisible();
    return token;
  }

  /** Adds without the dialog. */
  async know(token: string, name: string, address?: string): Promise<void> {
    const contact = { token, name, ...(address !== undefined && { address }) };
    await this.daemon.ask((control) => control.request('contact.add', contact));
    await expect(this.entry(name)).toBeVisible();
  }

  /** @returns the dialog that shows the own contact code. */
  async openMyCode(): Promise<Locator> {
    await this.openCard();
    await this.page.getByRole('button', { name: 'My contact code' }).click();
    return this.page.getByRole('dialog', { name: 'My contact code' });
  }

  /** @returns the dialog for adding, where a code is pasted, all of it open. */
  async openCodeForm(): Promise<Locator> {
    await this.page.getByRole('button', { name: 'Add contact' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Add contact' });
    await dialog.getByRole('button', { name: 'I have a code' }).click();
    await dialog.getByText('Advanced').click();
    return dialog;
  }

  async token(): Promise<string> {
    const dialog = await this.openMyCode();
    const field = dialog.getByRole('textbox', { name: 'Contact code' });
    // It comes from the daemon, a moment after the dialog.
    await expect(field).toHaveValue(/^LOOM-/);
    const token = await field.inputValue();
    await this.page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    return token;
  }

  /** What stands behind the own picture. */
  async openCard(): Promise<void> {
    await this.page.getByRole('button', { name: 'You', exact: true }).click();
  }

  async openSettings(): Promise<void> {
    await this.openCard();
    await this.page.getByRole('link', { name: 'Settings' }).click();
  }

  /** Who the open conversation is with; its parts are opened by their buttons. */
  async openDetails(part?: 'Verify' | 'Introduce' | 'Delete'): Promise<Locator> {
    await this.page.getByRole('button', { name: 'Contact details' }).click();
    const panel = this.page.getByRole('complementary', { name: /^About / });
    if (part !== undefined) await panel.getByRole('button', { name: part, exact: true }).click();
    return panel;
  }

  get address(): string {
    return `127.0.0.1:${this.daemon.ready.peerPort}`;
  }

  async add(token: string, name: string, address = ''): Promise<void> {
    const dialog = await this.openCodeForm();
    await dialog.getByRole('textbox', { name: 'Contact code' }).fill(token);
    await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
    await dialog.getByRole('textbox', { name: 'Address' }).fill(address);
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(dialog).toBeHidden();
  }

  /** The contact's entry in the list of conversations. */
  entry(name: string): Locator {
    return this.page.getByRole('list', { name: 'Conversations' }).getByRole('link', { name });
  }

  async openConversation(name: string): Promise<void> {
    await this.entry(name).click();
    await expect(this.page.getByRole('heading', { name })).toBeVisible();
  }

  async send(text: string): Promise<void> {
    const box = this.page.getByRole('textbox', { name: 'Message' });
    await box.fill(text);
    await box.press('Enter');
  }

  /** Sends to the first contact without the page, so many at once as are stored without a wait. @param body by number, from 1. */
  async sendMany(count: number, body: (number: number) => string): Promise<void> {
    await this.daemon.ask(async (control) => {
      const [contact] = await control.request('contact.list', {});
      if (!contact) throw new Error('nobody to send to');
      const { conversation } = contact;
      for (let sent = 0; sent < count; sent += AT_ONCE) {
        const numbers = Array.from({ length: Math.min(AT_ONCE, count - sent) }, (_, at) => sent + at + 1);
        await Promise.all(
          numbers.map((number) => control.request('message.send', { conversation, body: body(number) })),
        );
      }
    });
  }

  get log(): Locator {
    return this.page.getByRole('log', { name: 'Messages' });
  }

  message(text: string): Locator {
    return this.log.getByText(text, { exact: true });
  }
}

interface Fixtures {
  /** A person with a running Loom and an empty browser. */
  person: (name: string, options?: readonly string[], home?: string) => Promise<Person>;
  /** Ann and Bob have each other as contacts, are linked, and look at their conversation. */
  friends: { ann: Person; bob: Person };
}

export const test = base.extend<Fixtures>({
  person: async ({ browser }, use) => {
    const people: Person[] = [];
    await use(async (name, options, home) => {
      const daemon = new Daemon(name.toLowerCase(), options, undefined, home);
      await daemon.start();
      const context = await browser.newContext();
      const person = new Person(name, daemon, context, await context.newPage());
      people.push(person);
      return person;
    });
    await Promise.all(
      people.map(async ({ context, daemon }) => {
        await context.close();
        await daemon.remove();
      }),
    );
    for (const { name, complaints } of people) expect(complaints, `what ${name}'s browser complained of`).toEqual([]);
  },

  friends: async ({ person }, use) => {
    const [ann, bob] = await Promise.all([person('Ann'), person('Bob')]);
    const [annToken, bobToken] = await Promise.all([ann.begin(), bob.begin()]);
    await bob.know(annToken, 'Ann');
    await ann.know(bobToken, 'Bob', bob.address);
    await meet(ann, bob);
    await use({ ann, bob });
  },
});

/** Two who have just started add each other as people do, and meet. */
export async function befriend(ann: Person, bob: Person): Promise<void> {
  await ann.onboard();
  await bob.onboard();
  await bob.add(await ann.token(), 'Ann');
  await ann.add(await bob.token(), 'Bob', bob.address);
  await meet(ann, bob);
}

async function meet(ann: Person, bob: Person): Promise<void> {
  await ann.openConversation('Bob');
  await bob.openConversation('Ann');
  await expect(ann.entry('Bob')).toHaveAccessibleName(/online/i);
  await expect(bob.entry('Ann')).toHaveAccessibleName(/online/i);
}

/** The browser's own words about requests that nobody answered, or that were refused. */
function isExpected(complaint: string): boolean {
  return /Failed to load resource|WebSocket connection/.test(complaint);
}
