// What is no plain pass, told once for all that one cause kept from being looked at.

import { sharedCause } from '../engine/cause.ts';
import { exceptionsOf, type Report, type ReportStep } from './report-model.ts';
import { shown } from './report-words.ts';

export interface Exception {
  readonly step: ReportStep;
  /** Other steps with the same cause, told with it. */
  readonly same: readonly ReportStep[];
}

/** The exceptions, worst first, each cause where its first step stands. */
export function exceptionsByCause(report: Report): readonly Exception[] {
  const groups = new Map<string, ReportStep[]>();
  for (const step of exceptionsOf(report)) {
    const key = causeKey(step) ?? `step ${step.id}`;
    groups.set(key, [...(groups.get(key) ?? []), step]);
  }
  return [...groups.values()].flatMap(([step, ...same]) => {
    if (step === undefined) return [];
    // What keeps many from being looked at is mended once, as the reason says, and not by the first one's own remedy.
    return [{ step: same.length === 0 ? step : { ...step, fix: '' }, same }];
  });
}

/** `also: backend-private, frontend-private: the same reason`; empty where it is the only one. */
export function alsoText({ same }: Exception): string {
  return same.length === 0 ? '' : shown(`also: ${same.map(({ id }) => id).join(', ')}: the same reason`, 4000);
}

function causeKey({ word, findings, reason, severity }: ReportStep): string | undefined {
  if (word !== 'error' && word !== 'inconclusive') return undefined;
  const cause = sharedCause({ verdict: word, findings, reason });
  return cause === undefined ? undefined : `${word} ${severity === 'advisory'} ${cause}`;
}
