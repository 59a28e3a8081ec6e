// What the command line says where a person would ask "and now?".
import { expect, test } from '@playwright/test';
import { loomWeb, place } from '../support/command-line.ts';
import { Daemon } from '../support/daemon.ts';

test('says what is missing, and what there is nothing to do about', async () => {
  const ann = new Daemon('ann');
  try {
    await ann.start();
    await ann.ask((control) => control.request('identity.create', { name: 'Ann', passphrase: '' }));
    expect(await loomWeb([...place(ann), 'lock'])).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(
        /^No passphrase is set, so there is nothing to lock\. “.* passphrase set .*” sets one\.\n$/,
      ),
    });
    expect(await loomWeb([...place(ann), 'send'])).toMatchObject({
      code: 2,
      stderr: 'loom-web: send: CONTACT is missing. Usage: loom-web send CONTACT [TEXT | -] [--reply-to ID]\n',
    });
    expect(await loomWeb([...place(ann), 'add', 'hello', '--name', 'Bob'])).toMatchObject({
      code: 1,
      stderr: 'That isn’t a contact code: it doesn’t start with LOOM-.\n',
    });
  } finally {
    await ann.remove();
  }
});
