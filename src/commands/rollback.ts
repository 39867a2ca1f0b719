// `golive rollback`: takes back what a run changed, as steps of the same run; with --plan it only shows what it would do.

import { actsThatStand, gateBehindActs } from '../engine/acts.ts';
import type { Json } from '../engine/json.ts';
import type { Plan } from '../engine/plan.ts';
import { BlindError, exitCodes } from '../errors.ts';
import { theme } from '../render/theme.ts';
import { backLines } from '../render/way-back.ts';
import { guardAws } from '../runner/guard.ts';
import { openReader } from '../runner/reader.ts';
import { scopeOf } from '../runner/scope.ts';
import type { Sight } from '../runner/session.ts';
import { shownBack, waysBack, type Reach, type Way } from '../runner/way-back.ts';
import { findAct } from '../steps/index.ts';
import type { RunStore } from '../world.ts';
import { refuseOtherSide } from './detours.ts';
import { localFolder, realOutside, rehearsalOutside, type Outside } from './outside.ts';
import { ownCopy, refuseClosed } from './own-copy.ts';
import { rehearsalTime, resume, type ResumeOptions } from './resume.ts';
import { findRun, keptIn, openStore, type KnownRun } from './runs.ts';
import type { ProcessShell } from './shell.ts';

export interface RollbackOptions extends Omit<ResumeOptions, 'rollback' | 'auto'> {
  readonly plan?: boolean;
  readonly deeper?: boolean;
}

/** Takes back the run that is meant, or shows how. Returns the exit code. */
export async function rollback(
  wanted: string | undefined,
  options: RollbackOptions,
  shell: ProcessShell,
): Promise<number> {
  const deeper = options.deeper === true;
  if (options.plan !== true) return resume(wanted, { ...options, rollback: deeper ? 'deeper' : 'gate' }, shell);
  const store = openStore(options, shell);
  const known = await findRun(store, wanted, shell);
  // What a sealed run left in place can still be looked at, and taken back by hand.
  if (known.state.sealed === undefined) refuseClosed(known);
  const { plan } = await ownCopy(store, known);
  const outside = await outsideOf(store, known, plan, options, shell);
  try {
    const sight = sightOf(store, known, plan, outside, shell);
    const reach: Reach = { to: deeper ? '' : gateBehindActs(plan, known.state), chosen: [] };
    const ways = await waysBack(sight, reach);
    if (options.json === true) shell.out(JSON.stringify(planJson(known, reach, ways, plan), null, 2));
    else {
      const { colour, unicode, width } = shell.terminal;
      const shown = await shownBack(sight, reach, ways, { why: 'only shown: nothing is done', begun: false });
      for (const line of backLines({ width, theme: theme({ colour, unicode }) }, plan, shown)) shell.out(line);
    }
    return exitCodes.go;
  } finally {
    await outside.close();
  }
}

/** The outside of the run's own side, for looking only. */
async function outsideOf(
  store: RunStore,
  { run, state }: KnownRun,
  plan: Plan,
  options: RollbackOptions,
  shell: ProcessShell,
): Promise<Outside> {
  if (state.opened?.rehearsal !== true) {
    const outside = await realOutside(plan, options, shell, undefined);
    const hosts = outside.aws.overrides.map(({ host }) => host);
    refuseOtherSide(state.opened?.session.endpoints ?? [], hosts, `golive run ${plan.checklist}-${plan.target} --new`);
    return outside;
  }
  const { findWorld } = await import('../rehearsal/find-world.ts');
  const { checklist, target } = plan;
  const { world } = findWorld({ checklist, target, cwd: shell.cwd, breaks: [], patchFile: undefined });
  const how = { start: rehearsalTime(state, 'gate'), speed: 'max' as const, folder: localFolder(store.locate(run)) };
  return rehearsalOutside(plan, world, shell, how);
}

/** Secrets stand in no log, and the way back hangs on the log alone: none are asked for. */
function sightOf(store: RunStore, { run, state }: KnownRun, plan: Plan, outside: Outside, shell: ProcessShell): Sight {
  const { clock, http, dns, tls, websockets, load, browser, programs, files, folders } = outside;
  const { aws } = guardAws(outside.aws, plan);
  const world = { clock, http, dns, tls, websockets, load, browser, aws, programs, files, folders };
  const noPoke = (): never => {
    throw new BlindError('refused', 'nothing is sent while a way back is only shown');
  };
  return {
    plan,
    world,
    aws,
    findAct,
    reader: openReader(plan, world, () => scopeOf(plan, state, run, {}), noPoke),
    kept: keptIn(store, run),
    signal: shell.signal,
    journal: { state: () => state, scrub: (same) => same },
  };
}

function planJson({ run, state }: KnownRun, { to }: Reach, ways: readonly Way[], plan: Plan): Json {
  return {
    run,
    at: state.at,
    to,
    undo: ways.map(({ step, id, found }): Json => {
      if (found === undefined) return { step: step.id, none: (step.work.type === 'act' && step.work.noUndo) || '' };
      if ('blind' in found) return { step: id, unknown: found.blind.message };
      const { stands, request, before, expected, observed } = found.prospect;
      return { step: id, kind: found.kind.name, stands, request, before, expected, observed };
    }),
    older: actsThatStand(plan, state).flatMap(({ id }) => (ways.some(({ step }) => step.id === id) ? [] : [id])),
    offered: plan.rollback.map(({ id, title }): Json => ({ id, title })),
  };
}
