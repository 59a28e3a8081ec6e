// What the bench says: one row for each comparison, as a table for people and as JSON for programs.
import { cpus } from 'node:os';
import type { Spread } from './statistics.ts';

export interface Row {
  readonly what: string;
  /** Of `ours` and of the reference alike. */
  readonly unit: '/s' | 'MB/s' | 'ms' | '× the mean' | '% of a core' | 'MB';
  readonly ours: Spread;
  readonly reference: { readonly what: string } & Spread;
  /** What the goal speaks of: ours to the reference, or the difference where the unit is one of cost. */
  readonly ratio: Spread;
  readonly goal: Goal;
  readonly note?: string;
}

export type Goal =
  | { readonly kind: 'at-least'; readonly ratio: number }
  | { readonly kind: 'at-most'; readonly ratio: number }
  /** In the row's unit, above the reference. */
  | { readonly kind: 'at-most-more'; readonly by: number };

/** What a machine is, as far as figures depend on it. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly node: string;
  readonly system: string;
}

export function machine(): Machine {
  const cores = cpus();
  return {
    cores: cores.length,
    cpu: cores[0]?.model.trim() ?? 'unknown',
    node: process.versions.node,
    system: `${process.platform} ${process.arch}`,
  };
}

export function isReached({ goal, ratio }: Row): boolean {
  switch (goal.kind) {
    case 'at-least':
      return ratio.median >= goal.ratio;
    case 'at-most':
      return ratio.median <= goal.ratio;
    case 'at-most-more':
      return ratio.median <= goal.by;
  }
}

/** A Markdown table, columns in line. */
export function table(rows: readonly Row[]): string {
  const head = ['what', 'Loom', 'reference', 'ratio', 'goal', ''];
  const lines = [head, ...rows.map(cells)];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const [first, ...others] = lines.map((line) => join(line.map((cell, column) => cell.padEnd(widths[column] ?? 0))));
  return [first, join(widths.map((width) => '-'.repeat(width))), ...others].join('\n');
}

export function sentence({ cores, cpu, node, system }: Machine): string {
  return `${cores} cores, ${cpu}, Node ${node}, ${system}. Medians, quartiles in brackets; each ratio is the median of ratios measured side by side.`;
}

function cells(row: Row): string[] {
  const { what, unit, ours, reference, ratio, goal, note } = row;
  const more = goal.kind === 'at-most-more';
  return [
    note === undefined ? what : `${what} (${note})`,
    amount(ours, unit),
    `${amount(reference, unit)} ${reference.what}`,
    more ? `${signed(ratio.median)} ${unit}` : `${figure(ratio.median)}× (${figure(ratio.low)}–${figure(ratio.high)})`,
    said(goal, unit),
    isReached(row) ? 'yes' : 'no',
  ];
}

function said(goal: Goal, unit: string): string {
  switch (goal.kind) {
    case 'at-least':
      return `≥ ${goal.ratio}×`;
    case 'at-most':
      return `≤ ${goal.ratio}×`;
    case 'at-most-more':
      return `≤ ${goal.by} ${unit} more`;
  }
}

function amount({ median, low, high }: Spread, unit: string): string {
  const joined = unit === '/s' ? unit : ` ${unit}`;
  return `${figure(median)}${joined} (${figure(low)}–${figure(high)})`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${figure(Math.abs(value))}`;
}

/** Three digits that mean something. */
function figure(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function join(columns: readonly string[]): string {
  return `| ${columns.join(' | ')} |`;
}
