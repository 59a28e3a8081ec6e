// The DNS names Loom speaks of (RFC 6763 §4).
import { isLabel } from '../../presence.ts';

export const SERVICE = '_loom._tcp.local';
/** RFC 6763 §9: tools list the types of service by it. */
export const SERVICE_TYPES = '_services._dns-sd._udp.local';

export function instanceName(label: string): string {
  return `${label}.${SERVICE}`;
}

export function hostName(label: string): string {
  return `${label}.local`;
}

/** The label of `<label>._loom._tcp.local`, null for any other name. Names are compared in lower case. */
export function labelOf(name: string): string | null {
  if (!name.endsWith(`.${SERVICE}`)) return null;
  const label = name.slice(0, -SERVICE.length - 1);
  return isLabel(label) ? label : null;
}
