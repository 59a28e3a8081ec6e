// Preloaded into a Loom: its wall clock is off by the milliseconds that stand in the file LOOM_TEST_CLOCK. Timers run on.
import { readFileSync } from 'node:fs';

const TrueDate = Date;
const now = () => Math.floor(TrueDate.now() + Number(readFileSync(process.env.LOOM_TEST_CLOCK, 'utf8')));

globalThis.Date = class extends TrueDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [now()] : parts));
  }

  static now() {
    return now();
  }
};
