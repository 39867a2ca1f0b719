// What the scan of an image found, told apart from there having been no scan that could have found anything.

import { isObject } from '../engine/json.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import type { Shape } from '../engine/shape.ts';
import type { AwsAnswer, AwsMissing } from '../world.ts';
import { objects, text } from './aws-facts.ts';

/** A scan that was made once, and one that goes on for as long as the image is there. */
const finished = ['COMPLETE', 'ACTIVE'];
const severities = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL', 'UNDEFINED'];
const longestText = 300;

const given: Shape = { type: 'string' };
const scanMembers: Readonly<Record<string, Shape>> = {
  status: given,
  description: given,
  done: { type: 'boolean' },
  done_error: given,
  completed_at: { type: 'time' },
  completed_at_error: given,
  source_updated_at: { type: 'time' },
  counts: { type: 'map', of: () => ({ type: 'number' }) },
};
const findingMembers: Readonly<Record<string, Shape>> = { name: given, severity: given, uri: given };

/** The members of the facts that `scanFacts` brings. */
export const scanShape: Readonly<Record<string, Shape>> = {
  scan: { type: 'structure', members: () => scanMembers },
  findings: { type: 'list', of: () => ({ type: 'structure', members: () => findingMembers }) },
  findings_error: given,
};

/**
 * `scan` and, when a scan was completed and ECR lists all it counts, `findings`: every one of them, because a list that
 * is cut off would prove nothing of what it lacks. Otherwise there are no `findings`, `scan.done` or
 * `scan.completed_at`, and each has an `_error` beside it that says why.
 */
export function scanFacts(answer: AwsAnswer | AwsMissing): JsonObject {
  if ('missing' in answer) return without({ status: 'NOT_SCANNED' }, 'the image was never scanned');
  const state = isObject(answer.output['imageScanStatus']) ? answer.output['imageScanStatus'] : {};
  const [status, description] = [capped(state['status']), capped(state['description'])];
  const scan = { ...(status === undefined ? {} : { status }), ...(description === undefined ? {} : { description }) };
  if (status === undefined) return without(scan, 'ECR does not say what became of the scan');
  if (!finished.includes(status)) {
    return without(scan, `the scan is ${status}${description === undefined ? '' : `: ${description}`}`);
  }
  const found = answer.output['imageScanFindings'];
  if (!isObject(found) || !(Array.isArray(found['findings']) || Array.isArray(found['enhancedFindings']))) {
    return without(scan, `the scan is ${status}, and ECR has no list of what it found`);
  }
  const findings = [
    ...objects(found['findings']).map((each) => basic(each)),
    ...objects(found['enhancedFindings']).map((each) => enhanced(each)),
  ];
  const counted = countsIn(found['findingSeverityCounts']);
  const total = Object.values(counted).reduce((sum, each) => sum + each, 0);
  if (total > findings.length) {
    return without(scan, `ECR counts ${total} findings of the scan and lists ${findings.length}`);
  }
  const [completed, updated] = [text(found['imageScanCompletedAt']), text(found['vulnerabilitySourceUpdatedAt'])];
  const completion =
    completed === undefined
      ? { completed_at_error: 'ECR does not say when the scan was completed' }
      : { completed_at: completed };
  return {
    scan: {
      ...scan,
      done: true,
      ...completion,
      ...(updated === undefined ? {} : { source_updated_at: updated }),
      counts: counts(findings, counted),
    },
    findings,
  };
}

function without(scan: JsonObject, why: string): JsonObject {
  return { scan: { ...scan, done_error: why, completed_at_error: why }, findings_error: why };
}

function basic(finding: JsonObject): JsonObject {
  return findingOf(finding['name'], finding['severity'], finding['uri']);
}

/** Inspector's, which knows a vulnerability by its id and other findings by their title. */
function enhanced(finding: JsonObject): JsonObject {
  const details = isObject(finding['packageVulnerabilityDetails']) ? finding['packageVulnerabilityDetails'] : {};
  return findingOf(details['vulnerabilityId'] ?? finding['title'], finding['severity'], details['sourceUrl']);
}

/** A member AWS did not give stays out: a finding without a severity must not look like one that has one. */
function findingOf(...values: readonly (Json | undefined)[]): JsonObject {
  const names = Object.keys(findingMembers);
  return Object.fromEntries(
    names.flatMap((name, at) => {
      const value = capped(values[at]);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** AWS leaves out what it counts none of. That is a zero here, because the list is whole; AWS's own number counts. */
function counts(findings: readonly JsonObject[], counted: Readonly<Record<string, number>>): JsonObject {
  const listed = findings.map((each) => text(each['severity']) ?? 'UNDEFINED');
  const names = new Set([...severities, ...listed, ...Object.keys(counted)]);
  return Object.fromEntries(
    [...names].map((name) => [name, Math.max(counted[name] ?? 0, listed.filter((each) => each === name).length)]),
  );
}

function countsIn(value: Json | undefined): Readonly<Record<string, number>> {
  const entries = isObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}

function capped(value: Json | undefined): string | undefined {
  return text(value)?.slice(0, longestText);
}
