// The palette and the sheet of shortcuts. Loaded when a person asks for one of them.
export { default as CommandPalette } from '../components/palette/CommandPalette.vue';
export { default as ShortcutSheet } from '../components/palette/ShortcutSheet.vue';
