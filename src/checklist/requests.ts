// Which requests a plan makes, of whom and for which steps, and how many at least: when nothing has to be waited for.

import { isObject, type Json, type JsonObject } from '../engine/json.ts';
import { phaseSteps, stepsOf, type Phase, type Plan, type Step } from '../engine/plan.ts';
import { goingBack, usesOf, type PlanUse } from '../engine/uses.ts';
import { kindOfUse, type Known } from './calls.ts';
import { reachOf, reachWords, type Reach } from './reach.ts';

/** Requests that a reader would call the same: one operation of AWS in one place, one host, one name, one program. */
export interface Requests {
  readonly type: 'aws' | Reach['type'];
  /** `ecs:DescribeServices`, `GET https://app.example.com via ${alb.DNSName}`, `DNS A app.example.com`. */
  readonly what: string;
  /** How many there are at least: pages, retries and what has to be waited for come on top. 0: only where it is needed. */
  readonly atLeast: number;
  /** Ids of the steps that need them, in the order of the plan. */
  readonly steps: readonly string[];
}

export interface PhaseRequests {
  readonly id: string;
  readonly title: string;
  readonly at: string;
  readonly requests: readonly Requests[];
  readonly atLeast: number;
}

export interface PlanRequests {
  readonly phases: readonly PhaseRequests[];
  /** Over all phases: each begins by forgetting what was read before. */
  readonly total: readonly Requests[];
  readonly atLeast: number;
}

/** What counting needs to know besides the plan. */
export interface Counting extends Known {
  /** Whether AWS takes several of these operations (`ecs:DescribeServices`) in one request. */
  readonly joins: (operation: string) => boolean;
}

/** What a plan asks of whom. Steps whose `when:` does not hold ask nothing. */
export function requestsOf(plan: Plan, known: Counting): PlanRequests {
  const phases = [...plan.phases, ...wayBackOf(plan)].map((phase) => {
    const requests = summed(requestsIn(plan, phase, known));
    const { id, title, at } = phase;
    return { id, title, at, requests, atLeast: sum(requests) };
  });
  const total = summed(phases.flatMap(({ requests }) => requests));
  return { phases, total, atLeast: sum(total) };
}

/** What is offered on the way back as a phase of its own: nobody needs any of it unless there is one. */
function wayBackOf({ rollback }: Plan): readonly Phase[] {
  if (rollback.length === 0) return [];
  const title = 'Only while going back';
  return [{ id: goingBack, title, offsetMs: 0, at: '', sections: [{ title, source: [], steps: rollback }] }];
}

/** One request that may be shared: whoever asks for the same in one phase shares it. */
interface Asked extends Requests {
  readonly same: string;
}

/** The requests of a phase, those that are shared once, with every step that needs them. */
function requestsIn(plan: Plan, phase: Phase, known: Counting): readonly Requests[] {
  const all = new Map<string, Asked>();
  const add = (use: Pick<PlanUse, 'call' | 'as'>, looks: number, step: Step): void => {
    for (const asked of askedBy(use, known)) {
      // What pokes or changes something is sent for its own step and no other.
      const same = isSent(use, known) ? `${step.id} ${asked.same}` : asked.same;
      const before = all.get(same);
      const atLeast = Math.max(before?.atLeast ?? 0, asked.atLeast * (step.phase === goingBack ? 0 : looks));
      all.set(same, { ...asked, atLeast, steps: [...(before?.steps ?? []), step.id] });
    }
  };
  for (const step of phaseSteps(phase)) {
    if (step.skip !== undefined) continue;
    for (const other of [step, ...lookedAtAgain(plan, step)]) {
      const uses = usesOf(other);
      for (const name of other.probes) {
        const probe = plan.probes[name];
        if (probe !== undefined && !uses.some(({ named }) => named === name))
          add({ call: probe.call, as: 'probe' }, 1, step);
      }
      for (const use of uses) add(use, other === step ? looksOf(step, use, known) : 1, step);
    }
  }
  return [...all.values()];
}

/** The steps above that a recheck or a gate looks at once more. */
function lookedAtAgain(plan: Plan, { id, work }: Step): readonly Step[] {
  if (work.type !== 'probe' && work.type !== 'gate') return [];
  const { recheck } = work;
  if (recheck === undefined) return [];
  const steps = stepsOf(plan);
  const above = steps.slice(
    0,
    steps.findIndex((step) => step.id === id),
  );
  return above.filter((step) => {
    if (step.nature !== 'looks' || step.hold !== undefined || step.skip !== undefined) return false;
    return recheck === 'critical' ? step.severity === 'critical' : recheck.includes(step.id);
  });
}

