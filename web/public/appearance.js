// Before anything is drawn: the theme and the size of text that this browser was told (web/src/composables/appearance.ts).
/* global document, matchMedia */
(() => {
  const { dataset } = document.documentElement;
  let theme = null;
  let size = null;
  try {
    theme = localStorage.getItem('loom.theme');
    size = localStorage.getItem('loom.textSize');
  } catch {
    // A browser that keeps nothing: as its system has it.
  }
  const dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  dataset.theme = dark ? 'dark' : 'light';
  dataset.size = size ?? 'medium';
})();
