// Settings. Loaded once everything else is there, or when somebody goes to them.
export { default as SettingsView } from '../views/SettingsView.vue';
