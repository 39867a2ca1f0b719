// The watch windows in the HTML report: each hold as it went, value by value against its limit, or sample by sample.

import { formatDuration } from '../engine/duration.ts';
import { findStep } from '../engine/plan.ts';
import { el, lines, told, type Child, type Html } from './html.ts';
import { anchorOf, badge, linkTo, many, moment, section, table } from './report-html-parts.ts';
import { marksPlot, numberText, seriesPlot } from './report-html-plot.ts';
import type { StepHistory } from './report-history.ts';
import type { Report, Reported, ReportStep } from './report-model.ts';
import { windowsOf, type KeptEvidence, type Plot, type Point, type WatchWindow } from './report-watch.ts';

/** Samples that did not hold and are listed; the picture has all of them. */
const listedMax = 10;

/** Every hold of the run; a sentence where there is none, or where the checklist that says which steps hold is not at hand. */
export function watchHtml(
  report: Report,
  reported: Reported,
  history: ReadonlyMap<string, StepHistory>,
  evidence: KeptEvidence,
): Html {
  const steps = report.phases.flatMap((phase) => phase.steps);
  const holds = steps.flatMap((step) => {
    const windows = windowsOf(step, history.get(step.id), reported, evidence);
    return windows === undefined ? [] : [holdHtml(step, windows, reported)];
  });
  const none =
    reported.plan === undefined
      ? 'Which steps hold for a time stands in the checklist, which is not at hand.'
      : 'No step of this checklist holds for a time.';
  return section('watch', `Watch windows (${holds.length})`, holds.length === 0 ? el('p', {}, none) : lines(holds));
}

function holdHtml(step: ReportStep, windows: readonly WatchWindow[], { plan }: Reported): Html {
  const hold = plan && findStep(plan, step.id)?.hold;
  const rules =
    hold === undefined
      ? ''
      : [
          `holds for ${formatDuration(hold.forMs)}`,
          hold.sample === 'whole' ? 'judged over the whole window' : 'every sample judged',
          ...(hold.tolerate > 0 ? [`${many(hold.tolerate, 'sample')} may fail`] : []),
          `${Math.round(hold.coverage * 1000) / 10}% of the samples have to be there`,
        ].join(', ');
  const since = hold?.since === undefined ? [] : [', counted since ', told(hold.since)];
  return el(
    'article',
    { class: 'hold', 'aria-labelledby': `${anchorOf(step.id)}-watch` },
    el(
      'div',
      {},
      el('h3', { id: `${anchorOf(step.id)}-watch` }, badge(step.word), ' ', linkTo(step), ' ', told(step.title)),
      el('p', { class: 'quiet' }, rules, since),
    ),
    el(
      'div',
      {},
      windows.length === 0 ? el('p', { class: 'lacking' }, 'It was not watched to an end.') : undefined,
      lines(windows.map((window) => windowHtml(window, windows.length))),
    ),
  );
}

function windowHtml(window: WatchWindow, of: number): Html {
  const { attempt, lacking, from, to, expected, obtained, plots } = window;
  const { verdict, ended } = attempt;
  return el(
    'div',
    { class: 'window' },
    of === 1 ? undefined : el('h4', {}, `Attempt ${attempt.attempt} `, verdict === '' ? '' : badge(verdict)),
    attempt.reason === '' ? undefined : el('p', {}, told(attempt.reason)),
    lacking === ''
      ? el(
          'p',
          { class: 'quiet' },
          moment(isoOf(from)),
          ' to ',
          moment(isoOf(to)),
          `, ${obtained} of ${many(expected, 'sample')}, decided `,
          moment(ended),
        )
      : el('p', { class: 'lacking' }, 'No picture of it: ', told(lacking), '. What was found is told at the step.'),
    el(
      'div',
      { class: 'plots' },
      plots.map((plot) => plotHtml(plot, window)),
    ),
  );
}

function plotHtml(plot: Plot, window: WatchWindow): Html {
  const { expected, observed, verdict, series, limit } = plot;
  const points = series === '' ? plot.points : plot.points.filter(({ value }) => value !== undefined);
  const missed = points.filter(({ held }) => !held);
  const values = points.flatMap(({ value }) => value ?? []);
  const last = values.at(-1);
  const numbers =
    values.length === 0
      ? ''
      : `lowest ${numberText(least(values))}, highest ${numberText(most(values))}, last ${numberText(last ?? 0)}`;
  const count = `${many(points.length, 'sample')}${window.judged ? `, ${missed.length} did not hold` : ''}`;
  const named = `${series === '' ? expected : series}: ${[count, numbers].filter((text) => text !== '').join(', ')}`;
  return el(
    'figure',
    { class: 'plot' },
    el(
      'figcaption',
      {},
      verdict === 'pass' || verdict === 'fail' || verdict === 'inconclusive' ? badge(verdict) : undefined,
      ' ',
      el('strong', {}, told(expected, 200)),
      observed === '' ? undefined : el('p', {}, 'Observed: ', told(observed, 500)),
    ),
    points.length === 0 || (series === '' && !window.judged)
      ? el('p', { class: 'lacking' }, 'Nothing was kept of it that could be drawn.')
      : series === ''
        ? marksPlot(points, window, named)
        : seriesPlot(points, window, { named, series, limit }),
    el('p', { class: 'quiet' }, [
      series === '' ? '' : told(series, 100),
      series === '' ? '' : ': ',
      count,
      numbers === '' ? '' : `, ${numbers}`,
    ]),
    series !== '' && limit === undefined
      ? el(
          'p',
          { class: 'quiet' },
          'No limit is drawn: what was judged is worked out of these values, or is no one number.',
        )
      : undefined,
    missedOf(missed),
  );
}

function missedOf(missed: readonly Point[]): Child {
  if (missed.length === 0) return undefined;
  const more = missed.length - listedMax;
  const rows = missed
    .slice(0, listedMax)
    .map(({ at, value }) => [moment(isoOf(at)), value === undefined ? 'did not hold' : numberText(value)]);
  const caption = more > 0 ? `What did not hold; ${more} more are in the evidence` : 'What did not hold';
  return table(caption, ['When', 'Value'], rows, 'missed');
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

function most(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
