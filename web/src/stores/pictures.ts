// Pictures that people gave themselves, for the time they are shown: fetched once, by whose they are.
import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import type { ContactId } from '../../../server/contract/model.ts';
import { useLink } from './daemon.ts';

export type Owner = ContactId | 'me';

interface Kept {
  /** Which of their pictures. */
  readonly id: string;
  /** Null: on its way, or there is none. */
  readonly url: string | null;
}

/** What the first bytes are in base64. The daemon has looked at them, too. */
const types: readonly (readonly [begin: string, type: string])[] = [
  ['iVBORw', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['UklGR', 'image/webp'],
];

function urlFrom(picture: string): string | null {
  const type = types.find(([begin]) => picture.startsWith(begin))?.[1];
  if (type === undefined) return null;
  const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type }));
}

export const usePictures = defineStore('pictures', () => {
  const link = useLink();
  const kept = shallowReactive(new Map<Owner, Kept>());

  function forget(owner: Owner): void {
    const url = kept.get(owner)?.url;
    if (url != null) URL.revokeObjectURL(url);
    kept.delete(owner);
  }

  /** Null: it is not here. */
  function urlOf(owner: Owner, id: string): string | null {
    const known = kept.get(owner);
    return known?.id === id ? known.url : null;
  }

  async function load(owner: Owner, id: string): Promise<void> {
    if (kept.get(owner)?.id === id) return;
    forget(owner);
    kept.set(owner, { id, url: null });
    try {
      const { picture } =
        owner === 'me'
          ? await link.call('identity.picture', {})
          : await link.call('contact.picture', { contact: owner });
      if (kept.get(owner)?.id === id && picture !== null) kept.set(owner, { id, url: urlFrom(picture) });
    } catch {
      // Asked for again when it is shown next.
      if (kept.get(owner)?.id === id) forget(owner);
    }
  }

  function clear(): void {
    for (const owner of [...kept.keys()]) forget(owner);
  }

  return { urlOf, load, forget, clear };
});
