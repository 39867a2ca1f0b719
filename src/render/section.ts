// A section of questions as a whole: every line with its number, its state and what was answered.

import { holdersOf } from '../engine/people.ts';
import { isAnswered, type Flow } from '../engine/flow.ts';
import { stepsOf, type Plan, type Step } from '../engine/plan.ts';
import { standing } from '../engine/standing.ts';
import { stepState, type State } from '../engine/state.ts';
import { pad, pair, spread, tally, tallyWords, type Page } from './layout.ts';
import { visible, wrap } from './text.ts';
import { redLines } from './verdict.ts';

/** What a section is shown from. */
export interface SectionShown {
  readonly plan: Plan;
  readonly state: State;
  readonly flow: Flow;
  /** Lines that somebody skipped in this session. */
  readonly skipped: ReadonlySet<string>;
  /** In ms. */
  readonly now: number;
}

/** Columns in front of a line's own text: its number and its mark. */
const lead = 7;

/** Title, owner and how far it is; then every line, and how the rest of the section stands. */
export function sectionLines(page: Page, shown: SectionShown): string[] {
  const { plan, state, flow } = shown;
  const { theme } = page;
  const { section, lines } = flow;
  const owner = section.owner === undefined ? undefined : (plan.roles[section.owner]?.title ?? section.owner);
  const title = `  ${theme.bold(visible(section.title))}${owner === undefined ? '' : ` ${theme.glyphs.dot} ${visible(owner)}`}`;
  const answered = lines.filter((line) => isAnswered(state, line)).length;
  return [
    spread(page, title, theme.dim(`${answered} of ${lines.length} answered`)),
    ...lines.flatMap((line, at) => lineLines(page, shown, line, at + 1)),
    ...restLines(page, shown),
  ];
}

/** The whole before it is closed: what did not pass first, expected against observed, and what stays open last. */
export function closingSectionLines(page: Page, shown: SectionShown): string[] {
  const { plan, state, flow } = shown;
  const reds = flow.section.steps.flatMap((step) => {
    const seen = stepState(state, step.id).verdict;
    const red = seen !== undefined && seen.verdict !== 'pass' && seen.verdict !== 'skip';
    return red ? redLines(page, plan, step, seen) : [];
  });
  const open = flow.lines.filter((line) => stepState(state, line.id).verdict === undefined);
  const left = open.length === 0 ? [] : leftLines(page, leftOpenText(plan, state, open));
  return [...reds, ...(reds.length > 0 ? [''] : []), ...sectionLines(page, shown), ...left];
}

function leftLines(page: Page, text: string): string[] {
  return pair(page, 2, page.theme.glyphs.open, `stays open: ${text}`, 2, page.theme.warn);
}

/** `uat-login, uat-journey (handed to Security review)` */
export function leftOpenText(plan: Plan, state: State, open: readonly Step[]): string {
  return open
    .map(({ id }) => {
      const { handed } = stepState(state, id);
      return handed === undefined ? id : `${id} (handed to ${plan.roles[handed.role]?.title ?? handed.role})`;
    })
    .join(', ');
}

/** `handed to Security review by erin@example.com; sam@example.com holds it`: who holds it only where that is known. */
export function handedText(
  plan: Plan,
  state: State,
  { role, by }: { readonly role: string; readonly by: string },
): string {
  const title = plan.roles[role]?.title ?? role;
  const holders = holdersOf(state, role);
  const held =
    state.people === undefined
      ? ''
      : holders.length === 0
        ? '; nobody holds it'
        : `; ${holders.join(', ')} ${holders.length === 1 ? 'holds' : 'hold'} it`;
  return `handed to ${title} by ${by}${held}`;
}

/** The questions of an open phase that nobody has answered, for the end of a session that stops at them. */
export function unansweredLines(page: Page, plan: Plan, state: State): string[] {
  const open = stepsOf(plan).filter(
    ({ id, nature, phase }) =>
      nature === 'asks' && state.phases[phase] === 'open' && stepState(state, id).verdict === undefined,
  );
  if (open.length === 0) return [];
  return pair(page, 2, page.theme.glyphs.open, `not answered: ${leftOpenText(plan, state, open)}`, 2, page.theme.warn);
}

/** Open questions that were handed to somebody, one line each. */
export function handedLines(page: Page, plan: Plan, state: State, open: readonly Step[]): string[] {
  return open.flatMap(({ id }) => {
    const { handed } = stepState(state, id);
    return handed ? pair(page, 2, page.theme.glyphs.arrow, `${id} ${handedText(plan, state, handed)}`, 2) : [];
  });
}

/** What a line is at, as the glyph in front of it. */
function markOf({ theme }: Page, { state, now }: SectionShown, step: Step): string {
  const known = stepState(state, step.id);
  const { glyphs } = theme;
  if (known.verdict === undefined)
    return known.handed === undefined ? theme.dim(glyphs.open) : theme.warn(glyphs.arrow);
  if (known.verdict.verdict === 'pass') return theme.good(glyphs.pass);
  const accepted = known.overlay !== undefined && standing(step, known, now) === 'settled';
  const paint = !accepted && known.verdict.verdict === 'fail' ? theme.bad : theme.warn;
  return paint(glyphs[accepted ? (known.overlay?.type ?? 'waived') : known.verdict.verdict]);
}

function lineLines(page: Page, shown: SectionShown, step: Step, number: number): string[] {
  const { plan, state, skipped } = shown;
  const { theme } = page;
  const known = stepState(state, step.id);
  const head = `  ${String(number).padStart(2)} ${pad(markOf(page, shown, step), 1)} `;
  const id = pad(visible(step.id), 18);
  const title = wrap(visible(step.title), page.width - lead - 20);
  const below: string[] = [];
  const say = (name: string, text: string): void => void below.push(...pair(page, lead, name, text, 10));
  if (isAnswered(state, step) && known.answer) {
    const { answer, evidence, by } = known.answer;
    say('answer', `${answer || '(given)'}  ${by}`);
    if (evidence !== '') say('seen', evidence);
  }
  if (known.overlay !== undefined) say(known.overlay.type, `by ${known.overlay.by}: ${known.overlay.words}`);
  if (known.verdict === undefined && known.handed) say('open', handedText(plan, state, known.handed));
  else if (known.verdict === undefined && skipped.has(step.id)) say('open', 'skipped for now');
  return [
    ...title.map((line, at) => (at === 0 ? `${head}${theme.bold(id)}  ${line}` : `${' '.repeat(lead + 20)}${line}`)),
    ...below,
  ];
}

/** The steps of the section that are none of these questions. */
function restLines(page: Page, { state, flow, now }: SectionShown): string[] {
  const rest = flow.section.steps.filter((step) => step.skip === undefined && !flow.lines.includes(step));
  if (rest.length === 0) return [];
  const counts: Record<string, number> = {};
  for (const step of rest) {
    const known = stepState(state, step.id);
    const stands = standing(step, known, now);
    const word =
      stands === 'settled'
        ? (known.overlay?.type ?? known.verdict?.verdict ?? 'open')
        : (known.verdict?.verdict ?? 'open');
    counts[word] = (counts[word] ?? 0) + 1;
  }
  const word = rest.length === 1 ? 'step' : 'steps';
  return pair(page, lead, `beside ${rest.length} other ${word}: ${tally(counts, tallyWords)}`, '', 0).map((line) =>
    page.theme.dim(line),
  );
}
