// Backups of an open profile.
import type { Backups } from '../tasks/backups.ts';
import type { Handlers, Named } from './handlers.ts';

export function backupCommands(backups: Backups): Handlers<Named<'backup'>> {
  return {
    'backup.status': () => backups.status(),
    'backup.create': ({ file, passphrase, current }) => backups.create(file, passphrase, current),
    'backup.verify': ({ file, passphrase }) => backups.verify(file, passphrase),
    'backup.schedule': ({ folder, keep, passphrase, current }) => backups.schedule(folder, keep, passphrase, current),
    'backup.unschedule': () => backups.unschedule(),
    'backup.dismiss': () => backups.dismiss(),
  };
}
