import { onBeforeUnmount, onMounted } from 'vue';

/** Told at most this often; ms. Far less than the shortest time after which Loom locks. */
const TELL_MS = 15_000;

const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

/** Tells that the person is there, as long as they use the page. */
export function useActivity(tell: () => void): void {
  let told = -Infinity;

  function notice(): void {
    const now = performance.now();
    if (now - told < TELL_MS) return;
    told = now;
    tell();
  }

  onMounted(() => {
    for (const sign of signs) window.addEventListener(sign, notice, { passive: true, capture: true });
  });
  onBeforeUnmount(() => {
    for (const sign of signs) window.removeEventListener(sign, notice, { capture: true });
  });
}
