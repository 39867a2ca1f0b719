// A strict reader of XML 1.0 without DTDs, for tests: throws where a parser of a CI server would.

export interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
  /** All text directly in it, with references resolved. */
  readonly text: string;
}

const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const names: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The root of a document. Elements must nest, attributes be there once, references be known, characters be allowed. */
export function strictXml(document: string): Node {
  if (forbidden.test(document)) throw new Error('a character that cannot stand in XML 1.0');
  const body = document.replace(/^<\?xml version="1.0" encoding="UTF-8"\?>\n/, '');
  const token = /<(\/?)([A-Za-z_][\w.-]*)((?:\s+[A-Za-z_][\w.-]*="[^"<]*")*)\s*(\/?)>|[^<]+/y;
  const open: { name: string; attributes: Record<string, string>; children: Node[]; text: string }[] = [];
  const roots: Node[] = [];
  while (token.lastIndex < body.length) {
    const at = token.lastIndex;
    const found = token.exec(body);
    if (found === null) throw new Error(`no XML at ${at}: ${body.slice(at, at + 60)}`);
    const [whole, closing, name = '', attributes = '', empty] = found;
    const top = open.at(-1);
    if (!whole.startsWith('<')) {
      if (whole.includes(']]>')) throw new Error('`]]>` in text');
      if (top !== undefined) top.text += resolved(whole);
      else if (whole.trim() !== '') throw new Error(`text outside of the root: ${whole}`);
    } else if (closing === '/') {
      if (top?.name !== name) throw new Error(`</${name}> closes <${top?.name ?? 'nothing'}>`);
      open.pop();
    } else {
      const node = { name, attributes: attributesOf(attributes), children: [], text: '' };
      (top?.children ?? roots).push(node);
      if (empty === '') open.push(node);
    }
  }
  const [root, ...others] = roots;
  if (root === undefined || others.length > 0 || open.length > 0) throw new Error('there is not one whole root');
  return root;
}

function attributesOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/([\w.-]+)="([^"]*)"/g)) {
    if (Object.hasOwn(found, name)) throw new Error(`${name} is there twice`);
    found[name] = resolved(value);
  }
  return found;
}

function resolved(text: string): string {
  return text.replace(/&(?:#(\d+);|(\w+);)?/g, (whole, code?: string, name?: string) => {
    if (code !== undefined) return String.fromCodePoint(Number(code));
    const character = names[name ?? ''];
    if (character === undefined) throw new Error(`${whole} is no reference`);
    return character;
  });
}
