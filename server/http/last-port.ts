// The port a profile's page had last: the same address tomorrow, when it is free.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'port';

export function readLastPort(folder: string): number | null {
  try {
    const port = Number(readFileSync(join(folder, FILE), 'utf8'));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
  } catch {
    return null;
  }
}

/** A convenience: a disk that refuses it does not keep Loom from running. */
export function rememberPort(folder: string, port: number): void {
  try {
    writeFileSync(join(folder, FILE), `${port}\n`, { mode: 0o600 });
  } catch {
    // Another port next time.
  }
}
