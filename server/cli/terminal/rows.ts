// Lists on the command line.
import type { Terminal } from './terminal.ts';

/**
 * One line each. A row that cannot be put into words is named as such, and the others are printed; it is our bug all the same.
 * @throws what the first of those threw, once all are printed.
 */
export function printRows<T>(terminal: Pick<Terminal, 'print'>, rows: readonly T[], line: (row: T) => string): void {
  const bugs: unknown[] = [];
  for (const row of rows) terminal.print(lineOr(row, line, bugs));
  if (bugs.length > 0) throw bugs[0];
}

function lineOr<T>(row: T, line: (row: T) => string, bugs: unknown[]): string {
  try {
    return line(row);
  } catch (error) {
    bugs.push(error);
    return '(one that cannot be shown)';
  }
}
