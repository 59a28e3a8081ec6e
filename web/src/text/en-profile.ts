// Words about what people say of themselves: their picture, a line, the name they go by.
export const profile = {
  name: 'Your name',
  about: 'About you',
  aboutHint: 'A line that your contacts see. Leave it empty for none. Accents and emoji count as more than one letter.',
  left: 'No room left | 1 letter left | {count} letters left',
  over: '1 letter too many | {count} letters too many',
  picture: 'Your picture',
  pictureHint: 'Only your contacts see it. Loom cuts out the middle and makes it small.',
  choose: 'Choose a picture',
  chooseOther: 'Choose another',
  use: 'Use this picture',
  remove: 'Remove picture',
  preview: 'How the picture will look',
  notPicture: 'This file can’t be used as a picture. Choose another.',
  goesBy: 'Goes by “{name}”',
  goesByOther: 'Goes by “{name}”, a name like that of another contact',
};
