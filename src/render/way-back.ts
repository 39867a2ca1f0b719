// What a person reads about a way back: before it is confirmed, and what it came to.

import { formatDuration } from '../engine/duration.ts';
import { backIdsOf, type Plan, type Step } from '../engine/plan.ts';
import { stepState, type State } from '../engine/state.ts';
import { inPlace } from '../engine/acts.ts';
import { ofTheWayBack } from '../engine/uses.ts';
import type { Prospect } from '../steps/act.ts';
import { changeLines } from './act.ts';
import { pair, someIds, type Page } from './layout.ts';
import { fineLine } from './verdict.ts';

/** One part of a way back: what would be sent, why that cannot be told, or why there is none. */
export interface BackItem {
  readonly step: Step;
  /** What it does in words, where the checklist writes it out. */
  readonly words?: string;
  readonly prospect?: Prospect;
  readonly blind?: string;
  readonly none?: string;
  /** Nobody knows whether the change itself was made. */
  readonly unsure?: boolean;
}

/** A step the checklist offers beside taking back what was done. */
export interface OfferedItem {
  readonly step: Step;
  readonly chosen: boolean;
  /** What it needs and this run did not do: then it cannot be chosen. */
  readonly waits?: string;
  readonly prospect?: Prospect;
  readonly blind?: string;
}

/** A way back as it would be taken now, newest act first. */
export interface BackShown {
  readonly why: string;
  /** It was begun before and not brought to its end. */
  readonly begun: boolean;
  /** Why it is shown once more in the middle of it. */
  readonly again?: string;
  /** The gate it reaches back to; empty: to the beginning. */
  readonly to: string;
  readonly backs: readonly BackItem[];
  /** Acts that stand from before that gate: they stay. */
  readonly older: readonly Step[];
  readonly offered: readonly OfferedItem[];
}

/** What is typed to have all that was ever changed taken back, and not only what came after the last gate. */
export const deeperWord = 'deeper';

/** The way back before it is confirmed. */
export function backLines(page: Page, plan: Plan, shown: BackShown): string[] {
  const { why, begun, backs, offered } = shown;
  const { theme } = page;
  const name = `${plan.checklist}-${plan.target}`;
  const head = begun ? `The way back of ${name} was begun and goes on` : `The way back of ${name}`;
  return [
    '',
    ...pair(page, 2, theme.glyphs.act, head, 2, theme.accent),
    ...pair(page, 4, 'why', why),
    ...(shown.again === undefined ? [] : pair(page, 4, 'again', shown.again)),
    ...reachLines(page, shown),
    ...(backs.length === 0 ? pair(page, 4, 'takes', 'nothing: no change of this run stands') : []),
    ...backs.flatMap((back, at) => backItemLines(page, plan, back, at > 0)),
    ...(offered.length === 0
      ? []
      : pair(
          page,
          4,
          'besides',
          begun ? 'offered by the checklist:' : 'offered by the checklist, and only done when you type its id first:',
        )),
    ...offered.flatMap((item) => offeredLines(page, item)),
    ...pair(page, 4, 'then', 'The run ends as a no-go, once all of it was seen to have taken effect.'),
  ];
}

function reachLines(page: Page, { to, older }: BackShown): string[] {
  if (to === '') return [];
  const stay =
    older.length === 0
      ? ''
      : `; left in place from before it: ${someIds(older)} (type ${deeperWord} to go back all the way)`;
  return pair(page, 4, 'reaches', `back to ${to}${stay}`);
}

function backItemLines(
  page: Page,
  plan: Plan,
  { step, words, prospect, blind, none, unsure = false }: BackItem,
  laterOn: boolean,
): string[] {
  const { theme } = page;
  const named = Object.hasOwn(plan.undoNames, step.id) ? plan.undoNames[step.id]?.title : undefined;
  const head = [
    ...headLines(page, step, named ?? step.title),
    ...(words === undefined ? [] : pair(page, 6, '', words, 0)),
  ];
  if (prospect === undefined) {
    const text = blind === undefined ? `stays: there is no way back, ${none ?? ''}` : `cannot be told: ${blind}`;
    return [...head, ...pair(page, 6, '!', text, 2, theme.warn)];
  }
  const unknown = unsure
    ? pair(page, 6, '!', 'nobody knows whether it was made; this is done all the same', 2, theme.warn)
    : [];
  // What is taken back before it may be about the same thing.
  const turn = 'what it does is looked at again when its turn comes, and asked for once more';
  const later = laterOn && prospect.stands !== 'ready' ? pair(page, 6, '', turn, 0) : [];
  const now = later.length > 0 && prospect.stands === 'already' ? [] : prospectLines(page, prospect);
  return [...head, ...unknown, ...now, ...later];
}

function headLines(page: Page, step: Step, title: string, mark = ''): string[] {
  const budgetMs = step.work.type === 'act' ? step.work.budgetMs : undefined;
  const budget = budgetMs === undefined ? '' : ` (within ${formatDuration(budgetMs)})`;
  const name = `${mark}${step.id}`;
  return pair(page, 4, name, `${title}${budget}`, Math.max(10, name.length + 2), page.theme.bold);
}

