// `golive doctor NAME-TARGET`: what a run will need, checked before the day. Looks only, and says what to do.

import type { Inputs } from '../checklist/inputs.ts';
import { needsOf } from '../checklist/policy-needs.ts';
import type { Plan } from '../engine/plan.ts';
import { loadIamData } from '../effects/iam-data.ts';
import { openTcp } from '../effects/tcp.ts';
import { BlindError } from '../errors.ts';
import { doctorExit, doctorLines, doctorSummary, type Check, type CheckGroup } from '../render/doctor.ts';
import { guardAws } from '../runner/guard.ts';
import { openReader } from '../runner/reader.ts';
import { toldText } from '../runner/scrub.ts';
import type { Scrub } from '../runner/scrubber.ts';
import { acts, kinds } from '../steps/index.ts';
import { openDesk } from './desk.ts';
import { clockCheck, identityCheck, permissionChecks } from './doctor-aws.ts';
import {
  diskCheck,
  inputsCheck,
  nodeCheck,
  programChecks,
  signingChecks,
  terminalCheck,
  trustCheck,
} from './doctor-here.ts';
import { peopleChecks } from './doctor-people.ts';
import { scrubHere } from './hidden.ts';
import { reachChecks, reachedBy } from './doctor-reach.ts';
import { runChecks } from './doctor-runs.ts';
import { noticeChecks } from './notices.ts';
import { openChecklist, type OpenChecklist } from './open-checklist.ts';
import { outsideGiven, realOutside, type Outside, type OutsideOptions } from './outside.ts';
import { howCalled, type GlobalOptions, type ProcessShell } from './shell.ts';
import type { SigningOptions } from './signing.ts';
import { partialPlan } from './partial-plan.ts';
import { otherRegion } from './trust.ts';

export interface DoctorOptions extends GlobalOptions, OutsideOptions, SigningOptions {
  readonly values?: string;
}

/** Checks side by side, changes and pokes nothing. `now`: this machine's clock in ms. Exit 0 fine, 1 wrong, 2 not known. */
export async function doctor(
  name: string,
  options: DoctorOptions,
  shell: ProcessShell,
  now: () => number = Date.now,
): Promise<number> {
  const opened = await openChecklist(name, shell);
  const { plan, inputs } = await partialPlan(opened, options.values, shell);
  const outside = await realOutside(plan, options, shell, undefined);
  const desk = openDesk(shell, { quiet: options.json === true });
  try {
    const progress = progressOn((text) => desk.screen.live(text));
    const seen = await allGroups({ name, opened, plan, inputs, outside, options, shell, now }, progress);
    const groups = toldGroups(seen, scrubHere(plan, false, shell));
    desk.screen.live('');
    shell.signal.throwIfAborted();
    const exit = doctorExit(groups);
    if (options.json === true) shell.out(JSON.stringify({ name, exit, groups }, null, 2));
    else {
      const page = { theme: desk.page.theme, width: Math.min(120, desk.page.width) };
      for (const line of doctorLines(page, groups)) shell.out(line);
      shell.out(doctorSummary(page, groups, `${howCalled(shell, options)} run ${name}`));
    }
    return exit;
  } finally {
    desk.close();
    await outside.close();
  }
}

/** What others said of it, such as AWS, without secrets. */
function toldGroups(groups: readonly CheckGroup[], scrub: Scrub): readonly CheckGroup[] {
  const told = ({ says, todo, ...check }: Check): Check => ({
    ...check,
    says: toldText(says, scrub),
    ...(todo !== undefined && { todo: toldText(todo, scrub) }),
  });
  return groups.map(({ title, checks }) => ({ title, checks: checks.map(told) }));
}

interface Patient {
  readonly name: string;
  readonly opened: OpenChecklist;
  readonly plan: Plan;
  readonly inputs: Inputs;
  readonly outside: Outside;
  readonly options: DoctorOptions;
  readonly shell: ProcessShell;
  readonly now: () => number;
}

type Progress = <T>(work: Promise<T>) => Promise<T>;

