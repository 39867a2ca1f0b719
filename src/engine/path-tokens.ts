// JMESPath text -> tokens with offsets.

/** `type` is `name`, `number`, `quoted`, `literal`, `end`, or the punctuation itself. */
export interface Token {
  readonly type: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Text that is no path; `offset` counts from 0. */
export interface PathProblem {
  readonly offset: number;
  readonly problem: string;
}

const lexeme =
  /(?<name>[A-Za-z_]\w*)|(?<number>-?\d+)|(?<quoted>"(?:\\.|[^"\\])*")|(?<literal>'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`)|\[\?|\[\]|\|\||&&|[=!<>]=|[<>!|&.*:@,(){}[\]]/y;

/** All tokens, the last of type `end`; or the first place that is no token, with what to write instead. */
export function tokenize(text: string): readonly Token[] | PathProblem {
  const tokens: Token[] = [];
  let offset = 0;
  for (;;) {
    while (' \t\n\r'.includes(text[offset] ?? 'x')) offset++;
    if (offset >= text.length) break;
    lexeme.lastIndex = offset;
    const match = lexeme.exec(text);
    if (match === null) return { offset, problem: strange(text, offset) };
    const groups = match.groups ?? {};
    const type = Object.keys(groups).find((name) => groups[name] !== undefined) ?? match[0];
    tokens.push({ type, text: match[0], start: offset, end: offset + match[0].length });
    offset += match[0].length;
  }
  tokens.push({ type: 'end', text: '', start: text.length, end: text.length });
  return tokens;
}

function strange(text: string, offset: number): string {
  const char = text[offset] ?? '';
  if (char === '=') return 'a single = is no comparison; put the literal under `where:` or a matcher such as `eq:`';
  if (char === '-') {
    return 'a name with a hyphen must be quoted ("a-b"); header facts are written with _ (headers.content_type)';
  }
  if (`"'\``.includes(char)) return `the quote ${char} is not closed`;
  if (char === '$') return 'this is JMESPath, which has no $; start with a field name';
  return `${JSON.stringify(char)} has no meaning in a path`;
}
