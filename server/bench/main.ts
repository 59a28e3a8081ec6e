// `npm run bench`: what Loom does on this machine, each thing beside what it is compared with in the same run. Under
// three minutes; `--quick` takes seconds and shows that it runs, `--full` has a million messages, `--json` is for programs.
import { measureEvents } from './browser.ts';
import { measureIdle, measureSenders } from './crowd.ts';
import { measureMany, measureSingly } from './delivery.ts';
import { measureFiles } from './files.ts';
import { measureHandshake } from './handshake.ts';
import { measureHistory } from './history.ts';
import { measureRatchet } from './ratchet.ts';
import { measureSearch } from './search.ts';
import { machine, sentence, table, type Row } from './report.ts';

interface Scale {
  readonly crypto: Parameters<typeof measureRatchet>[0];
  readonly delivery: Parameters<typeof measureMany>[0];
  readonly files: Parameters<typeof measureFiles>[0];
  readonly crowd: Parameters<typeof measureSenders>[0];
  readonly history: Parameters<typeof measureHistory>[0];
  readonly search: Parameters<typeof measureSearch>[0];
  readonly browser: Parameters<typeof measureEvents>[0];
}

const NORMAL: Scale = {
  crypto: { count: 60, ms: 30 },
  delivery: { rounds: 5, singly: 200, many: 10_000, ungrouped: 1000 },
  files: { rounds: 3, mebibytes: 256, messages: 200 },
  crowd: { rounds: 3, senders: 100, messages: 5000, idle: 500, idleSeconds: 30 },
  history: { rounds: 5, long: 100_000, short: 1000, pages: 100 },
  search: { texts: 100_000, rounds: 20 },
  browser: { rounds: 7, events: 500 },
};
const FULL: Scale = {
  ...NORMAL,
  history: { ...NORMAL.history, long: 1_000_000 },
  search: { ...NORMAL.search, texts: 1_000_000 },
};
const QUICK: Scale = {
  crypto: { count: 3, ms: 5 },
  delivery: { rounds: 1, singly: 5, many: 50, ungrouped: 20 },
  files: { rounds: 1, mebibytes: 2, messages: 5 },
  crowd: { rounds: 1, senders: 3, messages: 30, idle: 3, idleSeconds: 1 },
  history: { rounds: 1, long: 300, short: 100, pages: 2 },
  search: { texts: 500, rounds: 1 },
  browser: { rounds: 1, events: 10 },
};

async function measure({ crypto, delivery, files, crowd, history, search, browser }: Scale): Promise<readonly Row[]> {
  return [
    ...(await measureRatchet(crypto)),
    await measureHandshake(crypto),
    await measureSingly(delivery),
    ...(await measureMany(delivery)),
    ...(await measureFiles(files)),
    ...(await measureSenders(crowd)),
    ...(await measureHistory(history)),
    ...(await measureSearch(search)),
    await measureEvents(browser),
    ...(await measureIdle(crowd)),
  ];
}

const wanted = new Set(process.argv.slice(2));
const rows = await measure(wanted.has('--quick') ? QUICK : wanted.has('--full') ? FULL : NORMAL);
if (wanted.has('--json')) console.log(JSON.stringify({ machine: machine(), rows }, null, 2));
else console.log(`${sentence(machine())}\n\n${table(rows)}`);
