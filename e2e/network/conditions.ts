// What a network may do to packets, each direction for itself.
export interface Conditions {
  /** Part of all packets that never arrive. */
  readonly loss: number;
  /** ms each way. */
  readonly delay: number;
  /** Up to so many ms more, at random for each packet: later ones overtake. */
  readonly jitter: number;
  /** Part of all packets that arrive twice. */
  readonly duplicates: number;
  /** Nothing arrives. */
  readonly cut: boolean;
  /** Hosts that no packet reaches or leaves, by number from 1: a cable pulled, a machine without power. */
  readonly dark: readonly number[];
}

export const FINE: Conditions = { loss: 0, delay: 0, jitter: 0, duplicates: 0, cut: false, dark: [] };
