/** One line of a list of facts. */
export interface Fact {
  readonly name: string;
  readonly values: readonly string[];
  readonly mono?: boolean;
}
