// What a system refuses because it has no more of it, which is nobody's bug: file descriptors, threads, memory.

const CODES: ReadonlySet<unknown> = new Set([
  ...['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM'],
  ...['ERR_WORKER_INIT_FAILED', 'ERR_WORKER_OUT_OF_MEMORY'],
]);

export function isScarcity(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CODES.has(error.code);
}
