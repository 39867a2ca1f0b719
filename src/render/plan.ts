// A plan in words: what would happen, in order, before anything does.

import { explain } from '../engine/explain.ts';
import { formatDuration } from '../engine/duration.ts';
import { stepsOf, type GateWork, type Hold, type Plan, type Section, type Step } from '../engine/plan.ts';
import { goingBack } from '../engine/uses.ts';
import { actWords } from './plan-act.ts';
import { visible, wrap } from './text.ts';

/** What stands above the plan. */
export interface PlanHead {
  readonly path: string;
  /** SHA-256 of the checklist. */
  readonly digest: string;
  readonly inputs: readonly PlanInput[];
}

export interface PlanInput {
  readonly name: string;
  readonly question: string;
  /** `2 (default)`, `secret, from GOLIVE_INPUT_X`, `asked at the start`. */
  readonly value: string;
}

/** The whole plan, at most `width` columns wide. */
export function planText(plan: Plan, head: PlanHead, width: number): string {
  const { account, region, profile } = plan.aws;
  const lines = [
    `${visible(plan.title)} (${plan.checklist}-${plan.target})`,
    ...pair(
      'account',
      [account, region, ...(profile === undefined ? [] : [`profile ${profile}`])].join(', '),
      0,
      width,
    ),
    ...Object.entries(plan.accounts).flatMap(([name, other]) =>
      pair(`  ${name}`, `${other.account}, ${other.region}`, 0, width),
    ),
    ...pair('checklist', head.path, 0, width),
    ...pair('digest', `sha256 ${head.digest}`, 0, width),
    ...Object.entries(plan.documents).flatMap(([name, title]) => pair('document', `${name}: ${title}`, 0, width)),
    '',
  ];
  if (head.inputs.length > 0) lines.push('Inputs', ...head.inputs.flatMap((input) => inputLines(input, width)), '');
  for (const phase of plan.phases) {
    lines.push(`${phase.at}  ${visible(phase.title)} (${phase.id})`);
    for (const section of phase.sections) lines.push('', ...sectionLines(plan, section, width));
    lines.push('');
  }
  lines.push(...wayBackLines(plan, width));
  return lines.join('\n').trimEnd();
}

function inputLines({ name, question, value }: PlanInput, width: number): readonly string[] {
  return [`  ${name}: ${visible(value)}`, ...block('      ', question, 6, width)];
}

function sectionLines(plan: Plan, section: Section, width: number): readonly string[] {
  const cited = section.source.length === 0 ? '' : `  ${section.source.join(' ')}`;
  return [`  ${visible(section.title)}${cited}`, ...section.steps.flatMap((step) => stepLines(plan, step, width))];
}

/** What the checklist offers while going back, and how it names the way back of its acts. */
function wayBackLines(plan: Plan, width: number): readonly string[] {
  const names = Object.entries(plan.undoNames);
  if (names.length + plan.rollback.length === 0) return [];
  const named = names.flatMap(([act, { id, title, source }]) => [
    `    ${id}  ${visible(title)}`,
    ...block('      ', [`takes back ${act}, as it stands there`, ...source].join(' · '), 6, width),
  ]);
  const offered = plan.rollback.flatMap((step) => stepLines(plan, step, width));
  return ['Way back, offered and never taken by itself', '', ...named, ...offered];
}

function stepLines(plan: Plan, step: Step, width: number): readonly string[] {
  const owner = step.owner === undefined ? [] : [plan.roles[step.owner]?.title ?? step.owner];
  const about = [step.severity, step.nature, ...step.source, ...owner].join(' · ');
  const lines = [`    ${step.id}  ${visible(step.title)}`, ...block('      ', about, 6, width)];
  const say = (name: string, text: string): void => void lines.push(...pair(name, text, 6, width));
  if (step.skip !== undefined) say('skipped', step.skip);
  say('does', workWords(plan, step));
  if (step.probes.length > 0) say('after', step.probes.join(', '));
  for (const [index, item] of step.expect.entries()) say(index === 0 ? 'expects' : '', explain(item));
  if (step.wait !== undefined) say('waits', `up to ${formatDuration(step.wait.forMs)} for it`);
  if (step.hold !== undefined) say('holds', holdWords(step.hold));
  for (const [name, text] of actWords(plan, step)) say(name, text);
  const said = step.needs.filter(({ step: id, lagMs }) => lagMs > 0 || id !== step.hold?.since);
  for (const { step: id, lagMs } of said) say('needs', lagMs === 0 ? id : `${id}, ${formatDuration(lagMs)} ago`);
  if (Object.keys(step.capture).length > 0) say('keeps', Object.keys(step.capture).join(', '));
  const dependents = dependentsOf(plan, step);
  if (dependents.length > 0) say('awaited by', dependents.join(', '));
  if (step.waive !== undefined) say('waivable', `by ${plan.roles[step.waive.by]?.title ?? step.waive.by}`);
  return lines;
}

