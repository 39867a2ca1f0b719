// What a person reads about a change: before the word is given, while it happens, and when it was taken back.

import { formatDuration } from '../engine/duration.ts';
import type { RunEvent } from '../engine/events.ts';
import type { JsonObject } from '../engine/json.ts';
import { findStep, type ActWork, type Plan, type Step } from '../engine/plan.ts';
import { stepState, undoOf, type State } from '../engine/state.ts';
import { actTakenBackBy, inPlace } from '../engine/acts.ts';
import type { Prospect } from '../steps/act.ts';
import { fit, pair, type Page } from './layout.ts';
import { visible, wrap } from './text.ts';
import { fineLine } from './verdict.ts';

/** What an act is about to do. */
export interface ActShown {
  /** One sentence in words: what it will do. */
  readonly words: string;
  readonly prospect: Prospect;
  readonly confirm: ActWork['confirm'];
  /** The way back in words, or why there is none. */
  readonly undo: { readonly words: string } | { readonly none: string };
  readonly budgetMs?: number;
  /** Nothing was changed in this run before. */
  readonly first: boolean;
}

/** The way back of one act: what would be sent, why that cannot be told, or why there is none. */
export interface BackItem {
  readonly step: Step;
  readonly prospect?: Prospect;
  readonly blind?: string;
  readonly none?: string;
}

/** A way back as it would be taken now, newest act first. */
export interface BackShown {
  readonly why: string;
  /** It was begun before and not brought to its end. */
  readonly begun: boolean;
  readonly backs: readonly BackItem[];
}

/** How many lines of a request are shown unasked. */
const requestMax = 12;

/** What has to be typed so that the act happens. */
export function wordFor(plan: Plan, confirm: ActWork['confirm']): string {
  if (confirm === 'key') return 'do it';
  return confirm === 'target' ? `${plan.checklist}-${plan.target}` : confirm.phrase;
}

/** All that is to be known before the word is given. */
export function confirmLines(page: Page, plan: Plan, step: Step, shown: ActShown): string[] {
  const { theme } = page;
  const long = JSON.stringify(shown.prospect.request, null, 2).split('\n').length > requestMax;
  const budget = shown.budgetMs === undefined ? '' : `; it may take ${formatDuration(shown.budgetMs)}`;
  const back = 'none' in shown.undo ? `there is none: ${shown.undo.none}` : `${shown.undo.words}${budget}`;
  return [
    ...pair(page, 2, theme.glyphs.act, `${step.id}  ${step.title}`, 2, theme.accent),
    ...pair(page, 4, 'does', shown.words),
    ...pair(page, 4, 'where', `${plan.checklist}-${plan.target}, account ${plan.aws.account}`),
    ...changeLines(page, shown.prospect.lines),
    ...(long
      ? pair(page, 4, 'request', ':evidence shows the exact request')
      : requestLines(page, shown.prospect.request)),
    ...pair(page, 4, 'way back', back, 10, 'none' in shown.undo ? theme.warn : theme.dim),
    ...(shown.first
      ? pair(
          page,
          4,
          'alone?',
          'Nothing here can see another run against this target: ask in the channel first.',
          10,
          theme.warn,
        )
      : []),
  ];
}

/** The request as it would be sent, whole: nothing of it is cut. */
export function requestLines(page: Page, request: JsonObject): string[] {
  const lines = JSON.stringify(request, null, 2).split('\n');
  return lines.flatMap((line) => wrap(visible(line), page.width - 6, 4).map((part) => page.theme.dim(`      ${part}`)));
}

/** What goes in red, what comes in green. */
function changeLines(page: Page, lines: readonly string[]): string[] {
  const { theme } = page;
  return lines.flatMap((line) => {
    const paint = line.startsWith('-') ? theme.bad : line.startsWith('+') ? theme.good : theme.dim;
    return wrap(visible(line), page.width - 6, 2).map((part) => `      ${paint(part)}`);
  });
}

/** The way back before it is confirmed. */
export function backLines(page: Page, plan: Plan, { why, begun, backs }: BackShown): string[] {
  const { theme } = page;
  const name = `${plan.checklist}-${plan.target}`;
  const head = begun ? `The way back of ${name} was begun and goes on` : `The way back of ${name}`;
  return [
    '',
    ...pair(page, 2, theme.glyphs.act, head, 2, theme.accent),
    ...pair(page, 4, 'why', why),
    ...backs.flatMap((back) => backItemLines(page, back)),
    ...pair(page, 4, 'then', 'The run ends as a no-go, once all of it was seen to have taken effect.'),
  ];
}

