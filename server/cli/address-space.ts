// V8 reserves some 10 GB of address space for each WebAssembly memory, so that reads beyond it are caught without being
// looked at. Where address space is limited (`ulimit -v`, hosting, sandboxes) that fails, and with it the database. Node has
// a switch for that, which can only be given at its start: Loom then starts itself once more, with it.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { CommandFailure, exitCodes, type ExitCode } from './exit.ts';
import { stopSignals } from './process-lifecycle.ts';

/** Of Node 20.15 and 22.2. */
const SWITCH = '--disable-wasm-trap-handler';
/**
 * Without the switch's guards V8 reserves what a memory may grow to, 2 GB for the database alone. In pages of 64 KiB: room
 * for the 256 MiB of Argon2 that tuning goes up to.
 */
const SWITCHES = [SWITCH, '--wasm-max-mem-pages=5120'];
/** In bytes. Measured: 3.1 GB are enough to open a profile with a passphrase, and with 2.6 GB V8 ends the process. */
const LEAST = 3_500_000_000;

/**
 * Runs this very command again where WebAssembly needs the switch; ends when it ends, and passes on what asks it to stop.
 * @returns how it ended; null when nothing stands in the way here.
 * @throws CommandFailure when there is too little address space even so.
 */
export async function runWithSwitch(): Promise<ExitCode | null> {
  const limit = currentLimit();
  if (limit !== null && limit < LEAST) throw tooLittle();
  const switched = process.execArgv.includes(SWITCH);
  if (canReserve() && (switched || limit === null)) return null;
  if (switched) throw tooLittle();
  return rerun();
}

/** Ends the process that `runWithSwitch` started when the one that started it is gone, however it went. */
export function endWithParent(end: () => void): void {
  if (!process.execArgv.includes(SWITCH) || process.channel == null) return;
  process.once('disconnect', end);
  process.channel.unref();
}

/** Of lib.dom, which a server has no other use for. */
declare const WebAssembly: { readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer } };

function canReserve(): boolean {
  try {
    return new WebAssembly.Memory({ initial: 1 }).buffer.byteLength > 0;
  } catch {
    return false;
  }
}

/** One memory may fit, and the next one not: any limit counts. Systems without this file have none that matters. */
function currentLimit(): number | null {
  try {
    return limitIn(readFileSync('/proc/self/limits', 'latin1'));
  } catch {
    return null;
  }
}

/** @param limits as in `/proc/PID/limits` of Linux: name, soft limit, hard limit, unit. @returns bytes; null: unlimited. */
export function limitIn(limits: string): number | null {
  const bytes = /^Max address space\s+(\d+)/m.exec(limits)?.[1];
  return bytes === undefined ? null : Number(bytes);
}

function rerun(): Promise<ExitCode> {
  const [program = '', ...args] = [...process.execArgv, ...process.argv.slice(1)];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...SWITCHES, program, ...args], {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    });
    for (const signal of stopSignals()) process.on(signal, () => child.kill(signal));
    child.once('error', () => reject(tooLittle()));
    child.once('exit', (code) => resolve(Object.values(exitCodes).find((known) => known === code) ?? exitCodes.failed));
  });
}

function tooLittle(): CommandFailure {
  return new CommandFailure(
    'failed',
    'Too little address space is allowed here (ulimit -v). Loom needs 3.5 GB of it, though it uses far less.',
  );
}
