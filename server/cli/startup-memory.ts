// Starting compiles and reads far more than running ever touches again. Left alone, V8 takes that for the usual load and
// keeps its young generation at the size it grew to, which is memory an idle Loom holds for nothing.
import { setFlagsFromString } from 'node:v8';

/** How V8 grows its young generation by default: it doubles. */
const USUAL_GROWTH = 2;

/** Runs `work` with a young generation that does not grow; afterwards it grows as the load asks. */
export async function withSmallHeap<T>(work: () => Promise<T>): Promise<T> {
  growBy(1);
  try {
    return await work();
  } finally {
    growBy(USUAL_GROWTH);
  }
}

function growBy(factor: number): void {
  setFlagsFromString(`--semi-space-growth-factor=${String(factor)}`);
}
