// The launcher that the page offers once: put among the programs of a desktop, found there, and taken out in the settings.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon, MAIN } from '../support/daemon.ts';
import { expect, Person, test } from '../support/fixtures.ts';

test('is offered once, put there, and taken out', { tag: '@slow' }, async ({ browser, person }) => {
  const home = mkdtempSync(join(tmpdir(), 'loom-desk-'));
  const desk = ['env', '-u', 'XDG_DATA_HOME', '-u', 'SSH_CONNECTION', '-u', 'SSH_TTY', `HOME=${home}`, 'DISPLAY=:99'];
  const place = { command: desk, options: ['--no-discovery', '--peer-host', '127.0.0.1'] };
  const daemon = new Daemon('ann', [], place);
  const context = await browser.newContext();
  try {
    await daemon.start();
    const ann = new Person('Ann', daemon, context, await context.newPage());
    await ann.begin();
    const offer = ann.page.getByRole('complementary', { name: 'A way back to Loom' });
    await ann.know(await (await person('Bob')).begin(), 'Bob');
    // A way back for what is stored comes first.
    await expect(offer).toHaveCount(0);
    await daemon.ask((control) => control.request('backup.dismiss', {}));
    await offer.getByRole('button', { name: 'Add it' }).click();
    await expect(offer).toHaveCount(0);
    const file = join(home, '.local', 'share', 'applications', 'loom-web-ann.desktop');
    expect(readFileSync(file, 'utf8')).toContain(`Exec=${process.execPath} ${MAIN} open --profile ann --data-dir`);

    await ann.openSettings();
    await ann.page.getByRole('button', { name: 'Take it out' }).click();
    await expect(ann.page.getByRole('button', { name: 'Add it' })).toBeVisible();
    expect(existsSync(file)).toBe(false);
    // Who took it out is not asked again.
    await ann.open();
    await expect(ann.entry('Bob')).toBeVisible();
    await expect(offer).toHaveCount(0);
    expect(ann.complaints).toEqual([]);
  } finally {
    await context.close();
    await daemon.remove();
    rmSync(home, { recursive: true, force: true });
  }
});
