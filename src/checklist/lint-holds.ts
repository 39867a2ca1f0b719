// Rules about holds: what may be watched, for how long, and whether the limits leave anything that could fail or pass.

import { formatDuration, parseDuration } from '../engine/duration.ts';
import { backPhase, callOfStep, recheckOf, type CallAt, type StepAt } from './calls.ts';
import { holdDefaults } from './hold-defaults.ts';
import { above } from './lint-steps.ts';
import type { Lint } from './lint.ts';
import { parsePercent } from './offset.ts';
import type { HoldBody, StepBody } from './schema.ts';

export function lintHolds(lint: Lint): void {
  for (const at of lint.steps) {
    const { hold } = at.step;
    // On the way back nothing may be watched at all.
    if (hold === undefined || at.phase === backPhase) continue;
    const unfit = unwatchable(lint, at.step);
    if (unfit !== undefined) {
      lint.report.key(at.step, 'hold', unfit);
      continue;
    }
    since(lint, at, hold);
    const call = callOfStep(at.step, lint.body, lint.kinds);
    const timed = length(lint, hold);
    if (call === undefined) continue;
    if (call.kind.history === undefined) live(lint, hold, call);
    if (timed) samples(lint, hold, call);
  }
}

/** Why a step cannot be watched, or undefined. */
function unwatchable({ body, kinds }: Lint, step: StepBody): string | undefined {
  if (step.probe === undefined) return '`hold` is for probes: only what is looked at again and again can be watched';
  if (recheckOf(step).length > 0) return 'a recheck looks as the step it checks again: it takes no `hold`';
  if (step.capture !== undefined) return 'a hold sees many moments: `capture` from a step that looks once';
  const call = callOfStep(step, body, kinds);
  if (call?.kind.nature(call.args) !== 'pokes') return undefined;
  return 'a probe that pokes is sent once; `hold` would send it again and again';
}

function since(lint: Lint, { index }: StepAt, hold: HoldBody): void {
  if (hold.since === undefined) return;
  const target = above(lint, hold, 'since', hold.since, index, 'counts from');
  if (target === undefined || recheckOf(target.step).length === 0) return;
  const again = recheckOf(target.step).join('`, `');
  lint.report.value(hold, 'since', `\`${hold.since}\` is itself a recheck`, `count from \`${again}\``);
}

/** Whether its times are times at all, so that more can be said of them. */
function length({ report }: Lint, hold: HoldBody): boolean {
  const every = parseDuration(hold.every ?? holdDefaults.every) ?? 0;
  const forMs = parseDuration(hold.for) ?? 0;
  if (forMs === 0) report.value(hold, 'for', '`for` is no time at all');
  else if (every === 0) report.value(hold, 'every', '`every` is no time at all');
  else if (every > forMs)
    report.value(hold, 'every', `it would look every ${hold.every ?? holdDefaults.every} for only ${hold.for}`);
  else return true;
  return false;
}

/** What only a source with a clock of its own can do: it remembers what was before, and brings data points late. */
function live({ report, kinds }: Lint, hold: HoldBody, { name }: CallAt): void {
  const others = kinds.filter((kind) => kind.history !== undefined).map((kind) => kind.name);
  const hint = `kinds that remember: ${others.join(', ')}`;
  const say = (key: string, why: string): void =>
    report.key(hold, key, `\`${name}\` sees only the moment it looks: ${why}`, hint);
  if (hold.since !== undefined) say('since', 'it is watched from its own beginning');
  if (hold.settle !== undefined) say('settle', 'nothing comes in late');
  if (hold.sample === 'whole') say('sample', 'it has no facts of a whole time');
}

function samples({ report }: Lint, hold: HoldBody, { kind, args }: CallAt): void {
  const remembers = kind.history !== undefined;
  const written = remembers ? args['period'] : (hold.every ?? holdDefaults.every);
  const apart = typeof written === 'string' ? (parseDuration(written) ?? 0) : 0;
  const forMs = parseDuration(hold.for) ?? 0;
  const gap = parseDuration(hold.max_gap ?? holdDefaults.maxGap) ?? 0;
  if (parsePercent(hold.coverage ?? holdDefaults.coverage) === 0)
    report.value(hold, 'coverage', 'a share of nothing would pass without any evidence');
  if (apart === 0) return;
  const count = Math.floor(forMs / apart);
  const times = `${count} sample${count === 1 ? '' : 's'} in ${hold.for}`;
  if (count === 0) {
    report.value(hold, 'for', `one data point covers ${formatDuration(apart)}: in ${hold.for} there is none`);
  } else if ((hold.tolerate ?? 0) >= count) {
    report.value(hold, 'tolerate', `there are only ${times}: all of them could fail`);
  }
  if (!remembers && apart >= gap && count > 1) {
    const message = `it looks every ${formatDuration(apart)}, and ${formatDuration(gap)} without a sample is too long`;
    report.value(hold, 'every' in hold ? 'every' : 'max_gap', message, 'make `max_gap` longer than `every`');
  }
}
