import type { Contact } from '../../../../server/contract/model.ts';

/** Never linked, they have not proven their key yet. */
export function canBeIntroduced({ blocked, lastSeen }: Pick<Contact, 'blocked' | 'lastSeen'>): boolean {
  return !blocked && lastSeen !== null;
}
