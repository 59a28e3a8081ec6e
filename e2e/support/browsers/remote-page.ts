// One page of any browser, by the little that all of them can be told from outside: what a hand does, and a look inside.

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface RemotePage {
  /** Loads an address, and waits until it is loaded. */
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  /** Evaluates an expression in the page. @param expression of a value that JSON can hold. */
  evaluate(expression: string): Promise<unknown>;
  /** A press of the mouse's first button. @param point in CSS pixels of the view. */
  click(point: Point): Promise<void>;
  /** One key after the other, to whatever has the focus. @param keys characters, or a value of `KEYS`. */
  press(keys: readonly string[]): Promise<void>;
  /** What the browser said that it should not have, as far as it is known from outside. */
  complaints(): readonly string[];
  /** A picture of what is seen, PNG. */
  picture(): Promise<Buffer>;
  /** The size of the view, in CSS pixels. */
  resize(width: number, height: number): Promise<void>;
  /** Ends the browser. */
  close(): Promise<void>;
}

/** Keys without a character (WebDriver §17.4.2). */
export const KEYS = { enter: '\uE007' } as const;

/** How WebDriver (§17.5) and WebDriver BiDi (input.performActions) are told of keys: in the same words. */
export function keyActions(keys: readonly string[]): object {
  const actions = keys.flatMap((value) => [
    { type: 'keyDown', value },
    { type: 'keyUp', value },
  ]);
  return { type: 'key', id: 'keyboard', actions };
}

/** The same, of a press of the mouse. */
export function clickActions({ x, y }: Point): object {
  const actions = [
    { type: 'pointerMove', x: Math.round(x), y: Math.round(y), duration: 0 },
    { type: 'pointerDown', button: 0 },
    { type: 'pointerUp', button: 0 },
  ];
  return { type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions };
}
