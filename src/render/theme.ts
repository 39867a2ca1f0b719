// How things look: the one table of glyphs, each with its ASCII twin, and the few colours that carry meaning.

import { Chalk } from 'chalk';

/** Colours text. What is given must already be safe to show (`visible`). */
export type Paint = (text: string) => string;

const unicodeGlyphs = {
  pass: '✓',
  fail: '✗',
  error: '!',
  inconclusive: '?',
  skip: '○',
  waived: '~',
  attested: '✎',
  deferred: '…',
  open: '·',
  ask: '?',
  act: '▶',
  gate: '◆',
  run: '›',
  note: '#',
  prompt: '›',
  arrow: '→',
  dot: '·',
  rule: '─',
  ellipsis: '…',
} as const;

/** What a glyph stands for: a verdict, an overlay, a sort of step, or punctuation. */
export type GlyphName = keyof typeof unicodeGlyphs;
export type Glyphs = Readonly<Record<GlyphName, string>>;

const asciiGlyphs: Glyphs = {
  pass: '+',
  fail: 'x',
  error: '!',
  inconclusive: '?',
  skip: 'o',
  waived: '~',
  attested: '@',
  deferred: '.',
  open: '-',
  ask: '?',
  act: '>',
  gate: '*',
  run: '>',
  note: '#',
  prompt: '>',
  arrow: '->',
  dot: '-',
  rule: '-',
  ellipsis: '...',
};

export interface Theme {
  readonly good: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
  readonly dim: Paint;
  readonly bold: Paint;
  readonly accent: Paint;
  readonly glyphs: Glyphs;
}

/**
 * A theme. `colour`: false for none, true for 16 colours, or chalk's level 0 to 3; `unicode`: false gives ASCII glyphs.
 * Whether the terminal can do either is for the caller to know: nothing is read from the environment here.
 */
export function theme(options: { readonly colour: boolean | 0 | 1 | 2 | 3; readonly unicode: boolean }): Theme {
  const level = typeof options.colour === 'boolean' ? (options.colour ? 1 : 0) : options.colour;
  const chalk = new Chalk({ level });
  return {
    good: (text) => chalk.green(text),
    bad: (text) => chalk.red(text),
    warn: (text) => chalk.yellow(text),
    dim: (text) => chalk.dim(text),
    bold: (text) => chalk.bold(text),
    accent: (text) => chalk.cyan(text),
    glyphs: options.unicode ? unicodeGlyphs : asciiGlyphs,
  };
}
