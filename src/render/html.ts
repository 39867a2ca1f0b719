// Markup that is HTML and well-formed XML at once, built so that text can only ever be text: strings are escaped, always.

import { shown } from './report-words.ts';

/** Markup that was built here. There is no other way to make one, so no text of others can be taken for it. */
export interface Html {
  readonly markup: string;
}

/** A string is text and will be escaped; nothing is left out for `undefined`. */
export type Child = Html | string | undefined | readonly Child[];
export type Attributes = Readonly<Record<string, string | number | undefined>>;

const voids = new Set(['meta', 'link', 'br', 'col']);
/** Elements of SVG may close themselves; the rest of HTML may not. */
const shapes = new Set(['rect', 'line', 'circle', 'path', 'polyline']);
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** What XML 1.0 has no place for, and HTML no use. */
const noText = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** An element. An attribute that is undefined is left out; an empty one is written. */
export function el(name: string, attributes: Attributes = {}, ...children: readonly Child[]): Html {
  const head = Object.entries(attributes)
    .map(([key, value]) => (value === undefined ? '' : ` ${key}="${escaped(String(value))}"`))
    .join('');
  if (voids.has(name) || shapes.has(name)) return { markup: `<${name}${head}/>` };
  return { markup: `<${name}${head}>${markupOf(children)}</${name}>` };
}

/** Several, with a line feed between them: nobody reads one line of a megabyte. */
export function lines(parts: readonly Html[]): Html {
  return { markup: parts.map(({ markup }) => markup).join('\n') };
}

/** Text of others: made visible, cut, and apart from what stands around it in whatever direction it runs. */
export function told(text: string, most?: number): Html {
  return el('bdi', {}, shown(text, most));
}

/** The same where it is an identifier or what a machine said. */
export function code(text: string, most?: number): Html {
  return el('code', {}, told(text, most));
}

/**
 * A style sheet of our own, as it stands in its element: a hash of this text is what lets it count. It may have nothing that
 * text of XML may not.
 */
export function sheet(css: string): Html {
  if (/[<&]|\]\]>/.test(css)) throw new Error('a style sheet must not have what is markup');
  return { markup: `<style>${css}</style>` };
}

function markupOf(children: readonly Child[]): string {
  return children
    .map((child) => {
      if (child === undefined) return '';
      if (typeof child === 'string') return escaped(child);
      return isList(child) ? markupOf(child) : child.markup;
    })
    .join('');
}

function isList(child: Html | readonly Child[]): child is readonly Child[] {
  return Array.isArray(child);
}

function escaped(text: string): string {
  return (
    text
      .replace(noText, (found) => `\\u${(found.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
      .replace(/[&<>"']/g, (found) => entities[found] ?? '')
      // A CI runner that reads its own output would take `##[…]` for a command.
      .replaceAll('##', '#&#35;')
  );
}
