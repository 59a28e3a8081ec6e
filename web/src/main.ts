// First of all, before anything else is evaluated: the code leaves the address.
import './api/entry-code.ts';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { followAppearance } from './composables/appearance.ts';
import { makeRoomForKeyboard, quietMeasuring } from './browser-notices.ts';
import { router } from './router.ts';
import { removeServiceWorkers } from './service-worker-guard.ts';
import { startStores } from './stores/events.ts';
import './styles/tokens.css';
import './styles/base.css';
import { i18n } from './text/text.ts';
import { loadTypeface } from './typeface.ts';

/** No `await` of the module itself: what is loaded later imports from this one script. */
async function start(): Promise<void> {
  const workerFound = await removeServiceWorkers().catch(() => false);
  const app = createApp(App, { workerFound });
  app.use(createPinia()).use(i18n).use(router);
  if (!workerFound) startStores();
  void loadTypeface();
  app.mount('#app');
}

followAppearance();
quietMeasuring();
makeRoomForKeyboard();
void start();
