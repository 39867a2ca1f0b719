// `golive replay RUN --against FILE`: what the facts of a run would come to by another checklist. Nothing of it is run.

import { resolve } from 'node:path';
import { checkAnswer } from '../checklist/answers.ts';
import { bind } from '../checklist/bind.ts';
import { shownPath } from '../checklist/find.ts';
import { fillAll } from '../checklist/interpolate.ts';
import { loadChecklist } from '../checklist/load.ts';
import type { Checklist } from '../checklist/read.ts';
import { loadCatalogue } from '../effects/catalogue.ts';
import { openFiles } from '../effects/files.ts';
import { evolveAll } from '../engine/evolve.ts';
import type { Expectation } from '../engine/expectation.ts';
import { parseJson, type Json } from '../engine/json.ts';
import { nearest } from '../engine/nearest.ts';
import type { Plan } from '../engine/plan.ts';
import { rejudge, type Rejudged } from '../engine/rejudge.ts';
import type { Fill } from '../engine/rejudge-look.ts';
import type { State } from '../engine/state.ts';
import { BlindError, exitCodes, GoliveError } from '../errors.ts';
import { digest } from '../log/canonical.ts';
import { againstLines } from '../render/against.ts';
import { jsonText } from '../render/json.ts';
import { unobeyed, visible } from '../render/text.ts';
import { theme } from '../render/theme.ts';
import { verificationLines } from '../render/verification.ts';
import { acts, kinds } from '../steps/index.ts';
import { ownDigest } from './amended.ts';
import { mistakes, shelfFor } from './open-checklist.ts';
import { logExit, readRecorded, type Recorded } from './recorded.ts';
import { accountOf } from './own-copy.ts';
import type { GlobalOptions, ProcessShell } from './shell.ts';
import type { VerifyTrustOptions } from './verify-trust.ts';

export interface AgainstOptions extends GlobalOptions, VerifyTrustOptions {
  /** The checklist, as a file. */
  readonly against: string;
  /** What only goes with a transcript. */
  readonly speed?: string;
  readonly from?: string;
  readonly instant?: boolean;
  /** Also what would be the same. */
  readonly verbose?: boolean;
}

/**
 * Judges what the log and its evidence hold by the expectations of a checklist, and prints what would differ. Returns 0 when
 * nothing would, 1 when something would, 2 when only something could not be judged, and what `golive verify` would where the
 * log does not hold. Throws GoliveError (exit 3) with every mistake of that checklist.
 */
export async function replayAgainst(wanted: string, options: AgainstOptions, shell: ProcessShell): Promise<number> {
  const paced = (['speed', 'from', 'instant'] as const).find((name) => options[name] !== undefined);
  if (paced !== undefined)
    throw new GoliveError('usage', `--${paced} paces a transcript, and --against plays none: give one of them`);
  const recorded = await readRecorded(wanted, options, shell);
  const state = evolveAll(recorded.events);
  // Not even what it is a run of.
  if (state.opened === undefined) return tellNothing(recorded, options, shell);
  const other = await otherChecklist(options.against, state, shell);
  const before = await planBefore(recorded, state);
  const { captures } = valuesOf(state);
  const both = { before, after: other.plan, fill: fillWith(other.plan, recorded.run, captures), form: checkAnswer };
  const facts = await factsOf(recorded, state);
  const rows = rejudge(both, { state, facts: (name) => facts.get(name) });
  const { verification, source, run } = recorded;
  const [log = ''] = verificationLines(verification, source);
  const against = { file: other.shown, digest: digest(other.text) };
  const result = resultOf(rows);
  if (options.json === true) {
    const counts = Object.fromEntries(outcomes.map((one) => [one, rows.filter((row) => row.outcome === one).length]));
    const told = { version: 1, run, log: verification.verdict, against, result, counts, steps: rows };
    shell.out(jsonText(told, 2));
  } else {
    const { width, colour, unicode } = shell.terminal;
    const page = { width, theme: theme({ colour, unicode }) };
    const head = { run, log, against: other.shown };
    for (const line of againstLines(page, head, rows, options.verbose === true)) shell.out(unobeyed(line));
  }
  const broken = logExit(recorded, options);
  if (broken !== exitCodes.go) return broken;
  return { same: exitCodes.go, differs: exitCodes.noGo, 'not-judged': exitCodes.undecided }[result];
}

function tellNothing({ run, verification, source }: Recorded, options: AgainstOptions, shell: ProcessShell): number {
  const [log = ''] = verificationLines(verification, source);
  const told = { version: 1, run, log: verification.verdict, result: 'not-judged', steps: [] };
  shell.out(options.json === true ? jsonText(told, 2) : unobeyed(log));
  return verification.exit === exitCodes.go ? exitCodes.undecided : verification.exit;
}

const outcomes: readonly Rejudged['outcome'][] = ['same', 'differs', 'not-judged', 'gone'];

