// `golive iam-policy NAME-TARGET`: the smallest IAM policy with which the checklist can look, and with --acts also act.

import { needsOf, type Need } from '../checklist/policy-needs.ts';
import { longestPolicy, policyFor, sizeOf, splitPolicy, type IamData, type Policy } from '../checklist/policy.ts';
import { loadIamData } from '../effects/iam-data.ts';
import type { Plan } from '../engine/plan.ts';
import { exitCodes } from '../errors.ts';
import { acts, kinds } from '../steps/index.ts';
import { openChecklist } from './open-checklist.ts';
import { partialPlan } from './partial-plan.ts';
import type { GlobalOptions, Shell } from './shell.ts';

export interface PolicyOptions extends GlobalOptions {
  readonly values?: string;
  readonly acts?: boolean;
}

/** One document to attach in one account. */
export interface PolicyDocument {
  /** The 12 digits. */
  readonly account: string;
  /** As AWS counts them, white space aside. */
  readonly characters: number;
  readonly document: Policy;
}

/** Prints one document for each account, or more where one would be longer than AWS allows. Exit 0. */
export async function iamPolicy(name: string, options: PolicyOptions, shell: Shell): Promise<number> {
  const { plan } = await partialPlan(await openChecklist(name, shell), options.values, shell);
  const needs = needsOf(plan, { kinds, acts }, options.acts === true);
  const data = await loadIamData(needs.map(({ action }) => action));
  const documents = documentsFor(plan, needs, data);
  if (options.json === true) shell.out(JSON.stringify(documents, null, 2));
  else for (const { document } of documents) shell.out(JSON.stringify(document, null, 2));
  for (const line of notes(plan, needs, data, documents, options)) shell.err(line);
  return exitCodes.go;
}

/** The documents of a plan's accounts, the target's own first. */
export function documentsFor(plan: Plan, needs: readonly Need[], data: IamData): readonly PolicyDocument[] {
  const byAccount = new Map<string, Need[]>();
  for (const need of needs) {
    const place = need.account === '' ? plan.aws : plan.accounts[need.account];
    if (place === undefined) continue;
    const placed = byAccount.get(place.account) ?? [];
    placed.push({ ...need, region: need.region ?? place.region });
    byAccount.set(place.account, placed);
  }
  const own = ([account]: readonly [string, unknown]): number => (account === plan.aws.account ? 0 : 1);
  return [...byAccount]
    .toSorted((a, b) => own(a) - own(b))
    .flatMap(([account, placed]) => {
      const policy = policyFor(placed, data, { account, region: plan.aws.region });
      return splitPolicy(policy).map((document) => ({ account, characters: sizeOf(document), document }));
    });
}

/** What whoever attaches it has to know, for standard error. */
function notes(
  plan: Plan,
  needs: readonly Need[],
  data: IamData,
  documents: readonly PolicyDocument[],
  options: PolicyOptions,
): readonly string[] {
  const sizes = documents.map(({ account, characters }) => `account ${account}, ${characters} characters`);
  const several =
    documents.length < 2
      ? []
      : [`${documents.length} documents, since each is for one account and at most ${longestPolicy} characters:`];
  const unknown = [...new Set(needs.map(({ action }) => action))].filter((action) => !Object.hasOwn(data, action));
  const newer =
    unknown.length === 0 ? [] : [`Newer than the IAM data here, so on every resource: ${unknown.join(', ')}.`];
  const all = needsOf(plan, { kinds, acts }, true).map(({ action }) => action);
  const more = [...new Set(all)].filter((action) => !needs.some((need) => need.action === action));
  const acting = more.length === 0 || options.acts ? [] : [`To look only. --acts adds ${more.join(', ')}.`];
  return [...several, ...sizes.map((size) => (several.length > 0 ? `  ${size}` : `For ${size}.`)), ...newer, ...acting];
}
