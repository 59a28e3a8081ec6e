import type { CallError } from '../../api/pending.ts';

/** Whether a failure is about the file that was named, not about a passphrase or the program. */
export function isOfFile(code: CallError['code']): boolean {
  if (code === 'backup-passphrase') return false;
  return code === 'path-invalid' || /^(?:file|backup|import)-/.test(code);
}
