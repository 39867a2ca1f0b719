// Whether a red may be accepted, or attested, and by whom: each answer is why not, or undefined.

import { isBroughtAbout } from './acts.ts';
import { holds, holdersText, rolesOf, signs } from './people.ts';
import type { Step } from './plan.ts';
import { stepState, type State } from './state.ts';

/** Only a red that is not critical, and no decision of people, is accepted. */
export function notWaivable(step: Step, state: State): string | undefined {
  const { verdict } = stepState(state, step.id).verdict ?? {};
  if (verdict === undefined) return `${step.id} has no verdict to waive`;
  if (step.severity === 'critical') return `${step.id} is critical: it cannot be waived`;
  if (step.work.type === 'gate') return 'a gate cannot be waived: it is the decision';
  if (verdict === 'pass' || verdict === 'skip') return `${step.id} needs no waiver`;
  if (step.nature === 'changes' && !isBroughtAbout(state, step))
    return `${step.id} changed nothing that is known: what comes after it would have nothing to stand on`;
  return undefined;
}

/** A waiver is given by the role that the checklist names, its owner where it names none. */
export function notByRole(step: Step, role: string, by: string, state: State): string | undefined {
  if (!signs(state)) return undefined;
  const wanted = step.waive?.by ?? step.owner ?? '';
  if (role !== wanted) return `${step.id} is waived by ${wanted === '' ? 'no role' : wanted}, not by ${role}`;
  if (role === '') return unknownPerson(by, state);
  return holds(state, by, role) ? undefined : `${by} does not hold ${role}; ${holdersText(state, role)}`;
}

/** Only what the machine could not look at is attested. */
export function notAttestable(step: Step, state: State): string | undefined {
  const known = stepState(state, step.id);
  const verdict = known.verdict?.verdict;
  if (verdict === undefined) return `${step.id} has no verdict to attest`;
  if (verdict !== 'error' && verdict !== 'inconclusive')
    return `${step.id} was looked at and is ${verdict}: attesting is for what the machine could not look at`;
  if (step.work.type === 'gate') return 'a gate cannot be attested: it is the decision';
  if (step.nature === 'changes' && !isBroughtAbout(state, step) && known.act?.outcome !== 'unknown')
    return `${step.id} sent nothing: retry it, and it finds out whether what it wants is in place`;
  if (Object.keys(step.capture).length > 0)
    return `${step.id} captures values that later steps read: it cannot be attested, only retried`;
  return undefined;
}

/** Somebody no role is known of says nothing that counts. */
export function unknownPerson(by: string, state: State): string | undefined {
  return !signs(state) || rolesOf(state, by).length > 0 ? undefined : `nobody knows ${by}: no role is theirs`;
}
