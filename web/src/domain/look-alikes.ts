// Names that people would take for each other. Every name is boiled down to a skeleton, and equal skeletons look alike (the
// idea of UTS #39 §4, with the letters that fonts draw as Latin ones instead of its whole table).
import { foldText } from './names.ts';

/** What each letter of the second line looks like stands above it. */
const [LATIN, LIKE] = [
  'aabcccdeeghhiiiiiijjkkllllmnnooooooooppqrssstuuvvvwwxxyyyzzbh',
  'аαвсϲⅽԁеєɡһհіιї1|!јϳкκӏⅼǀ∣мпηоοօ०0٥൦ⲟрρԛгѕꜱ5тυսѵνᴠѡшхχуγүᴢʐьн',
].map((line) => Array.from(line)) as [string[], string[]];

const looks = new Map(LIKE.map((letter, at) => [letter, LATIN[at] ?? letter]));

/** Spaces, marks, and what is not seen make no difference. */
const IGNORED = /[^\p{L}\p{N}\p{Extended_Pictographic}|!∣ǀ]/gu;

/** Asked for every contact whenever one of them changes. */
const known = new Map<string, string>();
const KNOWN = 10_000;

/** Equal for two names that look alike; empty for a name with nothing to be seen. */
export function skeleton(name: string): string {
  let boiled = known.get(name);
  if (boiled === undefined) {
    boiled = boil(name);
    if (known.size >= KNOWN) known.clear();
    known.set(name, boiled);
  }
  return boiled;
}

function boil(name: string): string {
  const letters = Array.from(foldText(name).replaceAll(IGNORED, ''), (letter) => looks.get(letter) ?? letter);
  // `l` and `i` are drawn alike by many fonts, and so are `rn` and `m`.
  return letters.join('').replaceAll('l', 'i').replaceAll('rn', 'm').replaceAll('vv', 'w');
}

interface Named<Id extends string = string> {
  readonly id: Id;
  readonly name: string;
}

/** Those whose name another one's looks like. */
export function twinsOf<Id extends string>(people: Iterable<Named<Id>>): ReadonlySet<Id> {
  const first = new Map<string, Id>();
  const twins = new Set<Id>();
  for (const { id, name } of people) {
    const key = skeleton(name);
    const other = first.get(key);
    if (other === undefined) first.set(key, id);
    else twins.add(other).add(id);
  }
  return twins;
}

/** Someone else whose name this one looks like; undefined: no one's. */
export function doubleOf<T extends Named & { readonly publicKey: string }>(
  people: Iterable<T>,
  { name, publicKey }: { readonly name: string; readonly publicKey: string },
): T | undefined {
  const key = skeleton(name);
  for (const person of people) if (person.publicKey !== publicKey && skeleton(person.name) === key) return person;
  return undefined;
}

/** How many of them have a name that looks like this one. */
export function alikeCount(people: Iterable<{ readonly name: string }>, name: string): number {
  const key = skeleton(name);
  let count = 0;
  for (const person of people) if (skeleton(person.name) === key) count += 1;
  return count;
}
