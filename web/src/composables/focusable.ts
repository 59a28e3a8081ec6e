/** What a component offers that can take the focus. */
export interface Focusable {
  readonly focus: () => void;
}
