// Screens kept as files: a change of what people see is a change somebody reviews.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'vitest';

/** What differs between two equal runs, and what stands for it in a golden. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\b(rehearsal-)?[a-z2-7]{26}\b/g, '$1RUN'],
  [/\bSHA256:[A-Za-z0-9+/]{20,}=*/g, 'SHA256:FINGERPRINT'],
  [/\b[0-9a-f]{64}\b/g, 'DIGEST'],
  [/\b[0-9a-f]{40}\b/g, 'COMMIT'],
  [/\b[A-Z2-7]{5}(?:-[A-Z2-7]{5}){4}\b/g, 'HEAD'],
  [/(?:\/[\w.@-]+)*\/golive-pty-[\w]+/g, 'TMP'],
  [/\b([\w-]+)-[a-z2-7]{8}-(\d+\.request\.json)/g, '$1-REQUEST-$2'],
  [/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT'],
];

/** The clock on the wall: the times of a rehearsal are its own, and the same each time. */
export const momentVarying: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g, 'TIME'],
];

/** What a change of AEP's checklist, a release or the stand-in's ids change, which is no change of the screens. */
export const aepVarying: readonly (readonly [RegExp, string])[] = [
  [/golive \d+\.\d+\.\d+/g, 'golive VERSION'],
  [/sha256 [0-9a-f]{12}/g, 'sha256 DIGEST'],
  [/aep\.yaml:\d+/g, 'aep.yaml:LINE'],
  [/\bC[0-9A-F]{20}\b/g, 'CHANGEID'],
  [/\btask\/aep-prod\/[0-9a-f]{32}\b/g, 'task/aep-prod/TASKID'],
  [/\becs-svc\/\d{18}\b/g, 'ecs-svc/DEPLOYMENT'],
];

/** `text` with ids, digests, paths, times and ports replaced, so that two equal runs give equal text. */
export function normalised(text: string, also: readonly (readonly [RegExp, string])[] = []): string {
  return withoutIds(text, [...also, ...momentVarying]);
}

/** The same with its times left as they are. */
export function withoutIds(text: string, also: readonly (readonly [RegExp, string])[] = []): string {
  return [...also, ...VARYING].reduce((changed, [pattern, name]) => changed.replace(pattern, name), text);
}

/** Compares with the golden at `path`; UPDATE_GOLDENS=1 writes it instead. A golden that is missing is a failure. */
export function expectGolden(path: string, text: string, also: readonly (readonly [RegExp, string])[] = []): void {
  expectKept(path, `${normalised(text, also)}\n`);
}

/** The same for a text in which nothing varies. */
export function expectKept(path: string, shown: string): void {
  if (process.env['UPDATE_GOLDENS'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, shown);
    return;
  }
  expect(existsSync(path), `${path} is missing; UPDATE_GOLDENS=1 writes it`).toBe(true);
  expect(shown).toBe(readFileSync(path, 'utf8'));
}
