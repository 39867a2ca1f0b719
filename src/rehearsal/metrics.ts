// What the load balancers publish to CloudWatch, minute by minute, as it follows from the state of the account.

import { balancersOf, targetsOf } from './fleet.ts';
import { held, idOf } from './place.ts';
import type { Place } from './place.ts';
import { trafficOf, wobble } from './traffic.ts';

/** What a metric holds of one minute. */
export interface Sample {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

export interface MetricQuestion {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly (readonly [name: string, value: string])[];
}

/** The sample of the minute that begins at a moment (ms); undefined where nothing was published. */
export type Metric = (minute: number) => Sample | undefined;

/** As many nodes of a load balancer look at its targets. */
const nodes = 2;

/**
 * The metric with exactly these dimensions, LoadBalancer or LoadBalancer and TargetGroup; undefined when there is none.
 * As in AWS: counts of 5xx only when there are some, requests only where a target could be chosen, hosts only per
 * target group with registered targets.
 */
export function metricOf(place: Place, question: MetricQuestion): Metric | undefined {
  const own = ownMetric(place, question);
  if (own !== undefined) return own;
  const { load_balancers: balancers, target_groups: groups } = place.account.elbv2;
  const given = new Map(question.dimensions);
  const balancer = Object.entries(balancers).find(([name]) => valueOf('app', name) === given.get('LoadBalancer'));
  const group = Object.keys(groups).find((name) => valueOf('targetgroup', name) === given.get('TargetGroup'));
  const known = (balancer === undefined ? 0 : 1) + (group === undefined ? 0 : 1);
  const all = known === question.dimensions.length && known === given.size;
  if (balancer === undefined || !all || question.namespace !== 'AWS/ApplicationELB') return undefined;
  if (!place.account.cloudwatch.metrics.published) return undefined;
  const [name, { created }] = balancer;
  const metric = metricNamed(place, question.name, name, group);
  return metric && ((minute) => (minute < Date.parse(created) ? undefined : metric(minute)));
}

/** One that the world writes out, the same in every minute. */
function ownMetric(place: Place, { namespace, name, dimensions }: MetricQuestion): Metric | undefined {
  const { published, own } = place.account.cloudwatch.metrics;
  const found = Object.values(own).find(
    (each) =>
      each.metric === `${namespace} ${name}` &&
      Object.keys(each.dimensions).length === dimensions.length &&
      dimensions.every(([dimension, value]) => held(each.dimensions, dimension) === value),
  );
  if (found === undefined || !published) return undefined;
  const { value, least = value, most = value, since } = found;
  const from = since === undefined ? -Infinity : Date.parse(since);
  return (minute) => (minute < from ? undefined : { count: 1, sum: value, min: least, max: most });
}

/** As a dimension has it: the end of the ARN. */
function valueOf(sort: 'app' | 'targetgroup', name: string): string {
  return `${sort}/${name}/${idOf(name, 16)}`;
}

function metricNamed(place: Place, name: string, balancer: string, group: string | undefined): Metric | undefined {
  if (name === 'HealthyHostCount') return hosts(place, balancer, group, 'healthy');
  if (name === 'UnHealthyHostCount') return hosts(place, balancer, group, 'unhealthy');
  // What the load balancer answers itself belongs to no target group.
  if (name === 'HTTPCode_ELB_5XX_Count' && group !== undefined) return undefined;
  const perPart = held(requestMetrics, name);
  const parts = partsOf(place, balancer).filter((part) => group === undefined || part.group === group);
  if (perPart === undefined || parts.length === 0) return undefined;
  const traffic = trafficOf(place.world);
  return (minute) => merged(parts.map((part) => perPart(part, shareOf(traffic(minute), part), minute)));
}

function hosts(place: Place, balancer: string, group: string | undefined, state: string): Metric | undefined {
  const found = held(place.account.elbv2.target_groups, group);
  if (group === undefined || found === undefined || !balancersOf(place.world, group).includes(balancer))
    return undefined;
  const targets = targetsOf(place.world, group, found);
  if (targets.length === 0) return undefined;
  const n = targets.filter((target) => target.state === state).length;
  return () => ({ count: nodes, sum: nodes * n, min: n, max: n });
}

/** A target group behind the listener that people use, and what becomes of requests to it. */
interface Part {
  readonly group: string;
  /** Without targets none can be chosen; where all of them hang, one is chosen and does not answer. */
  readonly fate: 'answered' | 'nobody' | 'timeout';
  /** How long an answer takes at least, in the mean of a minute. */
  readonly seconds: number;
  readonly index: number;
  readonly of: number;
}

function partsOf(place: Place, balancer: string): readonly Part[] {
  const { world } = place;
  if (balancer !== world.application.load_balancer) return [];
  const listener = held(held(place.account.elbv2.load_balancers, balancer)?.listeners ?? {}, '443');
  if (listener === undefined) return [];
  const actions = [listener.default, ...Object.values(listener.rules).map((rule) => rule.action)];
  const groups = [...new Set(actions.flatMap((action) => ('forward' in action ? [action.forward] : [])))];
  return groups.map((group, index) => {
    const state = held(place.account.elbv2.target_groups, group);
    const targets = state === undefined ? [] : targetsOf(world, group, state);
    const hang = targets.every(({ reason }) => reason === 'Target.Timeout');
    const fate = targets.length === 0 ? 'nobody' : hang ? 'timeout' : 'answered';
    return { group, fate, seconds: world.application.traffic.seconds, index, of: groups.length };
  });
}

interface Share {
  readonly requests: number;
  readonly errors: number;
}

/** Equal shares in whole requests: together they are all there is. */
function shareOf({ requests, errors }: Share, { index, of: parts }: Part): Share {
  const share = (n: number): number => Math.floor((n + index) / parts);
  return { requests: share(requests), errors: share(errors) };
}

type PartMetric = (part: Part, share: Share, minute: number) => Sample | undefined;

const requestMetrics: Readonly<Record<string, PartMetric>> = {
  RequestCount: ({ fate }, { requests }) => (fate === 'nobody' ? undefined : counted(requests)),
  HTTPCode_Target_5XX_Count: ({ fate }, { errors }) => (fate === 'answered' ? counted(errors) : undefined),
  HTTPCode_ELB_5XX_Count: ({ fate }, { requests }) => (fate === 'answered' ? undefined : counted(requests)),
  TargetResponseTime: ({ fate, seconds }, { requests }, minute) => {
    if (fate !== 'answered' || requests === 0) return undefined;
    const mean = seconds + 0.04 * wobble(minute);
    return { count: requests, sum: mean * requests, min: mean / 4, max: requests === 1 ? mean : mean * 3 };
  },
};

/** Each of them counts one, so only the sum says how many. */
function counted(n: number): Sample | undefined {
  return n === 0 ? undefined : { count: n, sum: n, min: 1, max: 1 };
}

/** Several samples as one; undefined of none. */
export function merged(samples: readonly (Sample | undefined)[]): Sample | undefined {
  const known = samples.filter((sample) => sample !== undefined);
  if (known.length === 0) return undefined;
  return {
    count: known.reduce((sum, { count }) => sum + count, 0),
    sum: known.reduce((sum, sample) => sum + sample.sum, 0),
    min: Math.min(...known.map(({ min }) => min)),
    max: Math.max(...known.map(({ max }) => max)),
  };
}
