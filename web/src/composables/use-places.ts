import { computed, onMounted, shallowRef } from 'vue';
import type { ComputedRef } from 'vue';
import type { BackupPlaces } from '../../../server/contract/model.ts';
import { backupPath, lastName } from '../domain/backup-name.ts';
import { useProfile } from '../stores/profile.ts';
import { useRecovery } from '../stores/recovery.ts';
import { text } from '../text/text.ts';

export interface Place {
  readonly path: string;
  /** As people call it. */
  readonly name: string;
}

/** What a path is wanted for: a new backup, a folder for many, or one that is there. */
export type PathPurpose = 'create' | 'schedule' | 'existing';

/**
 * Places for a backup that a person need not type.
 * @param fill takes the first of them; not called where there is none.
 */
export function usePlaces(purpose: PathPurpose, fill: (path: string) => void): ComputedRef<readonly Place[]> {
  const recovery = useRecovery();
  const profile = useProfile();
  const found = shallowRef<BackupPlaces>({ folders: [], backups: [], separator: '/' });

  const places = computed<readonly Place[]>(() => {
    const { folders, backups, separator } = found.value;
    if (purpose === 'existing') return backups.map((path) => ({ path, name: lastName(path) }));
    return folders.map(({ path, kind }) => ({
      path:
        purpose === 'schedule'
          ? path
          : backupPath({ path, separator }, profile.identity?.name ?? '', Date.now(), backups),
      name: kind === 'home' ? text('back.copy.inHome') : text('back.copy.onRemovable', { name: lastName(path) }),
    }));
  });

  onMounted(async () => {
    // Without them a path is typed, as ever.
    found.value = await recovery.places().catch(() => found.value);
    const [first] = places.value;
    if (first !== undefined) fill(first.path);
  });
  return places;
}
