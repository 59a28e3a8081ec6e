// What a tab keeps over a reload. A browser that is told to store nothing refuses even this: the page then runs from
// memory, and a reload needs a fresh link.

const SESSION = 'loom.session';
const ASK = 'loom.ask';

const memory = new Map<string, string>();

function read(place: string): string | null {
  try {
    return sessionStorage.getItem(place) ?? memory.get(place) ?? null;
  } catch {
    return memory.get(place) ?? null;
  }
}

function keep(place: string, text: string): void {
  memory.set(place, text);
  try {
    sessionStorage.setItem(place, text);
  } catch {
    // In memory it is.
  }
}

function forget(place: string): void {
  memory.delete(place);
  try {
    sessionStorage.removeItem(place);
  } catch {
    // Nothing was kept.
  }
}

export const readSessionText = (): string | null => read(SESSION);
export const keepSessionText = (text: string): void => keep(SESSION, text);
export const forgetSessionText = (): void => forget(SESSION);

/** That this tab has to ask before it lets anybody in; survives a reload, and going back and forth. */
export const readAsk = (): boolean => read(ASK) !== null;
export const keepAsk = (): void => keep(ASK, '1');
export const forgetAsk = (): void => forget(ASK);