async function allGroups(patient: Patient, progress: Progress): Promise<readonly CheckGroup[]> {
  const { opened, plan, inputs, outside, options, shell, now } = patient;
  const reached = reachedBy(plan);
  const [signing, aws, reach] = await Promise.all([
    progress(signingChecks(options, shell)),
    awsChecks(patient, progress),
    hostChecks(patient, reached, progress),
  ]);
  const machine = [
    nodeCheck(shell),
    terminalCheck(shell, options.json === true),
    diskCheck(options, shell),
    ...signing.checks,
    ...noticeChecks(shell),
  ];
  const people = await progress(peopleChecks(plan, signing.signer, options, shell, now()));
  const region = otherRegion(plan, shell);
  return [
    { title: 'This machine', checks: [...machine, ...programChecks(reached, shell)] },
    { title: 'The checklist', checks: [trustCheck(opened, shell), inputsCheck(inputs)] },
    { title: 'People', checks: people },
    { title: 'Runs that are open', checks: await runChecks(patient.name, options, shell) },
    { title: 'AWS', checks: [...endpointChecks(outside.aws), ...(region === undefined ? [] : [region]), ...aws] },
    { title: 'Reached from here', checks: reach },
  ];
}

/** Who answers instead of AWS, where somebody does: whatever is green below is green there. */
function endpointChecks({ overrides }: Outside['aws']): readonly Check[] {
  return overrides.map(({ host, from }) => ({
    name: 'endpoint',
    state: 'ok',
    says: `${host} answers instead of AWS (${from}), so nothing below is about AWS`,
  }));
}

async function awsChecks(
  { name, plan, outside, options, shell, now }: Patient,
  progress: Progress,
): Promise<readonly Check[]> {
  const { aws, http } = outside;
  const { env, signal } = shell;
  const needs = needsOf(plan, { kinds, acts }, true);
  const data = progress(loadIamData(needs.map(({ action }) => action)));
  const policy = `${howCalled(shell, options)} iam-policy ${name} --acts`;
  const places = Object.entries({ '': plan.aws, ...plan.accounts });
  const accounts = places.map(async ([account, place]): Promise<readonly Check[]> => {
    const { check, arn } = await progress(identityCheck(aws, account, place, signal));
    const own = needs.filter((need) => need.account === account);
    const at = { name: account, place, arn, policy };
    return [check, ...(await progress(permissionChecks(aws, at, own, await data, signal)))];
  });
  const clock = progress(clockCheck(http, plan, env, options.allowEndpoint === true, now, signal));
  return [await clock, ...(await Promise.all(accounts)).flat()];
}

async function hostChecks(patient: Patient, reached: ReturnType<typeof reachedBy>, progress: Progress) {
  const { plan, outside, options, shell } = patient;
  const { dnsServer, ...given } = await outsideGiven(options, shell);
  const { dns, tls } = outside;
  const tcp = openTcp({ ...given, env: shell.env, ...(dnsServer !== undefined && { dns }) });
  // Behind the lock: nothing is read from an account that is another one. And no probe is read that pokes.
  const world = { ...outside, aws: guardAws(outside.aws, plan).aws };
  const looks = Object.entries(plan.probes).filter(([, { nature }]) => nature === 'looks');
  const reader = openReader({ ...plan, probes: Object.fromEntries(looks) }, world, () => plan.names, pokesNothing);
  const checks = reachChecks(reached, { tcp, tls, dns, reader }, shell.signal);
  return Promise.all(checks.map((check) => progress(check)));
}

function pokesNothing(): never {
  throw new BlindError('refused', 'golive doctor pokes nothing');
}

/** How far it has got, on the terminal's last line. */
function progressOn(live: (text: string) => void): Progress {
  let [begun, done] = [0, 0];
  const tell = (): void => live(`  checking: ${done} of ${begun}`);
  return async (work) => {
    begun += 1;
    tell();
    try {
      return await work;
    } finally {
      done += 1;
      tell();
    }
  };
}
