/** Coming back to Loom tomorrow. */
export const launcher = {
  label: 'A way back to Loom',
  offer: 'Put Loom in your programs menu, to open it without a terminal?',
  install: 'Add it',
  decline: 'No thanks',
  title: 'Programs menu',
  none: 'Loom among your programs starts it if need be, and opens this page.',
  installed: 'Loom is in your programs menu. It starts Loom if need be, and opens this page.',
  foreign: 'Another program’s file has Loom’s name there, so Loom leaves it alone.',
  remove: 'Take it out',
};
