// Which IAM actions a plan needs where, with what is known of the things it names.

import { isObject, type JsonObject } from '../engine/json.ts';
import type { Plan } from '../engine/plan.ts';
import { everyStep, goingBack, usesOf, type PlanUse } from '../engine/uses.ts';
import { kindOfUse, type Known } from './calls.ts';
import { leftOut } from './requests.ts';

/** One action for one use of a kind. */
export interface Need {
  /** `ecs:DescribeServices` */
  readonly action: string;
  /** One of the target's `accounts`; empty: its own. */
  readonly account: string;
  /** Another region than that account's. */
  readonly region?: string;
  /** What names the things it is about: the input of an operation, or the arguments of a kind. Templates stay in it. */
  readonly fields: JsonObject;
  /** Ids of the steps that need it; for a named probe, of all that read it. */
  readonly steps: readonly string[];
}

/**
 * What it takes to look; with `acts` also what pokes and acts take, their way back, and what is offered beside it. Steps
 * whose `when:` does not hold need nothing.
 */
export function needsOf(plan: Plan, known: Known, acts: boolean): readonly Need[] {
  const steps = everyStep(plan).filter(({ skip, phase }) => skip === undefined && (acts || phase !== goingBack));
  const named = Object.values(plan.probes).flatMap(({ name, call, nature }) => {
    const readers = steps.filter(({ probes }) => probes.includes(name)).map(({ id }) => id);
    return readers.length > 0 && (acts || nature === 'looks') ? needed({ call, as: 'probe' }, known, readers) : [];
  });
  const own = steps.flatMap((step) => {
    const uses = usesOf(step).filter(({ nature }) => acts || (nature === 'looks' && step.nature === 'looks'));
    return uses.flatMap((use) => needed(use, known, [step.id]));
  });
  return [...named, ...own];
}

/** AWS tells everybody who they are. */
const free = 'sts:GetCallerIdentity';

function needed(use: Pick<PlanUse, 'call' | 'as'>, known: Known, steps: readonly string[]): readonly Need[] {
  const { kind: name, args } = use.call;
  const kind = kindOfUse(use, known);
  const { account, region, input } = args;
  const fields = name === 'aws.call' ? (isObject(input) ? input : {}) : args;
  const actions = (kind?.permissions(args) ?? []).filter((action) => action !== free && !leftOut(action, args));
  return actions.map((action) => ({
    action,
    account: typeof account === 'string' ? account : '',
    ...(typeof region === 'string' && { region }),
    fields,
    steps,
  }));
}