function backItemLines(page: Page, { step, prospect, blind, none }: BackItem): string[] {
  const { theme } = page;
  const budgetMs = step.work.type === 'act' ? step.work.budgetMs : undefined;
  const budget = budgetMs === undefined ? '' : `  (within ${formatDuration(budgetMs)})`;
  const head = pair(page, 4, step.id, `${step.title}${budget}`, Math.max(10, step.id.length + 2), theme.bold);
  if (prospect === undefined) {
    const text = blind === undefined ? `stays: there is no way back, ${none ?? ''}` : `cannot be told: ${blind}`;
    return [...head, ...pair(page, 6, '!', text, 2, theme.warn)];
  }
  if (prospect.stands === 'already') return [...head, ...pair(page, 6, '', 'is as it was before already', 0)];
  if (prospect.stands === 'ready') return [...head, ...changeLines(page, prospect.lines)];
  return [
    ...head,
    ...pair(page, 6, '!', 'somebody else was here: it is left alone, and a person decides', 2, theme.warn),
    ...pair(page, 6, 'expected', prospect.expected),
    ...pair(page, 6, 'observed', prospect.observed),
  ];
}

/** `→ smoke-chat  POST https://…`: before it is sent. */
export function sendingLine(page: Page, plan: Plan, step: Step): string {
  const { work } = step;
  const call = work.type === 'probe' && work.named !== undefined ? plan.probes[work.named]?.call : undefined;
  const words = call?.words ?? ('call' in work ? work.call?.words : undefined) ?? step.title;
  // What is only known in the moment is named by its name.
  const known = words.replaceAll(/\$\{([^}]*)\}/g, '$1');
  return fit(page, `  ${page.theme.accent(page.theme.glyphs.arrow)} ${step.id}  ${visible(known)}`);
}

/** What happened around a change, as it happens; nothing for other events. */
export function actLines(page: Page, plan: Plan, event: RunEvent, state: State): string[] {
  const { theme } = page;
  const mark = theme.glyphs.act;
  switch (event.kind) {
    case 'act.intent': {
      const back = actTakenBackBy(plan, event.body.step);
      if (back) return pair(page, 2, theme.glyphs.arrow, `${back.id}  is being taken back`, 2, theme.accent);
      const step = findStep(plan, event.body.step);
      return step === undefined ? [] : [sendingLine(page, plan, step)];
    }
    case 'act.result': {
      const { step, result, change, reason } = event.body;
      if (result === 'refused') return [];
      const text = result === 'done' ? `accepted${change === '' ? '' : ` as ${change}`}` : reason;
      return pair(page, 2, mark, `${shownId(plan, step)}  ${text}`, 2);
    }
    case 'act.reconciled': {
      const { step, result, reason } = event.body;
      const words = { applied: 'was made', 'not-applied': 'was not made', unknown: 'may have been made' }[result];
      return pair(page, 2, mark, `${shownId(plan, step)}  no answer is known; the change ${words}: ${reason}`, 2);
    }
    case 'rollback.open':
      return pair(page, 2, mark, `taken back from here on, as ${event.body.by} confirmed`, 2, theme.warn);
    case 'rollback.close':
      return event.body.result === 'done'
        ? pair(page, 2, theme.glyphs.pass, 'everything that was changed is as it was before', 2, theme.good)
        : pair(page, 2, theme.glyphs.fail, 'not everything was taken back: a person decides', 2, theme.bad);
    case 'step.verdict': {
      const act = actTakenBackBy(plan, event.body.step);
      return act === undefined ? [] : backVerdictLines(page, act, state);
    }
    default:
      return [];
  }
}

/** What an act that was taken back came to: where it was seen, who had it done, and the time it took. */
export function backVerdictLines(page: Page, step: Step, state: State): string[] {
  const known = stepState(state, undoOf(step.id));
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
      fineLine(page, step, `taken back${by}, in ${time}${budget}${over}`),
      ...(where === '' ? [] : pair(page, 4, 'verified', where)),
    ];
  }
  const bad = seen.findings.find((finding) => finding.verdict !== 'pass');
  return [
    ...pair(
      page,
      2,
      theme.glyphs[seen.verdict],
      `${step.id}  ${inPlace(known.act) ? 'was taken back, and not seen to be' : 'was not taken back'}${by}`,
      2,
      theme.bad,
    ),
    ...(bad ? [...pair(page, 4, 'expected', bad.expected), ...pair(page, 4, 'observed', bad.observed)] : []),
    ...(seen.reason === '' ? [] : pair(page, 4, 'why', seen.reason)),
  ];
}

/** What was changed and not taken back; nothing when nothing was. `words` say what that means. */
export function standsLines(page: Page, acts: readonly Step[], words: string): string[] {
  if (acts.length === 0) return [];
  return pair(page, 2, page.theme.glyphs.act, `${acts.map(({ id }) => id).join(', ')}  ${words}`, 2, page.theme.warn);
}

function shownId(plan: Plan, id: string): string {
  const back = actTakenBackBy(plan, id);
  return back === undefined ? id : `the way back of ${back.id}`;
}
