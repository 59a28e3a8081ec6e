// What Loom and the process that holds the native library say to each other. The library is kept apart because it blocks
// while it waits for the system's responder, and because Avahi's layer of dns_sd calls a pointer that it never set when the
// daemon ends while a service is being resolved: that is the end of whatever process it happens in.

/** An operation that goes on until it is stopped. Adapters are named by the scope of their addresses. */
export type Begin =
  /** `scope` null: within this machine, where nothing goes out; it fails when the responder is not there, or goes. */
  | { readonly kind: 'browse'; readonly scope: string | null }
  | {
      readonly kind: 'register';
      readonly label: string;
      readonly scope: string;
      readonly port: number;
      /** The TXT record in base64. */
      readonly text: string;
    }
  | { readonly kind: 'resolve'; readonly label: string; readonly scope: string }
  /** `host` is a sound `.local` name. */
  | { readonly kind: 'find'; readonly host: string };

export type Order = { readonly id: number } & (
  Begin | { readonly kind: 'update'; readonly text: string } | { readonly kind: 'stop' }
);

/** Of an operation, by its id; what else it says is checked where it is read. */
export interface Report {
  readonly id: number;
  readonly kind: ReportKind;
  readonly data: Readonly<Record<string, unknown>>;
}

export type ReportKind =
  /** Of the process itself, with id 0: the library is there; or it is not. */
  | 'ready'
  | 'without'
  /** Of browse: the responder takes part. Then what it lists. */
  | 'begun'
  | 'listed'
  | 'unlisted'
  /** Of register. */
  | 'registered'
  | 'conflict'
  /** Of resolve, whenever it changes. */
  | 'resolved'
  /** Of find, one address. */
  | 'found'
  /** Of each: it will not go on. */
  | 'failed';

export const PROCESS_ID = 0;
