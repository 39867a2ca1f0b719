// The last lines of a session: the verdict over the run, its exceptions, and how to go on or verify.

import type { Outcome } from '../engine/rollup.ts';
import { stepsOf, type Plan } from '../engine/plan.ts';
import { holds, standing } from '../engine/standing.ts';
import { stepState, type State } from '../engine/state.ts';
import { pair, tally, tallyWords, type Page } from './layout.ts';
import { visible } from './text.ts';

const headlines = {
  go: 'GO',
  'no-go': 'NO-GO',
  undecided: 'NOT DECIDED',
  'no-objection': 'NO OBJECTION',
} as const;

/** What a sealed run came to. `command` is how golive was called. */
export function closingLines(
  page: Page,
  plan: Plan,
  state: State,
  outcome: Outcome,
  how: { run: string; command: string; now: number; head: string },
): string[] {
  const { theme } = page;
  const rehearsal = state.opened?.rehearsal === true;
  const mode = state.opened?.mode ?? 'run';
  const paint = outcome.exit === 0 ? theme.good : outcome.exit === 1 ? theme.bad : theme.warn;
  const what = rehearsal ? ' (rehearsal)' : mode === 'dry-run' ? ' (dry run)' : '';
  const partial = outcome.partial ? '; some phases only, which is never a go' : '';
  const lines = [
    '',
    `${theme.bold(paint(headlines[outcome.result]))}  ${visible(`${plan.checklist}-${plan.target}`)}${what}  ${tally(outcome.counts, tallyWords)}${partial}`,
  ];
  lines.push(...exceptionLines(page, plan, state, how.now));
  if (mode === 'survey')
    lines.push(
      ...pair(
        page,
        2,
        'survey',
        'went past reds and took every act and gate: it shows what turns red, and is never a go',
        11,
      ),
    );
  lines.push(...pair(page, 2, 'run', how.run, 11));
  lines.push(...pair(page, 2, 'head', how.head, 11));
  lines.push(
    ...pair(
      page,
      2,
      'verify',
      `${how.command} verify ${how.run}${rehearsal ? ' --rehearsal' : ' --allowed-signers FILE'}`,
      11,
    ),
  );
  return lines;
}

/** What is not a plain pass, one line each: reports open with these. */
export function exceptionLines(page: Page, plan: Plan, state: State, now: number): string[] {
  const { theme } = page;
  const rows: (readonly [string, string])[] = [];
  const open: string[] = [];
  for (const step of stepsOf(plan)) {
    const known = stepState(state, step.id);
    const stands = standing(step, known, now);
    const verdict = known.verdict?.verdict;
    if (stands === 'open' || stands === 'running') open.push(step.id);
    else if (verdict !== undefined && verdict !== 'pass' && verdict !== 'skip') {
      const overlay = holds(known.overlay, now) ? known.overlay : undefined;
      const over = overlay ? `, ${overlay.type} by ${overlay.by}: ${overlay.words}` : '';
      const advisory = step.severity === 'advisory' ? ' (advisory)' : '';
      rows.push([theme.glyphs[overlay?.type ?? verdict], `${step.id}  ${verdict}${advisory}${over}`]);
    }
  }
  const lines = rows.flatMap(([glyph, text]) => pair(page, 2, glyph, text, 2));
  if (open.length > 0) lines.push(...pair(page, 2, theme.glyphs.open, `open: ${open.join(', ')}`, 2));
  return lines;
}