function resultOf(rows: readonly Rejudged[]): 'same' | 'differs' | 'not-judged' {
  if (rows.some(({ outcome }) => outcome === 'differs' || outcome === 'gone')) return 'differs';
  return rows.some(({ outcome }) => outcome === 'not-judged') ? 'not-judged' : 'same';
}

/** The checklist of the run: without it nobody knows what its facts are the answers to. */
async function planBefore({ planOf, run }: Recorded, state: State): Promise<Plan> {
  const plan = await planOf(ownDigest(state), state);
  if (plan !== undefined && !('missing' in plan)) return plan;
  throw new GoliveError(
    'incomplete',
    `the checklist that run ${run} carries is not here, or cannot be read: nobody knows what its facts answer`,
    {
      hint: 'Give the run where it is kept, or its bundle (`golive export RUN --bundle DIR`).',
      exit: exitCodes.undecided,
    },
  );
}

interface OtherChecklist {
  readonly plan: Plan;
  readonly shown: string;
  readonly text: string;
}

/** Read, linted, and bound for the target of the run with the values of the run; what has none stays `${name}`. */
async function otherChecklist(file: string, state: State, shell: ProcessShell): Promise<OtherChecklist> {
  const path = resolve(shell.cwd, file);
  const text = await openFiles().readText(path);
  if (text === undefined)
    throw new GoliveError('file', `there is no file ${file}`, { hint: 'Give the checklist as a file: --against FILE' });
  const shown = shownPath(path, shell.cwd);
  const known = { kinds, acts };
  const { checklist, problems } = await loadChecklist(text, shown, known, loadCatalogue, shelfFor(path, shell));
  if (checklist === undefined) throw mistakes(problems, shown);
  const target = state.opened?.target ?? '';
  const own = Object.hasOwn(checklist.body.targets, target) ? checklist.body.targets[target] : undefined;
  if (own === undefined) {
    const targets = Object.keys(checklist.body.targets);
    const near = nearest(target, targets);
    throw new GoliveError('checklist', `${shown} has no target ${visible(target)}, which the run is of`, {
      hint: near === undefined ? `its targets: ${targets.join(', ')}` : `did you mean ${near}?`,
    });
  }
  const inputs = inputsFor(checklist, valuesOf(state).inputs);
  const account = accountOf(state) ?? own.aws.account;
  const bound = bind(checklist, known, { target, inputs, account, partial: true });
  if (!('plan' in bound)) throw mistakes(bound.problems, shown);
  return { plan: bound.plan, shown, text: checklist.source.text };
}

/** The run's own values count; a blank that is new brings its default, or stays blank. */
function inputsFor({ body }: Checklist, own: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> {
  const given = Object.entries(body.inputs ?? {}).flatMap(([name, input]): readonly (readonly [string, Json])[] => {
    if (Object.hasOwn(own, name) && own[name] !== undefined) return [[name, own[name]]];
    return input.default === undefined ? [] : [[name, input.default]];
  });
  return Object.fromEntries(given);
}

/** What the log has by name. A log may hold anything as the text of a value: what is no JSON is not there. */
function valuesOf(state: State): Readonly<Record<'inputs' | 'captures', Readonly<Record<string, Json>>>> {
  const all = Object.entries(state.values).flatMap(([name, { json, step }]) => {
    const value = parseJson(json);
    return value === undefined ? [] : [{ name, value, step }];
  });
  const named = (some: typeof all): Readonly<Record<string, Json>> =>
    Object.fromEntries(some.map(({ name, value }) => [name, value]));
  return {
    inputs: named(all.filter(({ step }) => step === '')),
    captures: named(all.filter(({ step }) => step !== '')),
  };
}

function fillWith(plan: Plan, run: string, captures: Readonly<Record<string, Json>>): Fill {
  const builtIn = { target: plan.target, account: plan.aws.account, region: plan.aws.region, run };
  const scope = { ...plan.names, ...captures, ...builtIn };
  return (template) => {
    try {
      // An expectation is JSON, and filling keeps its form, which the type system cannot follow.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
      return { filled: fillAll(template as readonly Json[], scope) as readonly Expectation[] };
    } catch (error) {
      if (!(error instanceof BlindError)) throw error;
      return { missing: error.message };
    }
  };
}

/** The facts behind the newest verdict of every step, as far as they are at hand and are what their digest says. */
async function factsOf({ blobOf }: Recorded, state: State): Promise<ReadonlyMap<string, Json>> {
  const facts = new Map<string, Json>();
  for (const { verdict } of Object.values(state.steps)) {
    if (verdict === undefined || verdict.facts === '' || facts.has(verdict.facts)) continue;
    const bytes = await blobOf(verdict.facts);
    const json = bytes && parseJson(new TextDecoder().decode(bytes));
    if (json !== undefined) facts.set(verdict.facts, json);
  }
  return facts;
}
