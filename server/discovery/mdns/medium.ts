// What stands between us and the neighbours, and who speaks our names on it: sockets of our own (`network.ts`), or the
// responder of the system (`../system/network.ts`). Both take questions and give answers in the form of mDNS messages, so
// that everything above them, with all its bounds, is the same.
import type { DiscoveryReport, DiscoveryStatus } from '../discovery.ts';
import type { Adapter, AdapterLink } from '../../network/adapters.ts';
import type { OwnService } from './dns/own-records.ts';
import type { Message, PointerRecord } from './dns/packet.ts';

export interface Medium {
  /** Those on which someone could hear us. */
  readonly adapters: readonly Adapter[];
  open(): Promise<void>;
  send(link: AdapterLink, bytes: Uint8Array): void;
  readonly announce: Announce;
  report(): DiscoveryReport;
  /** What is on its way still goes out, goodbyes above all. */
  close(): Promise<void>;
}

/** The source of what the system's responder says of itself. */
export const SYSTEM = '';

export interface MediumEvents {
  /** @param source the address it came from. */
  onMessage(message: Message, link: AdapterLink, source: string): void;
  /** Adapters came, went or have other addresses; `reopened`: what was said before may not have been heard. */
  onChange(adapters: readonly Adapter[], before: readonly Adapter[], reopened: boolean): void;
  onStatus(status: DiscoveryStatus): void;
  /** Every few seconds, after the adapters were looked at. */
  onTick(): void;
  /** Whether a label is one of ours. */
  isOwn(label: string): boolean;
  /** Whether an advert is a contact's, or of someone visible. */
  isWanted(label: string): boolean;
}

export type MakeMedium = (events: MediumEvents) => Medium;

/** One name of ours on one adapter. */
export interface Announced {
  readonly label: string;
  /** Our own answer to the question for all, once it is out, where we hear it ourselves. */
  readonly pointer: PointerRecord | null;
  start(): void;
  /** Says a new TXT record from now on. */
  renewText(text: readonly Buffer[]): void;
  /** Says everything again, after a sleep. */
  repeat(): void;
  receive(message: Message, link: AdapterLink, source: string): void;
  /** Keeps the name although someone else uses it too. @returns false: it is lost. */
  defend(): boolean;
  /** Says goodbye where the name was said, and nothing after. */
  withdraw(): void;
  /** Falls silent without a goodbye: the name was never ours. */
  drop(): void;
}

export interface AnnouncementEvents {
  /** The name was said twice, and is said again. */
  readonly onEstablished: () => void;
  /** Someone else speaks under the name. */
  readonly onConflict: () => void;
}

export type Announce = (service: OwnService, adapter: Adapter, events: AnnouncementEvents) => Announced;
