// What was checked before the day, one line each with what to do: what is wrong stands out, what is fine is short.

import { pad, type Page } from './layout.ts';
import { columns, visible, wrap } from './text.ts';

const glyphs = { ok: 'pass', bad: 'fail', unknown: 'error' } as const;

/** ok: seen to be fine. bad: seen not to be. unknown: could not be seen, which is never fine. */
export type CheckState = 'ok' | 'bad' | 'unknown';

/** One thing that was checked. */
export interface Check {
  readonly name: string;
  readonly state: CheckState;
  readonly says: string;
  /** What to do about it. */
  readonly todo?: string;
}

/** Checks that belong together, under a title. */
export interface CheckGroup {
  readonly title: string;
  readonly checks: readonly Check[];
}

/** Names of actions are long; what is said of them has to fit beside them. */
const widestShare = 0.38;
/** Where all are short they still stand below one another. */
const narrowest = 12;
const indent = 2;

/** Every group with its checks, no wider than the page. */
export function doctorLines(page: Page, groups: readonly CheckGroup[]): readonly string[] {
  const widest = Math.floor(page.width * widestShare);
  return groups
    .filter(({ checks }) => checks.length > 0)
    .flatMap(({ title, checks }) => {
      const longest = Math.max(...checks.map(({ name }) => columns(visible(name))));
      const width = Math.max(narrowest, Math.min(widest, longest));
      return [page.theme.bold(title), ...checks.flatMap((one) => lines(page, one, width)), ''];
    });
}

function lines(page: Page, { name, state, says, todo }: Check, nameWidth: number): readonly string[] {
  const { theme, width } = page;
  const paint = { ok: theme.good, bad: theme.bad, unknown: theme.warn }[state];
  const glyph = theme.glyphs[glyphs[state]];
  const column = indent + 2 + nameWidth + 2;
  const room = Math.max(20, width - column);
  const shown = visible(name);
  // A name that is too long for its column has the line for itself.
  const alone = columns(shown) > nameWidth;
  const told = wrap(visible(says), room);
  const [first = '', ...rest] = alone ? ['', ...told] : told;
  const head = `${' '.repeat(indent)}${paint(glyph)} ${pad(shown, nameWidth)}  ${first}`.trimEnd();
  const doing =
    todo === undefined ? [] : wrap(visible(todo), room - 2).map((line, at) => (at === 0 ? '→ ' : '  ') + line);
  const arrow = (line: string): string => line.replace('→', theme.glyphs.arrow);
  return [
    head,
    ...[...rest, ...doing.map((line) => theme.accent(arrow(line)))].map((line) => ' '.repeat(column) + line),
  ];
}

/** `18 fine, 1 to repair, 2 not known`, and what that means. */
export function doctorSummary(page: Page, groups: readonly CheckGroup[], next: string): string {
  const all = groups.flatMap(({ checks }) => checks);
  const count = (state: CheckState): number => all.filter((check) => check.state === state).length;
  const [ok, bad, unknown] = [count('ok'), count('bad'), count('unknown')];
  const { theme } = page;
  const counts = [
    `${ok} fine`,
    ...(bad > 0 ? [`${bad} to repair`] : []),
    ...(unknown > 0 ? [`${unknown} not known`] : []),
  ];
  const words = counts.join(', ');
  if (bad > 0) return `${theme.bad('NOT READY')}  ${words}`;
  if (unknown > 0) return `${theme.warn('NOT SURE')}  ${words}`;
  return `${theme.good('READY')}  ${words}: ${visible(next)}`;
}

/** Exit code: 0 when all is fine, 1 when something is wrong, else 2. */
export function doctorExit(groups: readonly CheckGroup[]): 0 | 1 | 2 {
  const states = groups.flatMap(({ checks }) => checks.map(({ state }) => state));
  if (states.includes('bad')) return 1;
  return states.includes('unknown') ? 2 : 0;
}
