// What stands on every response, errors included (W11).
import { STATUS_CODES } from 'node:http';

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'none'",
  "frame-src 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
];

const allowed = ['camera', 'microphone', 'clipboard-write', 'fullscreen'];

// Those that Chromium knows on every platform: a name it does not know is a warning in the console of each page.
const forbidden = [
  'accelerometer',
  'autoplay',
  'browsing-topics',
  'clipboard-read',
  'compute-pressure',
  'cross-origin-isolated',
  'display-capture',
  'encrypted-media',
  'gamepad',
  'geolocation',
  'gyroscope',
  'hid',
  'identity-credentials-get',
  'idle-detection',
  'keyboard-map',
  'local-fonts',
  'magnetometer',
  'midi',
  'otp-credentials',
  'payment',
  'picture-in-picture',
  'publickey-credentials-create',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'storage-access',
  'sync-xhr',
  'unload',
  'usb',
  'window-management',
  'xr-spatial-tracking',
];

const permissionsPolicy = [...allowed.map((name) => `${name}=(self)`), ...forbidden.map((name) => `${name}=()`)];

export const securityHeaders = {
  'Content-Security-Policy': contentSecurityPolicy.join('; '),
  'X-Frame-Options': 'DENY',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Origin-Agent-Cluster': '?1',
  'Cache-Control': 'no-store',
  'Permissions-Policy': permissionsPolicy.join(', '),
} as const;

/** In place of no-store, for files whose name is the hash of their content. */
export const IMMUTABLE = 'private, max-age=31536000, immutable';

/** The set as `Name: value` lines, for responses written without Fastify. */
export const headerLines = Object.entries(securityHeaders).map(([name, value]) => `${name}: ${value}`);

/** A whole response with an empty body, for a socket that never reached, or has left, the HTTP server. */
export function emptyResponse(status: number): string {
  return textResponse(status, '');
}

/** The same with a text in it. */
export function textResponse(status: number, text: string): string {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...headerLines];
  const type = text === '' ? [] : ['Content-Type: text/plain; charset=utf-8'];
  const length = `Content-Length: ${Buffer.byteLength(text)}`;
  return [...lines, ...type, length, 'Connection: close', '', text].join('\r\n');
}
