// How far a service is with what was asked of it: its deployments at a moment, from what ran before and since when.

import type { ServiceState, ServiceUpdate } from './account-containers.ts';
import { spanMs } from './account-parts.ts';

/** What tells the deployments of a service apart. */
export interface DeploymentKey {
  readonly definition: string;
  readonly round: number;
}

export interface DeploymentNow extends DeploymentKey {
  readonly status: 'PRIMARY' | 'ACTIVE';
  readonly rollout: ServiceState['rollout'];
  /** It is the old one again, because the newer one came to nothing. */
  readonly again: boolean;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  /** How many of the running tasks do not answer. */
  readonly sick: number;
  readonly failed: number;
  /** When it was asked for, since when its tasks run, and when it was last changed, in ms. */
  readonly created: number;
  readonly started: number;
  readonly updated: number;
}

type Deploying = ServiceUpdate & { readonly deployment: NonNullable<ServiceUpdate['deployment']> };

/** The same for the same deployment; the first one of a definition is called like it. */
export function keyText({ definition, round }: DeploymentKey): string {
  return round === 0 ? definition : `${definition}/${round}`;
}

/** The deployments that UpdateService began, oldest first. */
export function deployingOf({ updates }: ServiceState): readonly Deploying[] {
  return updates.flatMap((update) => {
    const { deployment } = update;
    return deployment === undefined ? [] : [{ ...update, deployment }];
  });
}

/** When a deployment is over, in ms from its beginning: with all its tasks, or with the old ones again. */
export function stretches(service: ServiceState): {
  readonly up: number;
  readonly done: number;
  readonly back: number;
} {
  const done = spanMs(service.rollout_takes);
  return { up: Math.floor(done / 3), done, back: done + Math.floor(done / 3) };
}

/** Those that have tasks, or should have: the PRIMARY one first. */
export function deploymentsNow(service: ServiceState, now: number): readonly DeploymentNow[] {
  const deploying = deployingOf(service).at(-1);
  if (deploying !== undefined) {
    const passed = now - Date.parse(deploying.at);
    const { done, back } = stretches(service);
    if (deploying.deployment.broken && passed < back) return failing(service, deploying, passed);
    if (!deploying.deployment.broken && passed < done) return rolling(service, deploying, passed);
  }
  const scaling = service.updates.at(-1);
  const settled = settledOf(service);
  if (scaling === undefined || scaling.deployment !== undefined) return [settled];
  const { done } = stretches(service);
  if (now >= Date.parse(scaling.at) + Math.floor(done / 2)) return [settled];
  const { running } = scaling.before;
  return [{ ...settled, running, pending: Math.max(0, settled.running - running) }];
}

/** The one whose tasks take the requests. */
export function servingNow(service: ServiceState, now: number): DeploymentNow {
  const all = deploymentsNow(service, now);
  return all.find(({ running }) => running > 0) ?? all[0] ?? settledOf(service);
}

/** As the fields have it: everything that was asked for is done. */
function settledOf(service: ServiceState): DeploymentNow {
  const { task_definition: definition, round, desired, running, pending, sick, rollout } = service;
  const created = Date.parse(service.deployed);
  const updated = Date.parse(service.updates.at(-1)?.at ?? service.deployed);
  const counts = { desired, running, pending, sick, failed: 0 };
  const started = round === 0 ? created : created + stretches(service).up;
  return { definition, round, status: 'PRIMARY', rollout, again: false, ...counts, created, started, updated };
}

/** The new tasks come up while the old ones work, and then the old ones go. */
function rolling(service: ServiceState, update: Deploying, passed: number): readonly DeploymentNow[] {
  const isUp = passed >= stretches(service).up;
  const settled = settledOf(service);
  const { running } = settled;
  const counts = isUp ? {} : { running: 0, pending: running, sick: 0 };
  const old = oldOf(service, update);
  return [
    { ...settled, rollout: 'IN_PROGRESS', ...counts },
    ...(old.running > 0 ? [{ ...old, desired: isUp ? 0 : old.desired }] : []),
  ];
}

/** The new tasks die one after the other until ECS gives up and is content with the old ones. */
function failing(service: ServiceState, update: Deploying, passed: number): readonly DeploymentNow[] {
  const { done } = stretches(service);
  const begun = Date.parse(update.at);
  const { task_definition: definition, round } = update.deployment;
  const failed = Math.min(3, Math.floor((passed * 4) / done));
  const times = { created: begun, started: begun, updated: begun };
  const broken = { definition, round, again: false, running: 0, sick: 0, failed, ...times };
  const old = oldOf(service, update);
  if (passed < done) {
    const { desired } = service;
    return [{ ...broken, status: 'PRIMARY', rollout: 'IN_PROGRESS', desired, pending: desired }, old];
  }
  return [
    { ...settledOf(service), rollout: 'IN_PROGRESS', again: true, updated: begun + done },
    { ...broken, status: 'ACTIVE', rollout: 'FAILED', desired: 0, pending: 0 },
  ];
}

function oldOf(service: ServiceState, { at, before }: Deploying): DeploymentNow {
  const { task_definition: definition, round, desired, running, deployed, rollout } = before;
  const was: ServiceState = { ...service, task_definition: definition, round, desired, running, deployed, rollout };
  const sick = Math.min(running, service.sick);
  return { ...settledOf(was), status: 'ACTIVE', pending: 0, sick, updated: Date.parse(at) };
}