function workWords(plan: Plan, { work }: Step): string {
  if (work.type === 'gate') return gateWords(plan, work);
  if (work.type === 'act') return work.call.words;
  if (work.type === 'ask') return `${work.ask.question}${work.evidence ? ' (with evidence)' : ''}`;
  if (work.recheck !== undefined) return `again at ${work.recheck.join(', ')}`;
  return `${work.call?.words ?? ''}${work.named === undefined ? '' : ` (shared as ${work.named})`}`;
}

/** `for 30m since switch, every 1m: each sample; undecided below 90% of them or after 3m without one`. */
function holdWords(hold: Hold): string {
  const since = hold.since === undefined ? '' : ` since ${hold.since}`;
  const few = hold.tolerate === 1 ? '1 may fail' : `${hold.tolerate} may fail`;
  const judged = hold.sample === 'whole' ? 'the whole as one' : `each sample${hold.tolerate === 0 ? '' : `, ${few}`}`;
  const share = `${Math.round(hold.coverage * 100)}%`;
  const gap = formatDuration(hold.maxGapMs);
  const length = `for ${formatDuration(hold.forMs)}${since}, every ${formatDuration(hold.everyMs)}`;
  return `${length}: ${judged}; undecided below ${share} of the samples or after ${gap} without one`;
}

function gateWords(plan: Plan, work: GateWork): string {
  const people = work.poll.map((role) => plan.roles[role]?.title ?? role).join(', ');
  const again =
    work.recheck === 'critical'
      ? 'looks at everything critical again, then '
      : work.recheck.length > 0
        ? `looks at ${work.recheck.join(', ')} again, then `
        : '';
  const need =
    typeof work.need === 'object'
      ? `${work.need.at_least} must say go`
      : work.need === 'all'
        ? 'all must say go'
        : 'one must say go';
  return `${again}asks ${people}; ${need}${work.pointOfNoReturn ? '; after this there is only the rollback' : ''}`;
}

/** Steps that cannot start, or cannot be judged, before this one. */
function dependentsOf(plan: Plan, step: Step): readonly string[] {
  const waits = (other: Step): boolean =>
    other.needs.some((need) => need.step === step.id) || other.readers.includes(step.id) || looksAgain(other, step);
  const steps = step.phase === goingBack ? plan.rollback : stepsOf(plan);
  // Nothing waits for what stands below it.
  const below = steps.slice(steps.findIndex(({ id }) => id === step.id) + 1);
  return below.filter(waits).map(({ id }) => id);
}

/** Whether a recheck or a gate looks at this step again. */
function looksAgain({ work }: Step, step: Step): boolean {
  if (work.type !== 'probe' && work.type !== 'gate') return false;
  if (work.recheck === 'critical') return step.severity === 'critical';
  return work.recheck?.includes(step.id) ?? false;
}

/** `name      text`, the text wrapped beside its name. */
function pair(name: string, text: string, indent: number, width: number): readonly string[] {
  const column = indent + 12;
  return block(`${' '.repeat(indent)}${name.padEnd(12)}`, text, column, width);
}

/** A text wrapped beside what stands before its first line. */
function block(before: string, text: string, column: number, width: number): readonly string[] {
  const lines = wrap(visible(text), width - column);
  return lines.map((line, index) => (index === 0 ? before : ' '.repeat(column)) + line);
}