function prospectLines(page: Page, prospect: Prospect): string[] {
  if (prospect.stands === 'already') return pair(page, 6, '', 'is as it was before already', 0);
  if (prospect.stands === 'ready') return changeLines(page, prospect.lines);
  return [
    ...pair(
      page,
      6,
      '!',
      'this is not what it starts from: it is left alone, and a person decides',
      2,
      page.theme.warn,
    ),
    ...pair(page, 6, 'expected', prospect.expected),
    ...pair(page, 6, 'observed', prospect.observed),
  ];
}

function offeredLines(page: Page, { step, chosen, waits, prospect, blind }: OfferedItem): string[] {
  const work = step.work.type === 'act' ? step.work : undefined;
  const warn = (text: string): string[] => pair(page, 8, '!', text, 2, page.theme.warn);
  const phrase = typeof work?.confirm === 'object' ? work.confirm : undefined;
  const people = phrase !== undefined && phrase.people > 1 ? `, typed by ${phrase.people} people` : '';
  return [
    ...headLines(page, step, step.title, chosen ? '[x] ' : '[ ] '),
    ...(waits === undefined ? [] : warn(waits)),
    ...(phrase === undefined ? [] : warn(`dangerous: it wants a phrase of its own${people}`)),
    ...(work?.noUndo === undefined || work.noUndo === ofTheWayBack
      ? []
      : warn(`there is no way back from it: ${work.noUndo}`)),
    ...(blind === undefined ? [] : warn(`cannot be told: ${blind}`)),
    ...(chosen && prospect !== undefined ? prospectLines(page, prospect) : []),
  ];
}

/**
 * What an act that was taken back came to, part by part (`ids`, all of them unless given): where it was seen, who had it
 * done, and the time it took.
 */
export function backVerdictLines(page: Page, step: Step, state: State, ids = backIdsOf(step)): string[] {
  const parts = backIdsOf(step);
  return ids.flatMap((id) => {
    const part = parts.length === 1 ? '' : ` (part ${parts.indexOf(id) + 1} of ${parts.length})`;
    return partLines(page, { step, id, part }, state);
  });
}

function partLines(
  page: Page,
  { step, id, part }: { readonly step: Step; readonly id: string; readonly part: string },
  state: State,
): string[] {
  const known = stepState(state, id);
  const seen = known.verdict;
  if (seen === undefined) return [];
  const { theme } = page;
  const by = state.rollback === undefined ? '' : `, by ${state.rollback.by}`;
  const took = known.begun === '' ? 0 : Date.parse(seen.at) - Date.parse(known.begun);
  const budgetMs = step.work.type === 'act' ? step.work.budgetMs : undefined;
  const budget = budgetMs === undefined ? '' : ` of ${formatDuration(budgetMs)}`;
  const over = budgetMs !== undefined && took > budgetMs ? ', over its budget' : '';
  const time = formatDuration(Math.max(0, Math.round(took / 1000) * 1000));
  if (seen.verdict === 'pass') {
    const where = seen.findings.map(({ expected }) => expected).join('; ');
    return [
      fineLine(page, step, `taken back${part}${by}, in ${time}${budget}${over}`),
      ...(where === '' ? [] : pair(page, 4, 'verified', where)),
    ];
  }
  const bad = seen.findings.find((finding) => finding.verdict !== 'pass');
  const words = inPlace(known.act) ? 'was taken back, and not seen to be' : 'was not taken back';
  return [
    ...pair(page, 2, theme.glyphs[seen.verdict], `${step.id}  ${words}${part}${by}`, 2, theme.bad),
    ...(bad ? [...pair(page, 4, 'expected', bad.expected), ...pair(page, 4, 'observed', bad.observed)] : []),
    ...(seen.reason === '' ? [] : pair(page, 4, 'why', seen.reason)),
  ];
}

/** What a step of the checklist's own came to on the way back. */
export function offeredVerdictLines(page: Page, step: Step, state: State): string[] {
  const { verdict: seen, begun } = stepState(state, step.id);
  if (seen === undefined) return [];
  const time = formatDuration(
    begun === '' ? 0 : Math.max(0, Math.round((Date.parse(seen.at) - Date.parse(begun)) / 1000) * 1000),
  );
  if (seen.verdict === 'pass') return [fineLine(page, step, `done on the way back, in ${time}`)];
  const bad = seen.findings.find((finding) => finding.verdict !== 'pass');
  return [
    ...pair(
      page,
      2,
      page.theme.glyphs[seen.verdict],
      `${step.id}  did not come through on the way back`,
      2,
      page.theme.bad,
    ),
    ...(bad ? [...pair(page, 4, 'expected', bad.expected), ...pair(page, 4, 'observed', bad.observed)] : []),
    ...(seen.reason === '' ? [] : pair(page, 4, 'why', seen.reason)),
  ];
}
