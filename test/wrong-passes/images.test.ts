// Goal: an image that nobody scanned does not count as one without vulnerabilities, end to end.
// Method: a step about a scan, rehearsed through the real kind against the stand-in, for each way in which there is none.

import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { play } from './given.ts';

const repository = 'navralabs/aep-backend';
const digest = 'sha256:5f0d5cf6f1a1c2b8f6ad5f8e1b0d0c6a1f0f8c2e9b7a4d3c5e6f7a8b9c0d1e2f';
const image = (state: JsonObject): JsonObject => ({
  account: { ecr: { repositories: { [repository]: { images: { [digest]: state } } } } },
});
const stepOf = (expectation: string, id = 'tag: prod'): string => `- id: clean
  title: The image has no critical vulnerability
  probe: { aws.image: { repository: ${repository}, ${id} } }
  expect: [${expectation}]`;
const none = '{ path: "findings[]", none: { path: severity, in: [CRITICAL] }, proof: scan.completed_at }';
const count = '{ path: "findings[]", where: { severity: CRITICAL }, count: 0, proof: scan.done }';

describe('wrong pass 15: an image without a scan', () => {
  test.each([
    ['never scanned', { scan: null }, 'the image was never scanned'],
    ['unsupported', { scan: { status: 'UNSUPPORTED_IMAGE' } }, 'the scan is UNSUPPORTED_IMAGE: UnsupportedImageError'],
    ['no longer eligible', { scan: { status: 'SCAN_ELIGIBILITY_EXPIRED' } }, 'the scan is SCAN_ELIGIBILITY_EXPIRED'],
    ['still waiting', { scan: { status: 'PENDING' } }, 'the scan is PENDING'],
    ['failed', { scan: { status: 'FAILED' } }, 'the scan is FAILED'],
  ])('%s is inconclusive, however it is asked', async (_, state, why) => {
    for (const expectation of [none, count]) {
      const played = await play(stepOf(expectation), { patch: image(state) });
      expect([played.exit, played.verdicts]).toEqual([2, { clean: 'inconclusive' }]);
      expect(played.screen.replaceAll(/\s+/g, ' ')).toContain(why);
    }
  });

  test('one that was scanned passes, by its tag and by its digest', async () => {
    for (const id of ['tag: prod', `digest: "${digest}"`]) {
      const platforms = '{ path: platforms, eq: [linux/amd64] }';
      const played = await play(stepOf(`${none}, ${count}, ${platforms}`, id));
      expect([played.exit, played.verdicts]).toEqual([0, { clean: 'pass' }]);
      expect(played.screen).not.toContain('X-Amz');
    }
  });

  test('one whose only critical finding is on the first of two pages fails', async () => {
    const many = Object.fromEntries(Array.from({ length: 120 }, (_, at) => [`CVE-2026-${at}`, { severity: 'LOW' }]));
    const findings = { ...many, 'CVE-2026-999': { severity: 'CRITICAL' } };
    const played = await play(stepOf(none), { patch: image({ scan: { findings } }) });
    expect([played.exit, played.verdicts]).toEqual([1, { clean: 'fail' }]);
    expect(played.screen).toContain('CVE-2026-999');
  });

  test('one whose only finding of low weight is on the second page fails where none is wanted', async () => {
    const many = Object.fromEntries(Array.from({ length: 120 }, (_, at) => [`CVE-2026-${at}`, { severity: 'HIGH' }]));
    const findings = { ...many, 'CVE-2025-11001': null, 'CVE-2026-999': { severity: 'LOW' } };
    const played = await play(stepOf(none.replace('CRITICAL', 'LOW')), { patch: image({ scan: { findings } }) });
    expect([played.exit, played.verdicts]).toEqual([1, { clean: 'fail' }]);
    expect(played.screen).toContain('CVE-2026-999');
  });

  test('one that is not there fails, and one that may not be seen is an error', async () => {
    const gone = await play(stepOf(none, 'tag: nope'));
    expect([gone.exit, gone.verdicts]).toEqual([1, { clean: 'fail' }]);
    expect(gone.screen).toContain('ImageNotFoundException');
    const patch = { faults: { denied: ['ecr:GetDownloadUrlForLayer'] } };
    const denied = await play(stepOf(none), { patch });
    expect([denied.exit, denied.verdicts]).toEqual([2, { clean: 'error' }]);
    expect(denied.screen).toContain('ecr:GetDownloadUrlForLayer');
  });

  test('a link to content is nothing a checklist can ask for itself', async () => {
    const played = await play(`- id: link
  title: A link
  probe: { aws.call: { operation: "ecr:GetDownloadUrlForLayer", input: { repositoryName: ${repository}, layerDigest: "${digest}" } } }
  expect: [{ path: downloadUrl, matches: https }]`);
    expect([played.exit, played.runs]).toEqual([3, 0]);
    expect(played.screen).toContain('it returns a link to the content');
  });
});
