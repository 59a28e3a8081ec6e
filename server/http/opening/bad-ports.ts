// Ports but 0 that browsers open no page on, whatever listens there (Fetch §2.9, "bad port": https://fetch.spec.whatwg.org/#port-blocking).
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

const BAD_PORTS: ReadonlySet<number> = new Set([
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080,
]);

export function isRefusedByBrowsers(port: number): boolean {
  return BAD_PORTS.has(port);
}

/** A free port of 127.0.0.1 that browsers open; another program may be quicker to take it. */
export function freePort(isRefused = isRefusedByBrowsers): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      const free = (): void => void probe.close();
      // Held meanwhile, so that the system offers another.
      if (isRefused(port)) freePort(isRefused).then(resolve, reject).finally(free);
      else probe.close(() => resolve(port));
    });
  });
}
