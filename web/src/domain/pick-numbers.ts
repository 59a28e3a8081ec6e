/** `count` different numbers from 1 to `most`, ascending. @param random from 0 to below 1, as Math.random. */
export function pickNumbers(count: number, most: number, random: () => number): number[] {
  const left = Array.from({ length: most }, (_, index) => index + 1);
  const picked = Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)).flat();
  return picked.sort((a, b) => a - b);
}
