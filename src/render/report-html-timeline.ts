// The timeline in the HTML report: planned against actual, and whose time it was, as pictures and as a table of numbers.

import { el, lines, told, type Child, type Html } from './html.ts';
import { section, table } from './report-html-parts.ts';
import type { Hands } from './report-hands.ts';
import type { TimelineRow } from './report-timeline.ts';
import { shown } from './report-words.ts';
import { lateText, lengthText, minuteText } from './due.ts';

const minuteMs = 60_000;
/** A bar narrower than this, in percent, is not seen. */
const thinnest = 0.6;

interface Told {
  /** In ms; absent while it is not set. */
  readonly t0: number | undefined;
  readonly rehearsal: boolean;
}

/** Both pictures side by side, and the numbers under them. */
export function timelineHtml(rows: readonly TimelineRow[], { t0, rehearsal }: Told): Html {
  if (rows.length === 0)
    return section('timeline', 'Timeline', el('p', {}, 'No phase was opened, so there is nothing to draw.'));
  const scale = scaleOf(rows, t0);
  return section(
    'timeline',
    'Timeline',
    el('div', { class: 'pictures' }, planFigure(rows, scale, t0), handsFigure(rows, rehearsal)),
    numbersOf(rows),
  );
}

interface Scale {
  /** From a time in ms to percent of the width. */
  readonly at: (ms: number) => number;
  readonly from: number;
  readonly to: number;
  /** Whether equal widths are equal times. */
  readonly even: boolean;
}

/**
 * Days lie between phases of minutes: where the shortest would not be seen, every stretch between two moments is drawn as wide as
 * the logarithm of its minutes.
 */
function scaleOf(rows: readonly TimelineRow[], t0: number | undefined): Scale {
  const known = rows.flatMap(({ planned, opened, ended }) => [planned, opened, ended]);
  const moments = [...new Set([...known, t0].flatMap((ms) => ms ?? []))].toSorted((a, b) => a - b);
  const [from = 0, to = 0] = [moments[0], moments.at(-1)];
  const lengths = rows.flatMap(({ opened = 0, ended = 0 }) => (ended > opened ? [ended - opened] : []));
  const even = lengths.every((length) => length * 50 >= to - from);
  const widths = moments.slice(1).map((ms, index) => {
    const length = ms - (moments[index] ?? ms);
    return even ? length : Math.log2(1 + length / minuteMs);
  });
  const total = widths.reduce((sum, width) => sum + width, 0);
  const places = new Map<number, number>();
  let before = 0;
  for (const [index, ms] of moments.entries()) {
    places.set(ms, total === 0 ? 0 : (before / total) * 100);
    before += widths[index] ?? 0;
  }
  return { at: (ms) => places.get(ms) ?? 0, from, to, even };
}

function planFigure(rows: readonly TimelineRow[], scale: Scale, t0: number | undefined): Html {
  const axis = scale.even ? '' : ' Long stretches are drawn shorter than they were: the axis is no ruler.';
  return el(
    'figure',
    {},
    el('h3', {}, 'Planned against actual'),
    lines(rows.map(planRow)),
    el('p', { class: 'axis' }, el('span', {}, minuteText(scale.from)), el('span', {}, minuteText(scale.to))),
    el(
      'figcaption',
      {},
      key('planned', 'planned to begin'),
      key('late', 'between plan and beginning'),
      key('actual', 'open'),
      t0 === undefined ? undefined : key('t0', 'T'),
      axis,
    ),
  );

  function planRow(row: TimelineRow): Html {
    const { planned, opened, ended, lateMs, closed } = row;
    const title = `${nameOf(row)}: ${planText(row)}`;
    return el(
      'div',
      { class: 'lane' },
      el('p', { class: 'lane-name' }, el('span', {}, told(nameOf(row), 120)), ' ', el('small', {}, planText(row))),
      picture(
        'plan',
        title,
        el('rect', { class: 'track', x: '0', y: '11', width: '100%', height: '2' }),
        t0 === undefined ? undefined : upright('t0', scale.at(t0), 0, 24),
        planned === undefined || opened === undefined || Math.abs(lateMs ?? 0) < minuteMs
          ? undefined
          : bar('late', scale.at(Math.min(planned, opened)), scale.at(Math.max(planned, opened)), 10, 4),
        opened === undefined || ended === undefined
          ? undefined
          : bar(closed ? 'actual' : 'actual unclosed', scale.at(opened), scale.at(ended), 5, 14),
        planned === undefined ? undefined : upright('planned', scale.at(planned), 1, 22),
      ),
    );
  }
}

function planText({ planned, opened, ended, closed, lateMs }: TimelineRow): string {
  if (opened === undefined) return planned === undefined ? 'not opened' : `planned ${minuteText(planned)}, not opened`;
  const took = lengthText((ended ?? opened) - opened);
  const late = lateMs === undefined ? '' : `${lateText(lateMs)}, `;
  return `${late}${closed ? `took ${took}` : `open for ${took} when the log ends`}`;
}

