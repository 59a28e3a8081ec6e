// The pair `{ sid, key }` that lets this tab in: it outlives a reload, not the tab.
import type { EntryCode } from './entry-code.ts';
import { parseHex } from './hex.ts';
import { forgetSessionText, keepSessionText, readSessionText } from './tab-storage.ts';

export interface Session {
  /** 16 bytes as hex: names the session. */
  readonly sid: string;
  /** 32 bytes as hex: proves it. */
  readonly key: string;
}

/**
 * What the daemon gave this page, over a proven line, and is in its memory alone: by it the two know each other again after
 * the daemon was restarted. Who had the port meanwhile may have made the browser load other tabs anew, and read their
 * sessions out of their storage.
 */
export interface Keepsake {
  /** Of the session it was given for. */
  readonly sid: string;
  /** 32 bytes as hex. */
  readonly key: string;
}

function parseSession(value: unknown): Session | null {
  if (typeof value !== 'object' || value === null || !('sid' in value) || !('key' in value)) return null;
  const { sid, key } = value;
  if (typeof sid !== 'string' || typeof key !== 'string') return null;
  return parseHex(sid, 16) !== null && parseHex(key, 32) !== null ? { sid, key } : null;
}

export function readSession(): Session | null {
  const text = readSessionText();
  if (text === null) return null;
  try {
    return parseSession(JSON.parse(text));
  } catch {
    return null;
  }
}

export function keepSession(session: Session): void {
  keepSessionText(JSON.stringify(session));
}

export function forgetSession(): void {
  forgetSessionText();
}

export type Redemption =
  | { readonly kind: 'session'; readonly session: Session }
  /** The code was used, is too old, or was never one. */
  | { readonly kind: 'refused' }
  /** Nobody answered. */
  | { readonly kind: 'unreachable' };

/** Exchanges a single-use code for a session. */
export async function redeemCode({ code, launch }: EntryCode): Promise<Redemption> {
  let reply: Response;
  try {
    reply = await fetch('/api/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code, ...(launch && { launch }) }),
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
    });
  } catch {
    return { kind: 'unreachable' };
  }
  if (!reply.ok) return { kind: 'refused' };
  const session = parseSession(await reply.json().catch(() => null));
  return session === null ? { kind: 'refused' } : { kind: 'session', session };
}
