// YAML's syntax errors in words an author can act on. The parser's own messages describe tokens, and one missing pair of
// quotes makes eight of them: each known trap is recognised by its line and told once.

import type { Scalar } from 'yaml';
import { problemAt, type Place, type Problem, type Source } from './places.ts';

export interface SyntaxError {
  readonly code: string;
  readonly message: string;
  readonly place: Place;
}

interface Explained {
  readonly message: string;
  readonly hint: string;
  /** Where what is meant stands, when it is not where the parser stumbled. */
  readonly line?: number;
  readonly column?: number;
}

/** One problem per trap; what the parser says below a trap is its echo, and is left out. */
export function explainSyntax(source: Source, errors: readonly SyntaxError[]): readonly Problem[] {
  const problems: Problem[] = [];
  const told = new Set<number>();
  let firstTrap = Number.POSITIVE_INFINITY;
  for (const error of errors.toSorted((a, b) => a.place.line - b.place.line)) {
    const { line } = error.place;
    if (told.has(line)) continue;
    const trap = byCode(error) ?? trapIn(source.lines[line - 1] ?? '') ?? trapAbove(source, line, told);
    if (trap === undefined && line >= firstTrap) continue;
    told.add(line);
    if (trap === undefined) {
      problems.push(problemAt(source, error.place, `is not YAML here: ${lowerFirst(error.message)}`));
      continue;
    }
    firstTrap = Math.min(firstTrap, line);
    const place = trap.column === undefined ? error.place : { line: trap.line ?? line, column: trap.column, length: 1 };
    problems.push(problemAt(source, place, trap.message, trap.hint));
  }
  return problems;
}

/** A comment that swallowed the end of its line is noticed by the parser only on the next one. */
function trapAbove(source: Source, line: number, told: Set<number>): Explained | undefined {
  const above = line - 1;
  const trap = told.has(above) ? undefined : commentTrap(source.lines[above - 1] ?? '');
  if (trap === undefined) return undefined;
  told.add(above);
  return { ...trap, line: above };
}

function byCode(error: SyntaxError): Explained | undefined {
  switch (error.code) {
    case 'BAD_DQ_ESCAPE':
      return {
        message: 'inside double quotes YAML reads a backslash as an escape, and does not know this one',
        hint: "put it in single quotes: '^\\d+$'",
      };
    case 'TAG_RESOLVE_FAILED':
      return {
        message: 'a value that begins with ! is a YAML tag, and its text is lost',
        hint: 'quote this path: "!(a.b)"',
      };
    case 'BAD_SCALAR_START':
      return { message: 'a value cannot begin with this character unless it is in quotes', hint: 'quote this value' };
    case 'BAD_ALIAS':
      return { message: 'a value that begins with * is a YAML alias', hint: 'quote this path: "*.name"' };
    case 'DUPLICATE_KEY':
      return { message: 'this key was given before in the same place', hint: 'keep one of the two' };
    case 'TAB_AS_INDENT':
      return { message: 'this line is indented with a tab', hint: 'indent with spaces' };
    case 'MULTIPLE_DOCS':
      return { message: 'a second document begins here', hint: 'a file is one checklist: remove `---`' };
    default:
      return undefined;
  }
}

function trapIn(line: string): Explained | undefined {
  return templateTrap(line) ?? projectionTrap(line) ?? commentTrap(line) ?? bracketTrap(line);
}

/** The line with quoted texts and everything behind a comment blanked out, columns kept. */
function bare(line: string): string {
  const unquoted = line.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/g, (text) => '·'.repeat(text.length));
  return unquoted.replace(/(^|\s)#.*$/, (comment) => ' '.repeat(comment.length));
}

function templateTrap(line: string): Explained | undefined {
  const column = bare(line).indexOf('${');
  if (column < 0) return undefined;
  return { message: '`${…}` inside braces or brackets needs quotes', hint: 'write "${name}"', column: column + 1 };
}

function projectionTrap(line: string): Explained | undefined {
  const match = /[\w-]+(\[[^\]]*\])+/.exec(bare(line));
  if (match === null) return undefined;
  return {
    message: 'a path with [ ] inside braces needs quotes',
    hint: `write "${match[0]}…"`,
    column: match.index + 1,
  };
}

function bracketTrap(line: string): Explained | undefined {
  const match = /:\s+(\[[^\]]*\]\S+)/.exec(bare(line));
  if (match?.[1] === undefined) return undefined;
  const column = match.index + match[0].length - match[1].length + 1;
  return { message: 'a value that begins with [ is a YAML list', hint: 'quote this path', column };
}

function commentTrap(line: string): Explained | undefined {
  const match = /\S(\s+)#([\w-]+)/.exec(line);
  if (match === null) return undefined;
  return {
    message: `\` #${match[2] ?? ''}\` is a YAML comment: the rest of the line is lost`,
    hint: `write DOCUMENT#${match[2] ?? ''} without a space`,
    column: match.index + 2 + (match[1]?.length ?? 0),
  };
}

/** `source: doc #77` is read as `doc`: valid YAML, and the number is gone. */
export function lostComment(
  node: Scalar,
  line: string,
): { readonly message: string; readonly hint: string } | undefined {
  const comment = node.comment?.trimEnd() ?? '';
  if (node.type !== 'PLAIN' || typeof node.value !== 'string' || !/^(\d+|[a-z]+-\d+)\b/.test(comment)) return undefined;
  if (!line.includes(` #${comment}`)) return undefined;
  const number = comment.split(/\s/, 1)[0] ?? '';
  return {
    message: `\` #${number}\` is a YAML comment: this reads as \`${node.value}\` and the number is lost`,
    hint: `write ${node.value}#${number} without a space`,
  };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