/** How often a step looks at least. A hold on a kind without a memory of its own looks as often as its coverage asks. */
function looksOf({ hold }: Step, { call, wait, back }: PlanUse, { kinds }: Known): number {
  if (back) return 0;
  const looks = wait?.consecutive ?? 1;
  const remembers = kinds.find(({ name }) => name === call.kind)?.history !== undefined;
  if (hold === undefined || remembers) return looks;
  return Math.max(looks, Math.ceil((Math.ceil(hold.forMs / hold.everyMs) + 1) * hold.coverage));
}

function isSent({ call, as }: Pick<PlanUse, 'call' | 'as'>, { kinds }: Known): boolean {
  return as === 'act' || kinds.find(({ name }) => name === call.kind)?.nature(call.args) !== 'looks';
}

function askedBy(use: Pick<PlanUse, 'call' | 'as'>, known: Counting): readonly Asked[] {
  const { call } = use;
  const { kind: name, args } = call;
  const kind = kindOfUse(use, known);
  const reached = reachOf(call).map((reach, index) => {
    const same = sameText([name, args, index]);
    return { type: reach.type, what: reachWords(reach), atLeast: leastOf(reach), steps: [], same };
  });
  const operations = (kind?.operations(args) ?? []).filter((operation) => !leftOut(operation, args));
  const asked = operations.map((operation) => {
    const what = `${operation}${placeWords(args)}`;
    // What is asked in the same moment goes out together: all of a cluster's services, say.
    const decides = known.joins(operation) ? (args['cluster'] ?? null) : decidedBy(operation, name, args);
    const atLeast = sometimes[name]?.includes(operation) ? 0 : 1;
    return { type: 'aws' as const, what, atLeast, steps: [], same: sameText([what, decides]) };
  });
  return [...asked, ...reached];
}

/** Operations that a kind makes only where what it saw asks for them. */
const sometimes: Readonly<Record<string, readonly string[]>> = {
  'aws.image': ['ecr:GetDownloadUrlForLayer'],
  'ecs.run_task': ['ecs:ListTasks'],
  // What is in place already is not changed.
  'ecs.update_service': ['ecs:ListServiceDeployments', 'ecs:UpdateService'],
  'route53.replace_record': ['route53:ChangeResourceRecordSets', 'route53:GetChange'],
  'route53.set_ttl': ['route53:ChangeResourceRecordSets', 'route53:GetChange'],
};

/** Where not all arguments, or not only those of one kind, make an input of its own. */
function decidedBy(operation: string, kind: string, args: JsonObject): Json {
  if (zoneLookUps.includes(operation)) return args['zone'] ?? null;
  return [kind, args];
}

const zoneLookUps = ['route53:ListHostedZonesByName', 'route53:GetHostedZone'];

/** Operations of a kind that a use of it does not make: a zone is looked up by its name or by its id, never by both. */
export function leftOut(operation: string, { zone }: JsonObject): boolean {
  if (!zoneLookUps.includes(operation) || typeof zone !== 'string') return false;
  const byId = /^(?:\/?hostedzone\/)?Z[A-Z0-9]{4,31}$/.test(zone);
  return operation === (byId ? 'route53:ListHostedZonesByName' : 'route53:GetHostedZone');
}

function leastOf(reach: Reach): number {
  if (reach.type === 'tls') return reach.handshakes;
  return reach.type === 'dns' ? Math.max(1, reach.servers.length) : 1;
}

function placeWords({ account, region }: JsonObject): string {
  const words = [
    ...(typeof region === 'string' ? [region] : []),
    ...(typeof account === 'string' ? [`account ${account}`] : []),
  ];
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

/** Requests of the same name as one, AWS first, then by name. */
function summed(all: readonly Requests[]): readonly Requests[] {
  const byName = new Map<string, Requests>();
  for (const { type, what, atLeast, steps } of all) {
    const before = byName.get(what);
    const both = [...new Set([...(before?.steps ?? []), ...steps])];
    byName.set(what, { type, what, atLeast: (before?.atLeast ?? 0) + atLeast, steps: both });
  }
  const rank = ({ type, what }: Requests): string => `${type === 'aws' ? 0 : 1} ${type} ${what}`;
  return [...byName.values()].toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

function sum(requests: readonly Requests[]): number {
  return requests.reduce((total, { atLeast }) => total + atLeast, 0);
}

/** One text for what is the same, whatever order it was written in. */
function sameText(value: Json): string {
  const sorted = (_: string, part: Json): Json =>
    isObject(part) ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1))) : part;
  return JSON.stringify(value, sorted);
}
