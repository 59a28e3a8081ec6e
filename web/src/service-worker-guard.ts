/**
 * Loom has no service worker: one that controls this page was put there by someone else who had this address before us.
 * Removes any, and returns whether the page must not run because one stood between it and the daemon.
 */
export async function removeServiceWorkers(): Promise<boolean> {
  // Absent where the browser has switched them off.
  const container = (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker;
  if (container === undefined) return false;
  const controlled = container.controller !== null;
  const found = await container.getRegistrations();
  // Asking for its script, which goes past it, tells the daemon: it voids what the worker may have seen.
  await Promise.all(found.map((registration) => registration.update().catch(() => undefined)));
  await Promise.all(found.map((registration) => registration.unregister()));
  if (found.length > 0 && 'caches' in window) {
    for (const name of await caches.keys()) await caches.delete(name);
  }
  return controlled;
}
