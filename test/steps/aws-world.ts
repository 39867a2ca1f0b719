// A world in which AWS answers from a script, for testing kinds alone.

import type { Json, JsonObject } from '../../src/engine/json.ts';
import type { Attempt } from '../../src/steps/kind.ts';
import { BlindError } from '../../src/errors.ts';
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

function isMissing(answer: unknown): answer is AwsMissing {
  return typeof answer === 'object' && answer !== null && 'missing' in answer;
}
