import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { VNode } from 'vue';
import { FORMATTED_LENGTH } from '../../../domain/formatting/blocks.ts';
import { drawFormatted } from './formatted-text.ts';

// The one component among them; what it draws is its template's, a text node in `pre` and `code`.
vi.mock('./CodeBlock.vue', () => ({ default: { name: 'CodeBlock' } }));

const payloads = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  "' onmouseover='alert(1)",
  'javascript:alert(1)',
  'JaVaScRiPt://x.example/%0aalert(1)',
  'data:text/html,<script>alert(1)</script>',
  '[x](javascript:alert(1))',
  '![x](https://x.example/p.png)',
  '<https://x.example/>',
  'https://x.example/"onmouseover="alert(1)',
  'https://ann:secret@x.example/',
  'vbscript:msgbox(1) blob:https://x.example/1 file:///etc/passwd',
  '{{ constructor.constructor("alert(1)")() }}',
  '&lt;b&gt;&#60;b&#62;\u003cb\u003e',
  '<a href="javascript:alert(1)">x</a>',
  '</pre></code></div><iframe srcdoc="<script>alert(1)</script>">',
  '\u202e<b>\u2066*x*',
];

/** All that a formatted text may become, and what each may carry. */
const elements: Readonly<Record<string, readonly string[]>> = {
  p: [],
  div: ['dir', 'class'],
  strong: [],
  em: [],
  s: [],
  code: [],
  blockquote: ['dir'],
  ul: [],
  ol: ['start'],
  li: ['dir'],
  a: ['href', 'title', 'target', 'rel'],
  CodeBlock: ['code'],
};

function nameOf({ type }: VNode): string {
  return typeof type === 'string' ? type : ((type as { name?: string }).name ?? 'foreign');
}

/** @returns what is not among the fixed elements. */
function foreign(node: VNode): string[] {
  const [name, props] = [nameOf(node), Object.entries(node.props ?? {})];
  const own = props.flatMap(([key, value]) => {
    if (elements[name]?.includes(key) !== true) return [`${name} ${key}`];
    return key === 'href' && !/^(?:https?:\/\/|mailto:)/.test(value as string) ? [`${key} ${String(value)}`] : [];
  });
  return [...(name in elements ? [] : [name]), ...own, ...childrenOf(node).flatMap((each) => foreign(each))];
}

function childrenOf({ children }: VNode): VNode[] {
  return Array.isArray(children) ? (children as unknown[]).filter(isNode) : [];
}

function isNode(child: unknown): child is VNode {
  return typeof child === 'object' && child !== null;
}

function textOf(node: VNode | string): string {
  if (typeof node === 'string') return node;
  if (nameOf(node) === 'CodeBlock') return String(node.props?.code);
  if (typeof node.children === 'string') return node.children;
  return Array.isArray(node.children) ? (node.children as (VNode | string)[]).map(textOf).join('') : '';
}

function outline(node: VNode | string): string {
  if (typeof node === 'string') return node;
  const inner =
    typeof node.children === 'string' ? node.children : ((node.children ?? []) as VNode[]).map(outline).join('');
  return `<${nameOf(node)}>${inner}</>`;
}

describe('a formatted text', () => {
  it.each([
    ['*a* _b_ ~c~ `d`', '<p><strong>a</> <em>b</> <s>c</> <code>d</></>'],
    ['*see* https://a.example/x_y_z', '<p><strong>see</> <a>https://a.example/x_y_z</></>'],
    ['*one*\ntwo', '<p><strong>one</>\ntwo</>'],
    ['> q\n- i\n1. n', '<div><blockquote><div>q</></><ul><li>i</></><ol><li>n</></></>'],
    ['```\nlet x\n```', '<div><CodeBlock></></>'],
    ['*<img src=x onerror=alert(1)>*', '<p><strong><img src=x onerror=alert(1)></></>'],
  ])('%j', (text, expected) => {
    expect(outline(drawFormatted(text))).toBe(expected);
  });

  it.each([
    '$',
    '*$*',
    '_$_',
    '~$~',
    '`$`',
    '```\n$\n```',
    '```$\n```',
    '> $',
    '- $',
    '1. $',
    '*$',
    '> - *`$`* https://a.example/$',
  ])('is nothing but text nodes and the fixed elements, whatever was written: %j', (around) => {
    for (const payload of payloads) {
      const node = drawFormatted(around.replace('$', () => payload));
      expect(foreign(node)).toEqual([]);
    }
  });

  it('is so for any text, and keeps every letter', () => {
    const piece = fc.oneof(fc.constantFrom('*', '_', '~', '`', '```\n', '> ', '- ', '1. ', '\n', ' '), fc.string());
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('').slice(0, FORMATTED_LENGTH);
        const node = drawFormatted(text);
        expect(foreign(node)).toEqual([]);
        if (text.includes('`')) return;
        const letters = (each: string): string => each.replace(/[^\p{L}]/gu, '');
        expect(letters(textOf(node))).toBe(letters(text));
      }),
    );
  });
});
