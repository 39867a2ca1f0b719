// A world in which AWS answers from a script, for testing kinds alone.

import type { Json, JsonObject } from '../../src/engine/json.ts';
import type { Attempt } from '../../src/steps/kind.ts';
import { BlindError } from '../../src/errors.ts';
import { noDns, noPrograms, noTls, untouched } from '../support/outside.ts';
import type { AwsAnswer, AwsCall, AwsMissing, World } from '../../src/world.ts';

export const now = Date.parse('2026-03-01T12:00:00Z');

/** Answers by `service:Operation`; a function sees the call. Every call made is in `calls`. */
export function scripted(
  answers: Readonly<Record<string, JsonObject | AwsMissing | Error | ((call: AwsCall) => JsonObject)>>,
) {
  const calls: AwsCall[] = [];
  const world: World = {
    clock: { now: () => now, sleep: () => Promise.resolve(), task: (work) => work(), rest: (promise) => promise },
    http: { send: () => Promise.reject(new Error('no HTTP here')) },
    dns: noDns,
    tls: noTls,
    programs: noPrograms,
    ...untouched,
    aws: {
      read: (call): Promise<AwsAnswer | AwsMissing> => {
        calls.push(call);
        const answer = answers[`${call.service}:${call.operation}`];
        const requests = [`${call.operation}-${calls.length}`];
        if (answer === undefined) return Promise.reject(new Error(`no answer for ${call.service}:${call.operation}`));
        if (answer instanceof Error) return Promise.reject(answer);
        if (isMissing(answer)) return Promise.resolve(answer);
        return Promise.resolve({
          output: typeof answer === 'function' ? answer(call) : answer,
          requests,
          observedAt: now,
        });
      },
    },
  };
  return { world, calls };
}

export function missing(code: string): AwsMissing {
  return { missing: { code, message: `${code} it said` }, requests: ['m'], observedAt: now };
}

export const denied = new BlindError('access-denied', 'denied');

export const attempt: Attempt = { signal: new AbortController().signal, fresh: false };

/** The list, or none. */
export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value.map((each: Json) => each) : [];
}

/** One public zone as ListHostedZonesByName gives it. */
export function zone(name: string, id = 'Z0123456789', more: JsonObject = {}): JsonObject {
  return { Id: `/hostedzone/${id}`, Name: `${name}.`, Config: { PrivateZone: false }, ...more };
}

/**
 * Answers of Route 53 for one zone with these record sets, in pages of `size`: a list begins at a name, a type and an
 * identifier, goes on to the end of the zone, and orders names by their labels from the right.
 */
export function zoneAnswers(named: JsonObject, sets: readonly JsonObject[], size = 300) {
  const ordered = sets.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return {
    'route53:ListHostedZonesByName': { HostedZones: [named], IsTruncated: false },
    'route53:ListResourceRecordSets': ({ input }: AwsCall): JsonObject => {
      const {
        StartRecordName: Name = '',
        StartRecordType: Type = '',
        StartRecordIdentifier: SetIdentifier = '',
      } = input;
      const rest = ordered.filter((set) => keyOf(set) >= keyOf({ Name, Type, SetIdentifier }));
      return { ResourceRecordSets: rest.slice(0, size), IsTruncated: rest.length > size };
    },
  };
}

function keyOf(set: JsonObject): string {
  const [name = '', ...rest] = ['Name', 'Type', 'SetIdentifier'].map((member) => {
    const value = set[member];
    return typeof value === 'string' ? value : '';
  });
  const labels = name
    .replace('*', String.raw`\052`)
    .replace(/\.$/, '')
    .split('.')
    .toReversed()
    .join(' ');
  return [labels, ...rest].join('\t');
}

function isMissing(answer: unknown): answer is AwsMissing {
  return typeof answer === 'object' && answer !== null && 'missing' in answer;
}