const sorts = [
  ['people', 'people'],
  ['both', 'both at once'],
  ['machine', 'machine'],
  ['idle', 'nothing under way'],
] as const;

function handsFigure(rows: readonly TimelineRow[], rehearsal: boolean): Html {
  const known = rows.flatMap(({ hands, ...row }) => (hands === undefined ? [] : [{ ...row, hands }]));
  return el(
    'figure',
    {},
    el('h3', {}, 'People’s time against the machine’s'),
    lines(known.map(({ hands, ...row }) => handsRow(row, hands))),
    el(
      'figcaption',
      {},
      sorts.map(([name, words]) => key(name, words)),
      ' Each bar is the whole time of its phase. People’s time is what can be known of it from the log: from when a question, a gate, a ' +
        'change that waits for the word, a red verdict or a pause stood open, to when it was answered. What is read right before ' +
        'that is in it.',
      rehearsal ? ' The people of a rehearsal may have answered at once.' : undefined,
    ),
  );
}

function handsRow(row: TimelineRow, hands: Hands): Html {
  const total = sorts.reduce((sum, [name]) => sum + hands[name], 0);
  const words = handsText(hands);
  let at = 0;
  const bars = sorts.map(([name]) => {
    const from = at;
    at += total === 0 ? 0 : (hands[name] / total) * 100;
    return at === from ? undefined : bar(name, from, at, 3, 14);
  });
  return el(
    'div',
    { class: 'lane' },
    el('p', { class: 'lane-name' }, el('span', {}, told(nameOf(row), 120)), ' ', el('small', {}, words)),
    picture(
      'hands',
      `${nameOf(row)}: ${words}`,
      el('rect', { class: 'track', x: '0', y: '9', width: '100%', height: '2' }),
      bars,
    ),
  );
}

function handsText(hands: Hands): string {
  const some = sorts
    .filter(([name]) => hands[name] >= 500)
    .map(([name, words]) => `${words} ${lengthText(hands[name])}`);
  return some.length === 0 ? 'no time at all' : some.join(', ');
}

function numbersOf(rows: readonly TimelineRow[]): Html {
  const head = ['Phase', 'Planned', 'Begun', 'Against plan', 'Closed', 'Took', 'People', 'Both', 'Machine', 'Nothing'];
  // Where there is little room it breaks between day and time, and nowhere else.
  const of = (ms: number | undefined): Child =>
    ms === undefined
      ? ''
      : minuteText(ms)
          .split(' ')
          .map((part, at) => [at === 0 ? '' : ' ', el('span', {}, part)]);
  const body = rows.map((row): readonly Child[] => {
    const { planned, opened, ended, closed, lateMs, hands } = row;
    const took = opened === undefined || ended === undefined ? '' : lengthText(ended - opened);
    return [
      told(nameOf(row), 120),
      of(planned),
      opened === undefined ? 'not opened' : of(opened),
      lateMs === undefined ? '' : lateText(lateMs),
      closed ? of(ended) : opened === undefined ? '' : 'left open',
      took,
      ...sorts.map(([name]) => (hands === undefined ? '' : lengthText(hands[name]))),
    ];
  });
  return table('The same in numbers, in UTC', head, body, 'stacks numbers');
}

function nameOf({ at, id, title }: Pick<TimelineRow, 'at' | 'id' | 'title'>): string {
  return `${at === '' ? '' : `${at} `}${title === '' ? id : title}`;
}

function key(name: string, words: string): Html {
  return el('span', { class: 'key' }, swatch(name), ` ${words}`);
}

function swatch(name: string): Html {
  const shape =
    name === 'planned' || name === 't0'
      ? el('rect', { class: name, x: 6, y: 0, width: 2, height: 12 })
      : el('rect', { class: name, x: 0, y: name === 'late' ? 4 : 1, width: 14, height: name === 'late' ? 4 : 10 });
  return el('svg', { class: 'swatch', width: 14, height: 12, 'aria-hidden': 'true' }, shape);
}

function picture(kind: string, title: string, ...children: readonly Child[]): Html {
  return el('svg', { class: kind, role: 'img' }, el('title', {}, shown(title, 300)), children);
}

function bar(kind: string, from: number, to: number, y: number, height: number): Html {
  const width = Math.min(100, Math.max(thinnest, to - from));
  return el('rect', { class: kind, x: percent(Math.min(from, 100 - width)), y, width: percent(width), height });
}

function upright(kind: string, at: number, y: number, height: number): Html {
  return el('rect', { class: kind, x: percent(Math.min(at, 99.6)), y, width: 2, height });
}

function percent(value: number): string {
  return `${Number(value.toFixed(2))}%`;
}
