// In the process of the library: carries out orders by dns_sd, and reports what comes of each.
import { networkInterfaces } from 'node:os';
import type { Library, Service } from 'mdns';
import { askAvahi } from './avahi-socket.ts';
import { DOMAIN, SERVICE_TYPE, isNameConflict } from './dns-sd.ts';
import type { Begin, Order, ReportKind } from './child-protocol.ts';

export type Tell = (id: number, kind: ReportKind, data?: Readonly<Record<string, unknown>>) => void;
type Reply = (kind: ReportKind, data?: Readonly<Record<string, unknown>>) => void;
type Of<Kind extends Begin['kind']> = Extract<Begin, { kind: Kind }>;

/** kDNSServiceProtocol_IPv4 and _IPv6. */
const BOTH_FAMILIES = 3;

export class Operations {
  readonly #library: Library;
  readonly #tell: Tell;
  readonly #services = new Map<number, Service>();

  constructor(library: Library, tell: Tell) {
    this.#library = library;
    this.#tell = tell;
  }

  carryOut(order: Order): void {
    const reply: Reply = (kind, data) => this.#tell(order.id, kind, data);
    try {
      if (order.kind === 'stop') this.#stop(order.id);
      else if (order.kind === 'update') this.#update(order.id, order.text);
      else this.#begin(order.id, order, reply);
    } catch (error) {
      this.#failed(error, reply);
    }
  }

  #begin(id: number, begin: Begin, reply: Reply): void {
    const service = this.#make(begin, reply);
    if (!service) return;
    service.on('error', (error: unknown) => this.#failed(error, reply));
    this.#services.set(id, service);
    service.start();
    if (begin.kind === 'browse') reply('begun');
  }

  #make(begin: Begin, reply: Reply): Service | null {
    switch (begin.kind) {
      case 'browse':
        return this.#browse(begin, reply);
      case 'register':
        return this.#register(begin, reply);
      case 'resolve':
        return this.#resolve(begin, reply);
      case 'find':
        return this.#find(begin, reply);
    }
  }

  #browse({ scope }: Of<'browse'>, reply: Reply): Service {
    const networkInterface = scope === null ? this.#loopback() : this.#indexOf(scope);
    const options = { domain: DOMAIN, networkInterface, lookupInterfaceNames: false, resolverSequence: [] } as const;
    const service = new this.#library.Browser(SERVICE_TYPE, options);
    const told =
      (kind: 'listed' | 'unlisted') =>
      ({ name, interfaceIndex, replyDomain }: Readonly<Record<string, unknown>>) =>
        reply(kind, { name, scope: this.#scopeOf(interfaceIndex), domain: replyDomain });
    service.on('serviceUp', told('listed'));
    service.on('serviceDown', told('unlisted'));
    return service;
  }

  #register({ label, scope, port, text }: Of<'register'>, reply: Reply): Service {
    const networkInterface = this.#indexOf(scope);
    const options = { name: label, domain: DOMAIN, networkInterface, txtRecord: Buffer.from(text, 'base64') };
    return new this.#library.Advertisement(SERVICE_TYPE, port, options, (error, { name }) => {
      // An error comes as the event of that name.
      if (!error) reply('registered', { name });
    });
  }

  #resolve({ label, scope }: Of<'resolve'>, reply: Reply): Service {
    const { MDNSService, dns_sd } = this.#library;
    const service = new MDNSService();
    dns_sd.DNSServiceResolve(
      service.serviceRef,
      0,
      this.#indexOf(scope),
      label,
      SERVICE_TYPE,
      DOMAIN,
      (_ref, _flags, _interface, error, _name, host, port, text) => {
        if (error !== 0) reply('failed');
        else reply('resolved', { host, port, text: Buffer.isBuffer(text) ? text.toString('base64') : null });
      },
      null,
    );
    return service;
  }

  /** By dns_sd where that can. */
  #find({ host }: Of<'find'>, reply: Reply): Service | null {
    const { MDNSService, dns_sd } = this.#library;
    const found = (interfaceIndex: unknown, address: unknown): void =>
      reply('found', { scope: this.#scopeOf(interfaceIndex), address });
    if (!dns_sd.DNSServiceGetAddrInfo) {
      void askAvahi(host).then((all) => {
        for (const { interfaceIndex, address } of all) found(interfaceIndex, address);
      });
      return null;
    }
    const service = new MDNSService();
    dns_sd.DNSServiceGetAddrInfo(
      service.serviceRef,
      0,
      0,
      BOTH_FAMILIES,
      `${host}.`,
      (_ref, _flags, interfaceIndex, error, _host, address) => {
        if (error === 0) found(interfaceIndex, address);
      },
      null,
    );
    return service;
  }

  #update(id: number, text: string): void {
    const service = this.#services.get(id);
    if (!service) return;
    this.#library.dns_sd.DNSServiceUpdateRecord(service.serviceRef, null, 0, Buffer.from(text, 'base64'), 0);
  }

  #stop(id: number): void {
    const service = this.#services.get(id);
    this.#services.delete(id);
    service?.stop();
  }

  #failed(error: unknown, reply: Reply): void {
    reply(isNameConflict(error) ? 'conflict' : 'failed');
  }

  /** Linux, macOS and others write the adapter's name into a scope, Windows its number. */
  #indexOf(scope: string): number {
    return this.#library.dns_sd.if_nametoindex?.(scope) ?? Number(scope);
  }

  /** Avahi has no number for it but the adapter's own. */
  #loopback(): number | string {
    if (!this.#library.isAvahi) return this.#library.loopbackInterface();
    const inner = Object.entries(networkInterfaces()).find(([, all]) => all?.some(({ internal }) => internal));
    return this.#indexOf(inner?.[0] ?? 'lo');
  }

  /** Null for one that is gone. */
  #scopeOf(interfaceIndex: unknown): string | null {
    try {
      const index = Number(interfaceIndex);
      return this.#library.dns_sd.if_indextoname?.(index) ?? String(index);
    } catch {
      return null;
    }
  }
}
