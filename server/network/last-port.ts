// The ports a profile had last: the same addresses tomorrow, when they are free.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `page`: the local door. `peer`: where other people's Looms reach us. */
const files = { page: 'port', peer: 'peer-port' } as const;

export type PortUse = keyof typeof files;

export function readLastPort(folder: string, use: PortUse): number | null {
  try {
    const port = Number(readFileSync(join(folder, files[use]), 'utf8'));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
  } catch {
    return null;
  }
}

/** A convenience: a disk that refuses it does not keep Loom from running. */
export function rememberPort(folder: string, use: PortUse, port: number): void {
  // Not even to write the same: a full disk would keep the empty file that writing begins with.
  if (port === readLastPort(folder, use)) return;
  try {
    writeFileSync(join(folder, files[use]), `${port}\n`, { mode: 0o600 });
  } catch {
    // Another port next time.
  }
}
