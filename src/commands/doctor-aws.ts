// What golive doctor asks AWS: what time it is, who we are in each account, and what we may do there.

import type { Need } from '../checklist/policy-needs.ts';
import { policyFor, type IamData, type Statement } from '../checklist/policy.ts';
import type { Account, Plan } from '../engine/plan.ts';
import type { JsonObject } from '../engine/json.ts';
import { isObject } from '../engine/json.ts';
import { BlindError, withHint } from '../errors.ts';
import type { Check } from '../render/doctor.ts';
import { resultsOf, type Simulated } from '../steps/simulated-policy.ts';
import type { AwsSession, Http } from '../world.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** More than this, in ms, and AWS's own signatures are next to fail; T and the watch are wrong long before. */
const widestSkew = 5000;
const timeoutMs = 10_000;

/** This machine's clock against the one of AWS. `now` gives ms. */
export async function clockCheck(
  http: Http,
  plan: Plan,
  env: Env,
  allowEndpoint: boolean,
  now: () => number,
  signal: AbortSignal,
): Promise<Check> {
  const name = 'clock';
  const { region } = plan.aws;
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const configured = allowEndpoint ? (env['AWS_ENDPOINT_URL_STS'] ?? env['AWS_ENDPOINT_URL']) : undefined;
  const url = configured ?? `https://sts.${region}.${suffix}/`;
  try {
    const before = now();
    const { headers } = await http.send({ method: 'HEAD', url, headers: {}, timeoutMs, follow: 0 }, signal);
    const after = now();
    const said = typeof headers['date'] === 'string' ? Date.parse(headers['date']) : NaN;
    if (Number.isNaN(said)) return { name, state: 'unknown', says: 'AWS did not say what time it is' };
    // The header has whole seconds: on average it is half of one behind.
    const skew = (before + after) / 2 - (said + 500);
    const seconds = `${(Math.abs(skew) / 1000).toFixed(1)} s`;
    const side = skew > 0 ? 'ahead of' : 'behind';
    if (Math.abs(skew) <= widestSkew) return { name, state: 'ok', says: `agrees with AWS to ${seconds}` };
    return { name, state: 'bad', says: `${seconds} ${side} AWS`, todo: 'Set the clock of this machine, by NTP.' };
  } catch (error) {
    return { name, ...blind(error) };
  }
}

/** Who we are in one account of the target. `name`: empty for its own. */
export async function identityCheck(
  aws: AwsSession,
  name: string,
  wanted: Account,
  signal: AbortSignal,
): Promise<{ readonly check: Check; readonly arn?: string }> {
  const title = name === '' ? 'account' : `account ${name}`;
  try {
    const caller = await aws.caller(name === '' ? undefined : name, signal);
    const says = `${caller.account} ${wanted.region} as ${caller.arn}`;
    if (caller.account === wanted.account) return { check: { name: title, state: 'ok', says }, arn: caller.arn };
    const profile = wanted.profile === undefined ? '' : `, for example --profile ${wanted.profile}`;
    const todo = `Use the credentials of ${wanted.account}${profile}.`;
    return { check: { name: title, state: 'bad', says: `${says}; the target is ${wanted.account}`, todo } };
  } catch (error) {
    // No credentials is something seen; no answer is not.
    const state = error instanceof BlindError && error.code === 'credentials' ? ('bad' as const) : ('unknown' as const);
    return { check: { name: title, ...blind(error), state } };
  }
}

/** Whether each action of these needs is allowed to the caller, as IAM simulates it. Never green for what it did not say. */
export async function permissionChecks(
  aws: AwsSession,
  at: { readonly name: string; readonly place: Account; readonly arn: string | undefined; readonly policy: string },
  needs: readonly Need[],
  data: IamData,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const name = at.name === '' ? 'permissions' : `permissions ${at.name}`;
  const actions = new Set(needs.map(({ action }) => action)).size;
  if (actions === 0) return [];
  const unknown = (says: string, todo?: string): readonly Check[] => [
    { name, state: 'unknown', says, ...(todo !== undefined && { todo }) },
  ];
  if (at.arn === undefined)
    return unknown(`${actions} actions, not known without the credentials of ${at.place.account}`);
  const account = at.name === '' ? {} : { account: at.name };
  try {
    const principal = await principalOf(aws, at.arn, account, signal);
    if (principal === undefined) return unknown(`${actions} actions, not known: ${at.arn} cannot be simulated`);
    const groups = grouped(policyFor(needs, data, at.place).Statement);
    const results = (await Promise.all(groups.map((group) => simulate(aws, principal, group, account, signal)))).flat();
    return verdicts(name, actions, principal, results, needs, at.policy);
  } catch (error) {
    if (error instanceof BlindError && error.code === 'access-denied') {
      const todo = `Allow iam:SimulatePrincipalPolicy, or hold ${at.policy} against the policies of the role.`;
      return unknown(`${actions} actions, not known: needs iam:SimulatePrincipalPolicy`, todo);
    }
    if (error instanceof BlindError) return unknown(`${actions} actions, not known: ${withHint(error)}`);
    throw error;
  }
}

