// Scripts that are loaded when they are wanted. The page names each with its integrity, in a link that does nothing: as a
// module preload it is fetched and checked, and what `import()` then finds is what was checked. Otherwise whoever had
// our port before could have left another script in the browser's cache.

const checked = new Map<string, Promise<void>>();

/** @param name of the module's file, without its ending. @throws Error when it is not what was built. */
export async function importChecked<T>(name: string, load: () => Promise<T>): Promise<T> {
  let check = checked.get(name);
  if (check === undefined) {
    check = fetchChecked(name);
    checked.set(name, check);
    check.catch(() => checked.delete(name)); // Loom may have been away: next time it is asked again.
  }
  await check;
  return load();
}

/** What it shares with others, then itself: one after the other, as a browser may fetch what a script imports, unchecked. */
async function fetchChecked(name: string): Promise<void> {
  // The development server has none, and nothing to check.
  const named = document.querySelectorAll<HTMLLinkElement>(`link[data-later="${name}"]`);
  for (const link of named) await preload(link.cloneNode() as HTMLLinkElement, name);
}

function preload(link: HTMLLinkElement, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove();
      reject(new Error(`${name} is not what was built`));
    };
    link.rel = 'modulepreload';
    document.head.append(link);
  });
}
