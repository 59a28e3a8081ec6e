// A file as a person reads it in a terminal: its id, what it is, and how far.
import type { Message } from '../../contract/model.ts';
import { printable } from './printable.ts';

export function fileLine({ id, direction, file }: Message & { readonly kind: 'file' }): string {
  const { name, size, state, received, reason, path } = file;
  const way = direction === 'in' ? 'from them' : 'from you';
  const underWay = state === 'moving' || state === 'waiting' || state === 'paused';
  const bytes = underWay ? `${received} of ${size} bytes` : `${size} bytes`;
  const why = reason === undefined ? '' : `, ${reason.replaceAll('-', ' ')}`;
  const where = path === undefined ? '' : `  ${printable(path)}`;
  return `${id}  ${way}  ${state}${why}  ${bytes}  ${printable(name)}${where}`;
}
