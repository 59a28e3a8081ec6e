// The calls to dns_sd that every part of the backend makes.

/** As dns_sd wants it (RFC 6763 §7), without a domain. */
export const SERVICE_TYPE = '_loom._tcp';
/**
 * Named wherever dns_sd takes it: left out, the responder would take part in whatever other domains the network
 * suggests (RFC 6763 §11), and ask DNS servers about them.
 */
export const DOMAIN = 'local.';
/** kDNSServiceErr_NameConflict */
const NAME_CONFLICT = -65_548;

export function isNameConflict(error: unknown): boolean {
  return error instanceof Error && 'errorCode' in error && error.errorCode === NAME_CONFLICT;
}
