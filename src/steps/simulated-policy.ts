// The answer of IAM's simulator taken apart: a decision for every action on every resource, or no answer at all.

import type { Json, JsonObject } from '../engine/json.ts';
import { BlindError } from '../errors.ts';
import { objects, text } from './aws-facts.ts';

/** What came out for one action on one resource. */
export interface Simulated {
  readonly action: string;
  /** As it was asked about; `*` for everything. */
  readonly resource: string;
  readonly decision: string;
  /** Keys of conditions that would decide and were not given. Undefined where AWS did not say. */
  readonly missingContext: readonly string[] | undefined;
  /** Ids of the policies whose statements matched. */
  readonly statements: readonly string[];
}

/**
 * One result for each pair that was asked about. The decision over several resources together is the strictest of them,
 * which says nothing about one: only where one was asked about does it stand for that one. Throws BlindError for a pair
 * without a decision, or with two that differ.
 */
export function resultsOf(
  output: JsonObject,
  asked: { readonly actions: readonly string[]; readonly on: readonly string[] },
): readonly Simulated[] {
  const evaluated = objects(output['EvaluationResults']);
  return asked.actions.flatMap((action) => {
    const mine = evaluated.filter((each) => sameAction(text(each['EvalActionName']), action));
    return asked.on.map((resource) => {
      const results = mine.flatMap((each) => resultsFor(each, resource, asked.on.length === 1));
      const decisions = new Set(results.map(({ decision }) => decision));
      const [first] = results;
      if (first?.decision === undefined || decisions.size > 1) {
        const what = decisions.size > 1 ? 'several decisions' : 'no decision';
        throw new BlindError('server', `iam:SimulatePrincipalPolicy gave ${what} for ${action} on ${resource}`);
      }
      return { action, resource, decision: first.decision, ...detailsOf(results) };
    });
  });
}

/** Actions are the same in either case of letters. */
function sameAction(given: string | undefined, asked: string): boolean {
  return given?.toLowerCase() === asked.toLowerCase();
}

interface Result {
  readonly decision: string | undefined;
  readonly missing: Json | undefined;
  readonly matched: Json | undefined;
}

function resultsFor(evaluated: JsonObject, resource: string, only: boolean): readonly Result[] {
  const whole: Result = {
    decision: text(evaluated['EvalDecision']),
    missing: evaluated['MissingContextValues'],
    matched: evaluated['MatchedStatements'],
  };
  const specific = objects(evaluated['ResourceSpecificResults'])
    .filter((each) => text(each['EvalResourceName']) === resource)
    .map((each) => ({
      decision: text(each['EvalResourceDecision']),
      // Where it is not told for each resource, it is told for all of them.
      missing: each['MissingContextValues'] ?? whole.missing,
      matched: each['MatchedStatements'],
    }));
  return specific.length > 0 || !only ? specific : [whole];
}

function detailsOf(results: readonly Result[]): Pick<Simulated, 'missingContext' | 'statements'> {
  const told = results.flatMap(({ missing }) => (Array.isArray(missing) ? [missing as readonly Json[]] : []));
  const statements = results.flatMap(({ matched }) =>
    objects(matched).flatMap((each) => text(each['SourcePolicyId']) ?? []),
  );
  return {
    missingContext: told.length === 0 ? undefined : [...new Set(told.flat().filter((key) => typeof key === 'string'))],
    statements: [...new Set(statements)],
  };
}
