// The part of the optional package `mdns` 2.7 that Loom uses; it has no types of its own, and need not be installed. It
// speaks to the system's responder by dns_sd: Bonjour, or avahi-daemon behind its layer of that name. What it hands over
// comes from the network, and is unknown until it was checked (`parse-reports.ts`).
declare module 'mdns' {
  import type { EventEmitter } from 'node:events';

  /** An operation of dns_sd, which the library frees when it is stopped. */
  export interface Service extends EventEmitter {
    readonly serviceRef: unknown;
    start(): void;
    stop(): void;
  }

  export type ResolveReply = (
    ref: unknown,
    flags: unknown,
    interfaceIndex: unknown,
    errorCode: unknown,
    fullName: unknown,
    host: unknown,
    port: unknown,
    text: unknown,
  ) => void;

  export type AddressReply = (
    ref: unknown,
    flags: unknown,
    interfaceIndex: unknown,
    errorCode: unknown,
    host: unknown,
    address: unknown,
  ) => void;

  export interface Bindings {
    DNSServiceResolve(
      ref: unknown,
      flags: 0,
      interfaceIndex: number,
      name: string,
      type: string,
      domain: string,
      reply: ResolveReply,
      context: null,
    ): void;
    DNSServiceUpdateRecord(ref: unknown, record: null, flags: 0, text: Buffer, ttl: 0): void;
    /** Not in Avahi's layer. */
    readonly DNSServiceGetAddrInfo?: (
      ref: unknown,
      flags: 0,
      interfaceIndex: number,
      families: number,
      host: string,
      reply: AddressReply,
      context: null,
    ) => void;
    /** Not on Windows. They throw for an adapter that is gone. */
    readonly if_nametoindex?: (name: string) => number;
    readonly if_indextoname?: (index: number) => string;
  }

  export interface AdvertisementOptions {
    readonly name: string;
    readonly domain: string;
    /** Its index. */
    readonly networkInterface: number;
    readonly txtRecord: Buffer;
  }

  export interface Library {
    readonly Advertisement: new (
      type: string,
      port: number,
      options: AdvertisementOptions,
      reply: (error: unknown, service: { readonly name?: unknown }) => void,
    ) => Service;
    /** Emits `serviceUp`, `serviceDown` and `error`. */
    readonly Browser: new (
      type: string,
      options: {
        readonly domain: string;
        /** Its index, or a name. */
        readonly networkInterface: number | string;
        readonly lookupInterfaceNames: false;
        /** What it does with each service before it tells of it, without any bound. On Linux the default ends the process. */
        readonly resolverSequence: readonly never[];
      },
    ) => Service;
    readonly MDNSService: new () => Service;
    readonly isAvahi: boolean;
    loopbackInterface(): number | string;
    readonly dns_sd: Bindings;
  }

  const library: Library;
  export default library;
}
