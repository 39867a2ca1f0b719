// What somebody at another machine is shown before they sign: told from the log alone, the exceptions first.

import { isBroughtAbout } from '../engine/acts.ts';
import { stepsAbove } from '../engine/people.ts';
import type { GateWork, Plan, Step } from '../engine/plan.ts';
import { rollUp } from '../engine/rollup.ts';
import { holds, standing } from '../engine/standing.ts';
import { stepState, type State } from '../engine/state.ts';
import { humanHead } from '../log/anchor.ts';
import { pair, someIds, tally, tallyWords, type Page } from './layout.ts';
import { noReturnLines, type NoReturnShown } from './no-return.ts';

export interface SigningShown {
  readonly run: string;
  readonly plan: Plan;
  readonly state: State;
  readonly step: Step;
  readonly work: GateWork;
  readonly attempt: number;
  readonly seen: { readonly seq: number; readonly head: string };
  /** What has to be known of it besides, as sentences. */
  readonly notes: readonly string[];
  /** Present at a point of no return. */
  readonly noReturn?: NoReturnShown | undefined;
}

/** The lines for it; the newest event of the log is now. */
export function signingLines(page: Page, shown: SigningShown): string[] {
  const { run, plan, state, step, work, attempt, seen, notes, noReturn } = shown;
  const { theme } = page;
  const now = Date.parse(state.at);
  const what = state.opened?.rehearsal === true ? ' (rehearsal)' : '';
  const above = stepsAbove(plan, step.id);
  const exceptions = above.flatMap((one) => exceptionLines(page, one, state, now));
  const row = (name: string, text: string): string[] => pair(page, 2, name, text);
  return [
    ...pair(page, 0, theme.glyphs.gate, `${step.id}  ${step.title}`, 2, theme.accent),
    ...row('run', `${run}, ${plan.checklist}-${plan.target}${what}, attempt ${attempt}`),
    ...row('stands', `${tally(rollUp(plan, state, now).counts, tallyWords)}, as of ${state.at}`),
    ...(exceptions.length > 0 ? exceptions : pair(page, 2, theme.glyphs.pass, 'Everything above it has passed.', 2)),
    ...voteLines(page, plan, state, step, work),
    ...(noReturn === undefined
      ? []
      : [
          ...row('no return', 'after this gate, going back is the rollback plan'),
          ...noReturnLines(page, noReturn, now),
        ]),
    ...row('head', `${seen.seq}  ${humanHead(seen.head)}`),
    ...notes.flatMap((note) => row('note', note)),
  ];
}

/** A step that did not simply pass, with what was seen, and who accepted it in which words. */
function exceptionLines(page: Page, step: Step, state: State, now: number): string[] {
  const known = stepState(state, step.id);
  const { verdict, overlay } = known;
  if (verdict?.verdict === 'pass' || verdict?.verdict === 'skip') return [];
  const { glyphs, warn, bad } = page.theme;
  const advisory = step.severity === 'advisory' ? ' (advisory)' : '';
  if (verdict === undefined) {
    const made = isBroughtAbout(state, step) ? ', changed' : '';
    return pair(page, 2, glyphs.open, `${step.id}  ${standing(step, known, now)}${made}${advisory}`, 2, warn);
  }
  const over = overlay !== undefined && holds(overlay, now) ? overlay : undefined;
  const until = over === undefined || over.until === '' ? '' : ` until ${over.until}`;
  const accepted = over === undefined ? '' : `, ${over.type} by ${over.by}${until}: ${over.words}`;
  const seen = verdict.findings.filter((finding) => finding.verdict !== 'pass');
  const paint = over === undefined && verdict.verdict === 'fail' ? bad : warn;
  const head = `${step.id}  ${verdict.verdict}${advisory}${accepted}`;
  return [
    ...pair(page, 2, glyphs[over?.type ?? verdict.verdict], head, 2, paint),
    ...(verdict.reason === '' ? [] : pair(page, 4, 'why', verdict.reason)),
    ...seen.flatMap(({ expected, observed }) => [
      ...pair(page, 4, 'expected', expected),
      ...pair(page, 4, 'seen', observed),
    ]),
  ];
}

/** Who has said what, and who has not. */
function voteLines(page: Page, plan: Plan, state: State, step: Step, work: GateWork): string[] {
  const { votes } = stepState(state, step.id);
  const title = (role: string): string => plan.roles[role]?.title ?? role;
  const said = work.poll.flatMap((role) => {
    const vote = votes[role];
    return vote === undefined ? [] : [`${title(role)}: ${vote.decision} by ${vote.by}`];
  });
  const silent = work.poll.filter((role) => votes[role] === undefined).map((role) => ({ id: title(role) }));
  return [
    ...said.flatMap((text) => pair(page, 2, 'voted', text)),
    ...(silent.length === 0 ? [] : pair(page, 2, 'asked', someIds(silent))),
  ];
}
