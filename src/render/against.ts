// What the facts of a run would come to by another checklist, in lines: what would differ first, then what nobody can judge.

import type { Rejudged } from '../engine/rejudge.ts';
import { fit, pair, type Page } from './layout.ts';
import { clip, visible } from './text.ts';

/** No text of a step is longer than this, in columns. */
const longestText = 500;
/** How many findings of one step are shown; --json has all. */
const findingsMax = 5;

const titles: readonly (readonly [Rejudged['outcome'], string])[] = [
  ['differs', 'Would differ'],
  ['gone', 'No longer there'],
  ['not-judged', 'Not judged'],
];

/** `all`: also what would be the same. */
export function againstLines(
  page: Page,
  { run, log, against }: { readonly run: string; readonly log: string; readonly against: string },
  rows: readonly Rejudged[],
  all: boolean,
): readonly string[] {
  const { theme } = page;
  const of = (outcome: Rejudged['outcome']): readonly Rejudged[] => rows.filter((row) => row.outcome === outcome);
  const lines = [
    fit(page, `${theme.bold('golive replay')} ${theme.glyphs.dot} what was seen then, by what is expected here`),
    ...pair(page, 2, 'run', run),
    ...pair(page, 2, 'log', log),
    ...pair(page, 2, 'against', against),
  ];
  for (const [outcome, title] of [...titles, ...(all ? [['same', 'The same'] as const] : [])]) {
    const own = of(outcome);
    if (own.length > 0) lines.push('', theme.bold(title), ...own.flatMap((row) => rowLines(page, row)));
  }
  const [differ, gone, blank] = titles.map(([outcome]) => of(outcome).length);
  const undecided = of('same').filter(({ now }) => now === undefined).length;
  const same = `${of('same').length} of ${rows.length - (gone ?? 0)} steps would be the same`;
  const open = undecided === 0 ? '' : `, ${undecided} of them without a verdict, as then`;
  const others = [
    ...(differ ? [`${differ} would differ`] : []),
    ...(gone ? [`${gone} ${gone === 1 ? 'is' : 'are'} no longer there`] : []),
    ...(blank ? [`${blank} not judged, which is no pass`] : []),
  ];
  return [...lines, '', `${[`${same}${open}`, ...others].join('; ')}.`];
}

function rowLines(page: Page, row: Rejudged): readonly string[] {
  const { outcome, step, title, was, accepted, now, why } = row;
  const then = `${was}${accepted === '' ? '' : `, ${accepted}`}`;
  const change = outcome === 'differs' ? `${then} -> ${now ?? ''}` : outcome === 'same' ? (now ?? then) : `was ${then}`;
  const name = `${visible(step)}${title === '' ? '' : `  ${page.theme.dim(visible(title))}`}`;
  const line = (label: string, text: string): readonly string[] =>
    text === '' ? [] : pair(page, 6, label, clip(visible(text), longestText), 10);
  return [fit(page, `  ${change}  ${name}`), ...detailLines(row, line), ...line('why', outcome === 'same' ? '' : why)];
}

function detailLines(
  { outcome, findings, blanks, why }: Rejudged,
  line: (label: string, text: string) => readonly string[],
): readonly string[] {
  if (outcome === 'same' || outcome === 'gone') return [];
  const missed = findings.filter(({ verdict }) => verdict !== 'pass');
  // What passes now is what differs where nothing is missed.
  const told = missed.length > 0 || outcome === 'not-judged' ? missed : findings;
  const left = told.length - findingsMax;
  return [
    ...told
      .slice(0, findingsMax)
      .flatMap(({ expected, observed, hint = '' }) => [
        ...line('expected', expected),
        ...line('observed', observed),
        ...line('hint', hint),
      ]),
    ...(left > 0 ? line('more', `${left} more with --json`) : []),
    ...blanks
      .slice(0, findingsMax)
      .flatMap((blank) => [
        ...line('expected', blank.expected),
        ...(blank.why === why ? [] : line('unknown', blank.why)),
      ]),
  ];
}
