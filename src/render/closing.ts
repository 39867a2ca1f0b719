// The last lines of a session: the verdict over the run, its exceptions, and how to go on or verify.

import { actsThatStand } from '../engine/acts.ts';
import { sharedCause } from '../engine/cause.ts';
import type { Mode } from '../engine/events.ts';
import type { Outcome } from '../engine/rollup.ts';
import { stepsOf, type Plan, type Step } from '../engine/plan.ts';
import { holds, standing } from '../engine/standing.ts';
import { stepState, type State } from '../engine/state.ts';
import { standsLines } from './act.ts';
import { humanOf } from './anchor.ts';
import { pair, someIds, tally, tallyWords, type Page } from './layout.ts';
import { resultWords } from './result.ts';
import { handedLines } from './section.ts';
import { visible } from './text.ts';
import { backVerdictLines, offeredVerdictLines } from './way-back.ts';

/** What a sealed run came to. `command` is how golive was called. */
export function closingLines(
  page: Page,
  plan: Plan,
  state: State,
  outcome: Outcome,
  how: { run: string; command: string; now: number; head: string; throwAway: boolean },
): string[] {
  const { theme } = page;
  const rehearsal = state.opened?.rehearsal === true;
  const mode = state.opened?.mode ?? 'run';
  const lines = ['', headLine(page, plan, { mode, rehearsal, outcome })];
  lines.push(...exceptionLines(page, plan, state, how.now));
  lines.push(...stepsOf(plan).flatMap((step) => backVerdictLines(page, step, state)));
  lines.push(...plan.rollback.flatMap((step) => offeredVerdictLines(page, step, state)));
  if (mode === 'run' && outcome.result !== 'go')
    lines.push(...standsLines(page, actsThatStand(plan, state), 'changed, and not taken back'));
  if (mode === 'survey')
    lines.push(
      ...pair(
        page,
        2,
        'survey',
        'went past reds and took every act and gate: it shows what turns red, and is never a go',
        8,
      ),
    );
  lines.push(...pair(page, 2, 'run', how.run, 8));
  lines.push(...pair(page, 2, 'head', how.head, 8), ...pair(page, 2, '', humanOf(how.head), 8));
  // Never wrapped here: a terminal's own wrapping leaves it one line to copy.
  const trust = rehearsal ? ' --rehearsal' : how.throwAway ? '' : ' --allowed-signers FILE';
  lines.push(`  ${theme.dim('verify  ')}${how.command} verify ${how.run}${trust}`);
  const what = mode === 'dry-run' ? 'dry run' : 'run';
  if (how.throwAway && !rehearsal)
    lines.push(
      ...pair(page, 2, '', `Its key was made for this ${what}: the log shows that it is whole, not who ran it.`, 8),
    );
  return lines;
}

/** The verdict. A dry run says what speaks against it, and never go. */
function headLine(
  { theme }: Page,
  plan: Plan,
  { mode, rehearsal, outcome }: { readonly mode: Mode; readonly rehearsal: boolean; readonly outcome: Outcome },
): string {
  const { result, counts } = outcome;
  const paint = outcome.exit === 0 ? theme.good : outcome.exit === 1 ? theme.bad : theme.warn;
  const name = visible(`${plan.checklist}-${plan.target}`);
  const partial = outcome.partial ? '; some phases only, which is never a go' : '';
  if (mode !== 'dry-run')
    return `${theme.bold(paint(resultWords[result]))}  ${name}${rehearsal ? ' (rehearsal)' : ''}  ${tally(counts, tallyWords)}${partial}`;
  const against = tally(counts, dryWords);
  return `${theme.bold(paint(`dry run: ${resultWords[result].toLowerCase()}`))}${against === '' ? '' : `; ${against}`}  (${name}: ${tally(counts, quietWords)})${partial}`;
}

const quietWords = tallyWords.filter(([key]) => key === 'pass' || key === 'skip');
/** What did not decide itself last: it is what somebody still has to do. */
const dryWords = [
  ...tallyWords.filter((word) => word[0] !== 'open' && !quietWords.includes(word)),
  ...tallyWords.filter(([key]) => key === 'open'),
];

/** What is not a plain pass, one line each, and what is still open: reports open with these. */
export function exceptionLines(page: Page, plan: Plan, state: State, now: number): string[] {
  const open = stepsOf(plan).filter((step) => {
    const stands = standing(step, stepState(state, step.id), now);
    return stands === 'open' || stands === 'running';
  });
  const lines = notPassedLines(page, plan, state, now);
  if (open.length > 0) {
    // A machine reads what a dry run leaves: nothing is only counted there.
    const { mode, allow_open: allowed } = state.opened ?? {};
    const named = mode === 'dry-run' ? open.map(({ id }) => id).join(', ') : someIds(open);
    const counts = allowed === true ? ' (questions do not count: --allow-open)' : '';
    lines.push(...pair(page, 2, page.theme.glyphs.open, `open${counts}: ${named}`, 2));
    if (mode === 'dry-run' && allowed !== true && open.some(({ nature }) => nature === 'asks'))
      lines.push(...pair(page, 2, '', 'Answers stand in the file of --values; --allow-open goes without them.', 2));
    lines.push(...handedLines(page, plan, state, open));
  }
  return lines;
}

/** What was decided and is not a plain pass, with who accepted it; errors with one cause are one line. */
export function notPassedLines(page: Page, plan: Plan, state: State, now: number): string[] {
  const told = new Set<string>();
  return stepsOf(plan).flatMap((step) => {
    const known = stepState(state, step.id);
    const verdict = known.verdict?.verdict;
    if (known.running || verdict === undefined || verdict === 'pass' || verdict === 'skip') return [];
    const overlay = holds(known.overlay, now) ? known.overlay : undefined;
    const cause = overlay === undefined && known.verdict !== undefined ? sharedCause(known.verdict) : undefined;
    if (cause !== undefined && told.has(cause)) return [];
    if (cause !== undefined) told.add(cause);
    const same = cause === undefined ? [step] : sharing(plan, state, now, cause);
    const over = overlay ? `, ${overlay.type} by ${overlay.by}: ${overlay.words}` : '';
    const advisory = step.severity === 'advisory' ? ' (advisory)' : '';
    const paint = overlay === undefined && verdict === 'fail' ? page.theme.bad : page.theme.warn;
    const text = `${someIds(same)}  ${verdict}${advisory}${over}`;
    return pair(page, 2, page.theme.glyphs[overlay?.type ?? verdict], text, 2, paint);
  });
}

/** The steps that could not be looked at for this cause, and that nobody attested. */
function sharing(plan: Plan, state: State, now: number, cause: string): readonly Step[] {
  return stepsOf(plan).filter((step) => {
    const { verdict, overlay } = stepState(state, step.id);
    return verdict !== undefined && !holds(overlay, now) && sharedCause(verdict) === cause;
  });
}
