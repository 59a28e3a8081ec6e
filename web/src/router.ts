import { createRouter, createWebHashHistory } from 'vue-router';
import ConversationRoute from './views/ConversationRoute.vue';
import { loadSettings } from './views/load-settings.ts';
import WelcomeView from './views/WelcomeView.vue';

/** The daemon serves one page; where we are in it stands behind the hash. */
export const router = createRouter({
  history: createWebHashHistory('/'),
  routes: [
    { path: '/', component: WelcomeView },
    { path: '/c/:conversation([0-9a-f]{32})', component: ConversationRoute, props: true },
    { path: '/settings', component: loadSettings },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
});
