// A message's formatting as Vue elements: the fixed few below, around text nodes and the links that plain texts have. There
// is no HTML in it at any point, so whatever a contact writes is a text node.
import { h } from 'vue';
import type { FunctionalComponent, VNode } from 'vue';
import { parseBlocks, type Block } from '../../../domain/formatting/blocks.ts';
import type { Inline, Mark } from '../../../domain/formatting/inline.ts';
import { splitText } from '../../../domain/message/text-parts.ts';
import CodeBlock from './CodeBlock.vue';

type Drawn = (VNode | string)[];

const tags: Readonly<Record<Mark, 'strong' | 'em' | 's'>> = { bold: 'strong', italic: 'em', struck: 's' };

/** Each block finds its own direction: a list may hold lines of both. */
const OWN_DIRECTION = { dir: 'auto' } as const;

function drawText(text: string): Drawn {
  return splitText(text).map((part) =>
    part.kind === 'text'
      ? part.text
      : h('a', { href: part.href, title: part.goal, target: '_blank', rel: 'noopener noreferrer' }, part.text),
  );
}

function drawInline(inline: Inline): Drawn {
  switch (inline.kind) {
    case 'text':
      return drawText(inline.text);
    case 'code':
      return [h('code', inline.text)];
    case 'bold':
    case 'italic':
    case 'struck':
      return [h(tags[inline.kind], inline.children.flatMap(drawInline))];
  }
}

function drawLines(lines: readonly (readonly Inline[])[]): Drawn {
  return lines.flatMap((line, at) => [...(at > 0 ? ['\n'] : []), ...line.flatMap(drawInline)]);
}

function drawItems(items: readonly (readonly Inline[])[]): VNode[] {
  return items.map((item) => h('li', OWN_DIRECTION, item.flatMap(drawInline)));
}

function drawBlock(block: Block): VNode {
  switch (block.kind) {
    case 'paragraph':
      return h('div', OWN_DIRECTION, drawLines(block.lines));
    case 'code':
      return h(CodeBlock, { code: block.text });
    case 'quote':
      return h('blockquote', OWN_DIRECTION, block.blocks.map(drawBlock));
    case 'bullets':
      return h('ul', drawItems(block.items));
    case 'numbers':
      return h('ol', { start: block.start }, drawItems(block.items));
  }
}

/** One paragraph shares its last line with what follows it, as a text without formatting does. */
export function drawFormatted(text: string): VNode {
  const blocks = parseBlocks(text);
  const [first] = blocks;
  if (blocks.length === 1 && first?.kind === 'paragraph') return h('p', drawLines(first.lines));
  return h('div', { class: 'blocks' }, blocks.map(drawBlock));
}

export const FormattedText: FunctionalComponent<{ body: string }> = ({ body }) => drawFormatted(body);
FormattedText.props = ['body'];
