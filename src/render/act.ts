// What a person reads about a change: before the word is given, while it happens, and when it was taken back.

import { formatDuration } from '../engine/duration.ts';
import type { RunEvent } from '../engine/events.ts';
import type { JsonObject } from '../engine/json.ts';
import { findStep, type ActWork, type Plan, type Step } from '../engine/plan.ts';
import type { State } from '../engine/state.ts';
import { actsToTakeBack, actTakenBackBy } from '../engine/acts.ts';
import type { Prospect } from '../steps/act.ts';
import { fit, pair, type Page } from './layout.ts';
import { visible, wrap } from './text.ts';
import { backVerdictLines, offeredVerdictLines } from './way-back.ts';

/** What an act is about to do. */
export interface ActShown {
  /** One sentence in words: what it will do. */
  readonly words: string;
  readonly prospect: Prospect;
  readonly confirm: ActWork['confirm'];
  /** The way back in words, or why there is none. */
  readonly undo: { readonly words: string } | { readonly none: string };
  readonly budgetMs?: number;
  /** What it is seen by, where the checklist says so, and whether that is to be seen already. */
  readonly verify?: { readonly words: string; readonly held?: boolean };
  /** It was made, or begun and failed, before: when, in the `at` format. */
  readonly before?: { readonly at: string; readonly failed: boolean };
  /** Nothing was changed in this run before. */
  readonly first: boolean;
}

/** A change that was about to be sent, and of which nothing can tell whether it was made. */
export interface LostShown {
  /** One sentence in words: what it was to do. */
  readonly words: string;
  /** When it was about to be sent, in the `at` format. */
  readonly sentAt: string;
  readonly request: JsonObject;
  /** Why nothing can tell. */
  readonly why: string;
  /** In words what would have been seen, and what was; empty where nothing could be looked at. */
  readonly expected: string;
  readonly observed: string;
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
    ...verifyLines(page, shown.verify),
    ...(shown.before === undefined
      ? []
      : pair(
          page,
          4,
          'again?',
          shown.before.failed
            ? `It was begun at ${shown.before.at} and failed: something may have been changed already.`
            : `It was made at ${shown.before.at}: this makes it once more.`,
          10,
          theme.warn,
        )),
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

/** Before the word is given it is said whether what is looked at afterwards can prove anything. */
function verifyLines(page: Page, verify: ActShown['verify']): string[] {
  if (verify === undefined) return [];
  const now = { true: '; that holds already, so it will not prove the change', false: '; that does not hold yet' };
  return pair(page, 4, 'seen by', verify.words + (verify.held === undefined ? '' : now[`${verify.held}`]));
}

/** A change of which no answer is known, before a person says what became of it. */
export function lostLines(page: Page, step: Step, { words, sentAt, why, expected, observed }: LostShown): string[] {
  const { theme } = page;
  return [
    ...pair(page, 2, theme.glyphs.act, `${step.id}  ${step.title}`, 2, theme.accent),
    ...pair(page, 4, 'lost', `It was about to be sent at ${sentAt}, and no answer is known.`, 10, theme.warn),
    ...pair(page, 4, 'was to', words),
    ...(expected === '' ? [] : pair(page, 4, 'expected', expected)),
    ...(observed === '' ? [] : pair(page, 4, 'observed', observed)),
    ...pair(page, 4, 'so', `${why}: look at the other side yourself. :evidence shows the exact request.`),
  ];
}

/** The request as it would be sent, whole: nothing of it is cut. */
export function requestLines(page: Page, request: JsonObject): string[] {
  const lines = JSON.stringify(request, null, 2).split('\n');
  return lines.flatMap((line) => wrap(visible(line), page.width - 6, 4).map((part) => page.theme.dim(`      ${part}`)));
}

/** What goes in red, what comes in green. */
export function changeLines(page: Page, lines: readonly string[]): string[] {
  const { theme } = page;
  return lines.flatMap((line) => {
    const paint = line.startsWith('-') ? theme.bad : line.startsWith('+') ? theme.good : theme.dim;
    return wrap(visible(line), page.width - 6, 2).map((part) => `      ${paint(part)}`);
  });
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
      const text = result === 'done' ? `accepted${change === '' ? '' : ` as ${shortArn(change)}`}` : reason;
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
        ? pair(page, 2, theme.glyphs.pass, asBefore(plan, state), 2, theme.good)
        : pair(page, 2, theme.glyphs.fail, 'not everything was taken back: a person decides', 2, theme.bad);
    case 'step.verdict': {
      const act = actTakenBackBy(plan, event.body.step);
      const offered = plan.rollback.find(({ id }) => id === event.body.step);
      if (offered !== undefined) return offeredVerdictLines(page, offered, state);
      return act === undefined ? [] : backVerdictLines(page, act, state, [event.body.step]);
    }
    default:
      return [];
  }
}

/** What was changed and not taken back; nothing when nothing was. `words` say what that means. */
export function standsLines(page: Page, acts: readonly Step[], words: string): string[] {
  if (acts.length === 0) return [];
  return pair(page, 2, page.theme.glyphs.act, `${acts.map(({ id }) => id).join(', ')}  ${words}`, 2, page.theme.warn);
}

function asBefore(plan: Plan, state: State): string {
  const to = state.rollback?.to ?? '';
  const stays = actsToTakeBack(plan, state, to).map(({ id }) => id);
  const what = to === '' ? 'everything that was changed' : `what was changed behind ${to}`;
  const opened = state.rollback === undefined ? 0 : Date.parse(state.rollback.at);
  const took = formatDuration(Math.max(0, Math.round((Date.parse(state.at) - opened) / 1000) * 1000));
  return `${what} is as it was before, seen ${took} after it was confirmed${stays.length === 0 ? '' : `, but for ${stays.join(', ')}, which has no way back`}`;
}

/** An ARN without the part that is the same for everything of an account; the log has it whole. */
function shortArn(change: string): string {
  return change.replace(/^arn:[^:]*:[^:]*:[^:]*:\d*:/, '');
}

function shownId(plan: Plan, id: string): string {
  const back = actTakenBackBy(plan, id);
  return back === undefined ? id : `the way back of ${back.id}`;
}
