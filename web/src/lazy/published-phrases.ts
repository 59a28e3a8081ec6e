// Passphrases that everybody has read of. Each was rolled at random once, and is among the first to be tried ever since.

/** From xkcd 936, the Diceware page, EFF's page on dice, and the articles that made them known. */
const PHRASES = [
  'correct horse battery staple',
  'cleft cam synod lacy yr wok',
  'panoramic nectar precut smith banana handclap',
  'cap liz donna demon self',
  'bang vivo thread duct knob train',
  'brig alert rope welsh foss rang orb',
  'bolt vat frisky fob land hazy rigid',
];

/** How people write several words as one. */
const JOINTS = [' ', '', '-', '_', '.'];

/** A dictionary for the estimator, in lower case. */
export const publishedPhrases: string[] = PHRASES.flatMap((phrase) =>
  JOINTS.map((joint) => phrase.replaceAll(' ', joint)),
);
