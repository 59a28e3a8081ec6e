// Every component with its states on one page, for whoever works on them: `npx vite web/gallery --config config/vite.config.ts`.
// It is no part of the build. `?dir=rtl` turns it round.
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { createMemoryHistory, createRouter } from 'vue-router';
import GalleryPage from './GalleryPage.vue';
import '../src/styles/tokens.css';
import '../src/styles/base.css';
import './gallery.css';
import { followAppearance } from '../src/composables/appearance.ts';
import { i18n } from '../src/text/text.ts';
import { loadTypeface } from '../src/typeface.ts';
import { ANN } from './sample.ts';

followAppearance();
document.documentElement.dir = new URLSearchParams(window.location.search).get('dir') ?? 'ltr';

const router = createRouter({
  history: createMemoryHistory(),
  routes: [{ path: '/:rest(.*)*', component: { render: () => null } }],
});
await loadTypeface();
await router.push(`/c/${ANN.id}`);
createApp(GalleryPage).use(createPinia()).use(i18n).use(router).mount(document.body);