/** `arn:aws:sts::1:assumed-role/NAME/SESSION` as the role itself; its path is not in there and has to be asked for. */
async function principalOf(
  aws: AwsSession,
  arn: string,
  account: { readonly account?: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  if (/^arn:[\w-]+:iam::\d{12}:user\//.test(arn)) return arn;
  const [, partition, id, role] = /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  if (role === undefined) return undefined;
  try {
    const call = { service: 'iam', operation: 'GetRole', input: { RoleName: role }, ...account };
    const answer = await aws.read(call, signal);
    const found = 'output' in answer ? (answer.output['Role'] ?? null) : null;
    if (isObject(found) && typeof found['Arn'] === 'string') return found['Arn'];
  } catch (error) {
    // Whoever may not ask for it may still have one without a path, as most have.
    if (!(error instanceof BlindError)) throw error;
  }
  return `arn:${partition}:iam::${id}:role/${role}`;
}

interface Group {
  readonly actions: readonly string[];
  readonly on: readonly string[];
  readonly context: JsonObject | undefined;
}

/** One question for all actions on the same things. The random end of a secret's name is six letters like any others. */
function grouped(statements: readonly Statement[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { Action, Resource, Condition } of statements) {
    const on = Resource.map((arn) => arn.replace('-??????', '-AbCdEf'));
    const [key, value] = Object.entries(Condition?.['StringEquals'] ?? {})[0] ?? [];
    const context =
      key === undefined || value === undefined
        ? undefined
        : { ContextKeyName: key, ContextKeyType: 'string', ContextKeyValues: [value] };
    const same = JSON.stringify([on, context]);
    const before = groups.get(same)?.actions ?? [];
    groups.set(same, { actions: [...before, ...Action], on, context });
  }
  return [...groups.values()];
}

async function simulate(
  aws: AwsSession,
  principal: string,
  { actions, on, context }: Group,
  account: { readonly account?: string },
  signal: AbortSignal,
): Promise<readonly Simulated[]> {
  const input = {
    PolicySourceArn: principal,
    ActionNames: actions,
    ResourceArns: on,
    ...(context !== undefined && { ContextEntries: [context] }),
  };
  const call = { service: 'iam', operation: 'SimulatePrincipalPolicy', input, ...account };
  const answer = await aws.read(call, signal);
  if ('missing' in answer) {
    throw new BlindError('server', `IAM knows no ${principal}: a role of SSO has a path, which iam:GetRole tells`);
  }
  return resultsOf(answer.output, { actions, on });
}

function verdicts(
  name: string,
  actions: number,
  principal: string,
  results: readonly Simulated[],
  needs: readonly Need[],
  policy: string,
): readonly Check[] {
  const byAction = new Map<string, Simulated[]>();
  for (const one of results.filter(({ decision }) => decision !== 'allowed'))
    byAction.set(one.action, [...(byAction.get(one.action) ?? []), one]);
  const single = [...byAction]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([action, some]): Check => {
      const steps = [...new Set(needs.filter((need) => need.action === action).flatMap((need) => need.steps))];
      return { name: action, ...refusal(some), says: `${refusal(some).says}; for ${few(steps, 3)}` };
    });
  const fine = `${actions - single.length} of ${actions} actions allowed to ${principal}, as IAM simulates it`;
  if (single.length === 0) return [{ name, state: 'ok', says: fine }];
  const state = single.some((check) => check.state === 'bad') ? 'bad' : 'unknown';
  return [{ name, state, says: fine, todo: `${policy} prints what is needed.` }, ...single];
}

/** What it means that an action was not allowed on these things. */
function refusal(some: readonly Simulated[]): Pick<Check, 'state' | 'says'> {
  const things = few(
    some.map(({ resource }) => resource.split(':').slice(5).join(':') || 'everything'),
    2,
  );
  const on = things === 'everything' ? '' : ` on ${things}`;
  const silent = some.filter(({ decision }) => decision === 'implicitDeny');
  const keys = new Set(silent.flatMap(({ missingContext = [] }) => missingContext));
  // A condition on the real request may be met there, and a narrower pattern may take in the one thing that counts.
  if (silent.length === some.length && keys.size > 0)
    return { state: 'unknown', says: `not known${on}: hangs on ${few([...keys], 3)}` };
  if (silent.length === some.length && some.every(({ resource }) => isPattern(resource)))
    return { state: 'unknown', says: `not allowed on all of ${things}, perhaps on the one that counts` };
  return { state: 'bad', says: `denied${on}` };
}

/** Whether an ARN stands for many things. A log group by its name has one star too, for its streams. */
function isPattern(resource: string): boolean {
  return /:.*[*]/.test(resource.replace(/(?<=:log-group:[^*]+):[*]$/, ''));
}

/** `a, b and 3 more` */
function few(words: readonly string[], most: number): string {
  const left = words.length - most;
  return left > 0 ? `${words.slice(0, most).join(', ')} and ${left} more` : words.join(', ');
}

function blind(error: unknown): { readonly state: 'unknown'; readonly says: string; readonly todo?: string } {
  if (!(error instanceof BlindError)) throw error;
  const { message, hint } = error;
  return { state: 'unknown', says: message, ...(hint !== undefined && { todo: hint }) };
}
