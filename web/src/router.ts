import { createRouter, createWebHashHistory } from 'vue-router';
import ConversationView from './views/ConversationView.vue';
import SettingsView from './views/SettingsView.vue';
import WelcomeView from './views/WelcomeView.vue';

/** The daemon serves one page; where we are in it stands behind the hash. */
export const router = createRouter({
  history: createWebHashHistory('/'),
  routes: [
    { path: '/', component: WelcomeView },
    { path: '/c/:id([0-9a-f]{32})', component: ConversationView, props: true },
    { path: '/settings', component: SettingsView },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
});
