// What an amended checklist changes in a run, for somebody who has to say yes to it at three in the morning.

import type { Amendment, ChangedStep } from '../engine/amend.ts';
import type { Difference } from '../engine/difference.ts';
import { formatDuration } from '../engine/duration.ts';
import type { Bodies } from '../engine/events.ts';
import type { Plan, Step } from '../engine/plan.ts';
import { everyStep } from '../engine/uses.ts';
import { pair, someIds, type Page } from './layout.ts';
import { clip } from './text.ts';

/** How many places of one step are told before the rest is only counted. */
const placesMax = 6;
/** Columns one value may take. */
const valueMax = 100;

/** Follows from something else that is shown. */
const derived = /^(?:nature|readers|probes|(?:work\.)?call\.words|work\.type)(?:$|[.[])/;
/** Where the parts of a step stand in the plan; they are told as they stand in the file. */
const inPlan = /^work\.(?:call\.args\.|call\.|ask\.)?/;

/** The difference, what is judged again, what stays, and why it may not be: `refused`, in sentences. */
export function amendLines(
  page: Page,
  after: Plan,
  amendment: Amendment,
  more: { readonly notes: readonly string[]; readonly refused: readonly string[] },
): readonly string[] {
  const { theme } = page;
  const row = (name: string, text: string): readonly string[] =>
    text === '' ? [] : pair(page, 2, name, text, 14, theme.bold);
  const differ = [
    ...amendment.clock.map(({ phase, before, after: now }) => `${phase}  at: ${before} ${theme.glyphs.arrow} ${now}`),
    ...amendment.probes.flatMap(({ name, differences }) => placesOf(page, name, differences)),
    ...amendment.changed.flatMap((change) => changeOf(page, change)),
    ...amendment.moved.map(({ id }) => `${id}  stands elsewhere in the order`),
  ];
  return [
    ...differ.flatMap((text) => pair(page, 2, '~', text, 2, theme.warn)),
    ...amendment.added.flatMap((step) => pair(page, 2, '+', bare(step), 2, theme.good)),
    ...amendment.removed.flatMap((step) => pair(page, 2, '-', bare(step), 2, theme.bad)),
    ...(differ.length + amendment.added.length + amendment.removed.length === 0
      ? pair(page, 2, theme.glyphs.dot, 'No step is another one: only what is around them.', 2)
      : []),
    ...more.notes.flatMap((note) => pair(page, 2, theme.glyphs.note, note, 2)),
    ...row('judged again', againText(after, amendment)),
    ...row('opens again', amendment.reopen.join(', ')),
    ...row('kept', amendment.kept === 1 ? '1 verdict' : `${amendment.kept} verdicts`),
    ...more.refused.flatMap((reason) => pair(page, 2, 'refused', reason, 14, theme.bad)),
  ];
}

/** An amendment as it stands in the log, in one sentence. */
export function amendedText({ by, second, reason, touched }: Bodies['checklist.amend']): string {
  const agreed = second === '' ? '' : `, agreed to by ${second}`;
  const again = touched.length === 0 ? '' : `; touched: ${someIds(touched.map((id) => ({ id })))}`;
  return `checklist amended by ${by}${agreed}: ${reason}${again}`;
}

function bare({ id, title, severity }: Step): string {
  return `${id}  ${title}${severity === 'critical' ? ' (critical)' : ''}`;
}

/** Only what has been judged, asked or sent is so once more. */
function againText(after: Plan, { changed, moved, again }: Amendment): string {
  const ids = new Set([...changed.flatMap((one) => (one.reworded ? [] : [one.after])), ...moved, ...again].map(idOf));
  const how = { looks: '', changes: '', pokes: ' (sent again)', asks: ' (asked again)', decides: ' (polled again)' };
  const steps = everyStep(after).filter(({ id }) => ids.has(id));
  return someIds(steps.map(({ id, nature }) => ({ id: `${id}${how[nature]}` })));
}

function idOf({ id }: Step): string {
  return id;
}

function changeOf(page: Page, { after, differences, probes, reworded }: ChangedStep): readonly string[] {
  const places = placesOf(page, after.id, differences);
  const reads = probes.length === 0 ? [] : [`${after.id}  reads ${probes.join(', ')}`];
  return [...places, ...reads].map((text) => (reworded ? `${text}  (words only: its verdict stays)` : text));
}

function placesOf(page: Page, id: string, differences: readonly Difference[]): readonly string[] {
  const own = differences.filter(({ path }) => !derived.test(path));
  const told = (own.length === 0 ? differences : own).map((place) => `${id}  ${placeText(page, place)}`);
  const rest = told.length - placesMax;
  return rest > 0 ? [...told.slice(0, placesMax), `${id}  and in ${rest} more places`] : told;
}

function placeText({ theme }: Page, { path, before, after }: Difference): string {
  const name = path
    .replace(inPlan, '')
    .replace(/^call\.args\./, '')
    .replace(/Ms(?=$|\.)/, '');
  const isTime = /Ms(?:$|\.)/.test(path);
  return `${name}: ${valueText(before, isTime)} ${theme.glyphs.arrow} ${valueText(after, isTime)}`;
}

function valueText(value: unknown, isTime: boolean): string {
  if (value === undefined) return '(none)';
  if (isTime && typeof value === 'number') return formatDuration(value);
  return clip(JSON.stringify(value), valueMax);
}
