// A picture of the samples of a watch window: a line over time with its limit, or a mark for each sample that held or did not.

import { el, told, type Child, type Html } from './html.ts';
import type { Limit, Point, WatchWindow } from './report-watch.ts';
import { shown } from './report-words.ts';
import { clockText } from './due.ts';

/** In a picture so wide more points than this lie on each other: of a group the lowest and the highest stay. */
const pointsMax = 500;
/** So many can be told apart as dots. */
const dotsMax = 60;
const crossesMax = 200;

type Window = Pick<WatchWindow, 'from' | 'to' | 'everyMs'>;

/** A number as it is read: four digits, of which nobody reads more. */
export function numberText(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** The values of a series over time. Where a sample is missing, the line is broken. */
export function seriesPlot(
  points: readonly Point[],
  window: Window,
  { named, series, limit }: { readonly named: string; readonly series: string; readonly limit: Limit | undefined },
): Html {
  const valued = points.flatMap(({ at, value, held }) => (value === undefined ? [] : [{ at, value, held }]));
  const { low, high } = rangeOf([...valued.map(({ value }) => value), ...(limit === undefined ? [] : [limit.value])]);
  const x = (at: number): number => within(((at - window.from) / (window.to - window.from)) * 100);
  const y = (value: number): number => within(96 - ((value - low) / (high - low)) * 92);
  const drawn = thinned(valued);
  const kept = drawn.length === valued.length ? window.everyMs : Number.POSITIVE_INFINITY;
  const runs = runsOf(drawn, kept === 0 ? Number.POSITIVE_INFINITY : kept * 1.5);
  const dots = valued.length <= dotsMax ? valued : runs.filter((run) => run.length === 1).flat();
  const title = `${named}${limit === undefined ? '' : `; limit ${limit.words}`}`;
  return framed(
    window,
    [el('span', {}, numberText(high)), el('span', {}, numberText(low))],
    el(
      'svg',
      { class: 'series', role: 'img' },
      el('title', {}, shown(title, 400)),
      limit === undefined ? undefined : limitOf(limit, x, y),
      el(
        'svg',
        { viewBox: '0 0 100 100', preserveAspectRatio: 'none', width: '100%', height: '100%' },
        runs.map((run) =>
          el('polyline', {
            class: 'line',
            points: run.map(({ at, value }) => `${short(x(at))},${short(y(value))}`).join(' '),
          }),
        ),
      ),
      dots
        .filter(({ held }) => held)
        .map(({ at, value }) => el('circle', { class: 'dot', cx: percent(x(at)), cy: percent(y(value)), r: 2.5 })),
      valued
        .filter(({ held }) => !held)
        .slice(0, crossesMax)
        .map(({ at, value }) => cross(x(at), y(value))),
      limit === undefined
        ? undefined
        : el(
            'text',
            {
              class: 'limit-name',
              x: '99.5%',
              y: percent(y(limit.value)),
              dy: y(limit.value) < 20 ? 14 : -5,
              'text-anchor': 'end',
            },
            `limit ${limit.words}`,
          ),
    ),
    told(series, 60),
  );
}

/** A mark for each sample: a short one where it held, a tall one with a cross where it did not. */
export function marksPlot(points: readonly Point[], window: Window, named: string): Html {
  const x = (at: number): number => within(((at - window.from) / (window.to - window.from)) * 100);
  const step = Math.max(1, Math.ceil(points.length / pointsMax));
  return framed(
    window,
    [el('span', {}, 'did not'), el('span', {}, 'held')],
    el(
      'svg',
      { class: 'marks', role: 'img' },
      el('title', {}, shown(named, 400)),
      points
        .filter(({ held }, at) => held && at % step === 0)
        .map(({ at }) => el('rect', { class: 'held', x: percent(Math.min(x(at), 99.5)), y: 34, width: 2, height: 14 })),
      points
        .filter(({ held }) => !held)
        .slice(0, crossesMax)
        .map(({ at }) => [
          el('rect', { class: 'missed', x: percent(Math.min(x(at), 99.5)), y: 12, width: 2, height: 36 }),
          cross(x(at), 16),
        ]),
    ),
    'samples',
  );
}

function framed({ from, to }: Window, scale: Child, picture: Html, unit: Child): Html {
  return el(
    'div',
    { class: 'frame' },
    el('div', { class: 'scale', 'aria-hidden': 'true' }, scale),
    picture,
    el(
      'p',
      { class: 'axis', 'aria-hidden': 'true' },
      el('span', {}, clockText(from, to)),
      el('span', {}, unit),
      el('span', {}, clockText(to, to)),
    ),
  );
}

/** The side that is not allowed is shaded; what has to be equal has no side. */
function limitOf({ value, words, from, to }: Limit, x: (at: number) => number, y: (value: number) => number): Child {
  const [left, right, level] = [x(from), x(to), y(value)];
  const place = { x: percent(left), width: percent(right - left) };
  const above = words.startsWith('<');
  const shade = above
    ? el('rect', { class: 'forbidden', ...place, y: 0, height: percent(level) })
    : el('rect', { class: 'forbidden', ...place, y: percent(level), height: percent(100 - level) });
  return [
    words.startsWith('=') ? undefined : shade,
    el('line', { class: 'limit', x1: percent(left), x2: percent(right), y1: percent(level), y2: percent(level) }),
  ];
}

function cross(x: number, y: number): Html {
  const path = el('path', { class: 'cross', d: 'M-5-5L5 5M-5 5L5-5' });
  return el('svg', { class: 'at', x: percent(x), y: percent(y) }, path);
}

function rangeOf(values: readonly number[]): { readonly low: number; readonly high: number } {
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  // What cannot be below nothing is drawn from there, as long as that does not press it flat.
  const low = least >= 0 && least <= high * 0.7 ? 0 : least;
  if (high > low) return { low, high };
  // All the same, and the limit with them: somewhere between nothing and the top.
  if (high < 0) return { low: high * 1.25, high: 0 };
  return { low: 0, high: high === 0 ? 1 : high * 1.25 };
}

type Valued = { readonly at: number; readonly value: number; readonly held: boolean };

/** No peak gets lost: of each group the lowest and the highest stay, in their order. */
function thinned(points: readonly Valued[]): readonly Valued[] {
  if (points.length <= pointsMax) return points;
  const size = Math.ceil((points.length * 2) / pointsMax);
  const kept: Valued[] = [];
  for (let from = 0; from < points.length; from += size) {
    const group = points.slice(from, from + size).toSorted((a, b) => a.value - b.value);
    const ends = [group[0], group.at(-1)].flatMap((one) => one ?? []);
    kept.push(...new Set(ends.toSorted((a, b) => a.at - b.at)));
  }
  return kept;
}

function runsOf(points: readonly Valued[], gapMs: number): readonly (readonly Valued[])[] {
  const runs: Valued[][] = [];
  for (const point of points) {
    const last = runs.at(-1)?.at(-1);
    if (last !== undefined && point.at - last.at <= gapMs) runs.at(-1)?.push(point);
    else runs.push([point]);
  }
  return runs;
}

function within(value: number): number {
  return Math.min(100, Math.max(0, Number.isFinite(value) ? value : 0));
}

function short(value: number): string {
  return String(Number(value.toFixed(2)));
}

function percent(value: number): string {
  return `${short(value)}%`;
}
