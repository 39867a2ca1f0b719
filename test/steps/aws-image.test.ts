import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/engine/judge.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import { BlindError } from '../../src/errors.ts';
import { awsImage } from '../../src/steps/aws-image.ts';
import type { AwsMissing, HttpRequest, HttpResponse, World } from '../../src/world.ts';
import { attempt, denied, missing, now, scripted } from './aws-world.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const args = { repository: 'shop/web', tag: 'v1' };
const indexType = 'application/vnd.oci.image.index.v1+json';
const configType = 'application/vnd.oci.image.config.v1+json';
const pushed = '2026-03-01T10:00:00.000Z';
const link = 'https://prod-eu-central-1-starport-layer-bucket.s3.eu-central-1.amazonaws.com/x?X-Amz-Signature=hush';

const described: JsonObject = {
  imageDetails: [
    {
      imageDigest: digest,
      imageTags: ['v1'],
      imagePushedAt: pushed,
      imageSizeInBytes: 42,
      imageManifestMediaType: indexType,
    },
  ],
};
const manifestOf = (manifest: JsonObject): JsonObject => ({
  images: [{ imageId: { imageDigest: digest }, imageManifest: JSON.stringify(manifest) }],
  failures: [],
});
const onPlatform = (...platforms: (JsonObject | null)[]): JsonObject =>
  manifestOf({ manifests: platforms.map((platform) => ({ digest, ...(platform === null ? {} : { platform }) })) });
const amd64 = onPlatform({ os: 'linux', architecture: 'amd64' });
const scanned = (findings: JsonObject[], counts: JsonObject, status = 'COMPLETE'): JsonObject => ({
  imageScanStatus: { status, description: 'It said.' },
  imageScanFindings: { findings, findingSeverityCounts: counts, imageScanCompletedAt: pushed },
});
const clean = scanned([], {});

const config = JSON.stringify({ os: 'linux', architecture: 'arm64', config: { Env: ['TOKEN=hush'] } });
const configDigest = `sha256:${createHash('sha256').update(config).digest('hex')}`;
const single = manifestOf({ config: { mediaType: configType, digest: configDigest } });

/** The answers of ECR, with these instead of those of a scanned index for one platform. */
const ecr = (answers: Parameters<typeof scripted>[0] = {}) =>
  scripted({
    'ecr:DescribeImages': described,
    'ecr:BatchGetImage': amd64,
    'ecr:DescribeImageScanFindings': clean,
    'ecr:GetDownloadUrlForLayer': { downloadUrl: link, layerDigest: configDigest },
    ...answers,
  });

/** A world whose S3 answers like this, and what it was asked. */
function withS3(world: World, answer: Partial<HttpResponse> | Error) {
  const asked: HttpRequest[] = [];
  const send = (request: HttpRequest): Promise<HttpResponse> => {
    asked.push(request);
    if (answer instanceof Error) return Promise.reject(answer);
    const body = new TextEncoder().encode(config);
    return Promise.resolve({
      status: 200,
      headers: {},
      body,
      truncated: false,
      remoteAddress: '',
      totalMs: 1,
      ...answer,
    });
  };
  return { world: { ...world, http: { send } }, asked };
}

const none = { path: 'findings[]', none: { path: 'severity', in: ['CRITICAL'] }, proof: 'scan.completed_at' };
const verdictOf = (facts: JsonObject): string => judge([none], facts, now).verdict;

describe('aws.image', () => {
  it('brings what AWS said of the image, its platforms and its scan, read by the digest that the tag had', async () => {
    const { world, calls } = ecr({
      'ecr:DescribeImageScanFindings': scanned([{ name: 'CVE-1', severity: 'LOW', uri: 'https://c.example/1' }], {
        LOW: 1,
      }),
    });
    const { facts, requests } = await awsImage.run(args, world, attempt);
    expect(facts).toEqual({
      found: true,
      digest,
      tags: ['v1'],
      pushed_at: pushed,
      size: 42,
      media_type: indexType,
      platforms: ['linux/amd64'],
      scan: {
        status: 'COMPLETE',
        description: 'It said.',
        done: true,
        completed_at: pushed,
        counts: { CRITICAL: 0, HIGH: 0, MEDIUM: 0, LOW: 1, INFORMATIONAL: 0, UNDEFINED: 0 },
      },
      findings: [{ name: 'CVE-1', severity: 'LOW', uri: 'https://c.example/1' }],
    });
    expect(requests).toEqual(['DescribeImages-1', 'BatchGetImage-2', 'DescribeImageScanFindings-3']);
    expect(calls.map(({ input }) => input['imageIds'] ?? input['imageId'])).toEqual([
      [{ imageTag: 'v1' }],
      [{ imageDigest: digest }],
      { imageDigest: digest },
    ]);
    expect(verdictOf(facts)).toBe('pass');
  });

  it('fails where a finding is critical, also under a continuous scan', async () => {
    const finding = {
      severity: 'CRITICAL',
      packageVulnerabilityDetails: { vulnerabilityId: 'CVE-2', sourceUrl: 'https://n.example' },
    };
    const continuous = {
      imageScanStatus: { status: 'ACTIVE' },
      imageScanFindings: {
        enhancedFindings: [finding, { title: 'Of a package', severity: 'UNTRIAGED' }],
        imageScanCompletedAt: pushed,
      },
    };
    const { world } = ecr({ 'ecr:DescribeImageScanFindings': continuous });
    const { facts } = await awsImage.run(args, world, attempt);
    expect(facts['findings']).toEqual([
      { name: 'CVE-2', severity: 'CRITICAL', uri: 'https://n.example' },
      { name: 'Of a package', severity: 'UNTRIAGED' },
    ]);
    expect(facts).toMatchObject({ scan: { done: true, counts: { CRITICAL: 1, HIGH: 0, UNTRIAGED: 1 } } });
    expect(verdictOf(facts)).toBe('fail');
  });

  it('has a hold on no finding that lies beyond the first two hundred', async () => {
    const many = Array.from({ length: 300 }, (_, at) => ({
      name: `CVE-${at}`,
      severity: at === 299 ? 'CRITICAL' : 'LOW',
    }));
    const { world } = ecr({ 'ecr:DescribeImageScanFindings': scanned(many, { LOW: 299, CRITICAL: 1 }) });
    expect(verdictOf((await awsImage.run(args, world, attempt)).facts)).toBe('fail');
  });

  it.each<readonly [string, JsonObject | AwsMissing, string | undefined, string]>([
    ['never scanned', missing('ScanNotFoundException'), 'NOT_SCANNED', 'the image was never scanned'],
    ...[
      'UNSUPPORTED_IMAGE',
      'FAILED',
      'PENDING',
      'IN_PROGRESS',
      'SCAN_ELIGIBILITY_EXPIRED',
      'FINDINGS_UNAVAILABLE',
    ].map(
      (status) =>
        // Old findings beside such a status are nobody's evidence.
        [status, scanned([], {}, status), status, `the scan is ${status}: It said.`] as const,
    ),
    [
      'listed nowhere',
      { imageScanStatus: { status: 'COMPLETE' } },
      'COMPLETE',
      'the scan is COMPLETE, and ECR has no list',
    ],
    [
      'counted and not listed',
      scanned([], { CRITICAL: 2 }),
      'COMPLETE',
      'ECR counts 2 findings of the scan and lists 0',
    ],
    ['of no status', {}, undefined, 'ECR does not say what became of the scan'],
  ])('a scan that is %s proves nothing', async (_, answer, status, why) => {
    const { world } = ecr({ 'ecr:DescribeImageScanFindings': answer });
    const { facts } = await awsImage.run(args, world, attempt);
    expect(facts).toMatchObject({ found: true, scan: status === undefined ? {} : { status } });
    expect(facts).not.toHaveProperty('findings');
    for (const proof of ['scan.completed_at', 'scan.done']) {
      const { verdict, findings } = judge([{ ...none, proof }], facts, now);
      expect([proof, verdict]).toEqual([proof, 'inconclusive']);
      expect(findings[0]?.observed).toContain(why);
    }
    expect(judge([{ path: 'scan.counts.CRITICAL', eq: 0 }], facts, now).verdict).toBe('fail');
    // Not even for those who ask without a proof: what the facts say they lack was not read.
    const critical = { path: 'severity', eq: 'CRITICAL' };
    for (const unproved of [
      { path: 'findings[]', none: critical, allow_empty: true },
      { path: 'findings[]', where: { severity: 'CRITICAL' }, absent: true as const },
      { path: "findings[?severity == 'CRITICAL']", absent: true as const },
    ]) {
      expect(judge([unproved], facts, now).verdict).toBe('inconclusive');
    }
  });

  it('a finding without a severity is no finding of little weight', async () => {
    const { world } = ecr({ 'ecr:DescribeImageScanFindings': scanned([{ name: 'CVE-1' }], {}) });
    const { facts } = await awsImage.run(args, world, attempt);
    expect(facts).toMatchObject({ findings: [{ name: 'CVE-1' }], scan: { counts: { UNDEFINED: 1 } } });
    expect(verdictOf(facts)).toBe('fail');
  });

  it('tells an image that is not there from one it may not see', async () => {
    const gone = ecr({ 'ecr:DescribeImages': missing('ImageNotFoundException') });
    const { facts } = await awsImage.run(args, gone.world, attempt);
    expect(facts).toMatchObject({ found: false, error: { code: 'ImageNotFoundException' } });
    expect(verdictOf(facts)).toBe('fail');
    for (const operation of ['DescribeImages', 'BatchGetImage', 'DescribeImageScanFindings']) {
      const { world } = ecr({ [`ecr:${operation}`]: denied });
      await expect(awsImage.run(args, world, attempt)).rejects.toBe(denied);
    }
    const empty = ecr({ 'ecr:DescribeImages': { imageDetails: [] } });
    await expect(awsImage.run(args, empty.world, attempt)).rejects.toMatchObject({ code: 'server' });
    const failures = [{ failureCode: 'ImageInaccessible', failureReason: 'elsewhere' }];
    const failed = ecr({ 'ecr:BatchGetImage': { images: [], failures } });
    await expect(awsImage.run(args, failed.world, attempt)).rejects.toThrow('ImageInaccessible: elsewhere');
  });

  it('takes a tag or a digest, a name of a repository, and nothing in between', () => {
    const { tag, repository } = args;
    const fits = (given: object): boolean => awsImage.schema.safeParse(given).success;
    expect([fits(args), fits({ repository, digest }), fits({ ...args, registry: '111122223333' })]).toEqual([
      true,
      true,
      true,
    ]);
    expect([fits({ repository }), fits({ ...args, digest }), fits({ repository, digest: 'sha256:1' })]).toEqual([
      false,
      false,
      false,
    ]);
    expect(fits({ tag, repository: '111122223333.dkr.ecr.eu-central-1.amazonaws.com:443/shop/web' })).toBe(false);
  });
});

describe('the platforms of an image', () => {
  it.each([
    [
      'each once, and none of an attestation',
      onPlatform(
        { os: 'linux', architecture: 'arm', variant: 'v6' },
        { os: 'linux', architecture: 'arm', variant: 'v7' },
        { os: 'unknown', architecture: 'unknown' },
      ),
      { platforms: ['linux/arm'] },
    ],
    ['an index that names none', onPlatform(null), { platforms_error: 'its index names no platform' }],
    [
      'only attestations',
      onPlatform({ os: 'unknown', architecture: 'unknown' }),
      { platforms_error: 'its index names no platform' },
    ],
    [
      'a chart',
      manifestOf({ config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest } }),
      { platforms_error: 'its configuration is application/vnd.cncf.helm.config.v1+json, which names no platform' },
    ],
    ['what is no JSON', { images: [{ imageManifest: '{' }] }, { platforms_error: 'its manifest is not JSON' }],
  ])('%s', async (_, answer, expected) => {
    const { world } = ecr({ 'ecr:BatchGetImage': answer });
    const { facts } = await awsImage.run(args, world, attempt);
    expect(facts).toMatchObject(expected);
    expect('platforms' in facts).toBe('platforms' in expected);
  });

  it('of a single manifest stand in its configuration, of which nothing else is kept, nor the way there', async () => {
    const { world, calls } = ecr({ 'ecr:BatchGetImage': single });
    const reached = withS3(world, {});
    const seen = await awsImage.run(args, reached.world, attempt);
    expect(seen.facts).toMatchObject({ platforms: ['linux/arm64'] });
    expect(JSON.stringify(seen)).not.toMatch(/hush|X-Amz/);
    expect(seen.requests).toHaveLength(4);
    expect(reached.asked).toMatchObject([{ method: 'GET', url: link, follow: 0 }]);
    expect(calls.at(-1)).toMatchObject({ follows: true, fresh: true, input: { layerDigest: configDigest } });
  });

  it.each([
    ['another host', 'https://layers.example/x'],
    ['a host that only begins like AWS', 'https://s3.amazonaws.com.example/x'],
    ['a host that only ends like AWS', 'https://notamazonaws.com/x'],
    ['plain http', link.replace('https:', 'http:')],
    ['another port', link.replace('.com/', '.com:8443/')],
    ['somebody in front', link.replace('https://', 'https://me:hush@')],
    ['no address', 'hush'],
  ])('are not read from %s', async (_, downloadUrl) => {
    const { world } = ecr({ 'ecr:BatchGetImage': single, 'ecr:GetDownloadUrlForLayer': { downloadUrl } });
    const reached = withS3(world, {});
    const error = await awsImage.run(args, reached.world, attempt).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'BlindError', code: 'refused' });
    expect(String(error)).not.toContain('hush');
    expect(reached.asked).toEqual([]);
  });

  it.each([
    ['a link that has expired', { status: 403 }, 'access-denied', false],
    ['a redirect', { status: 307, headers: { location: 'https://elsewhere.example' } }, 'server', false],
    ['a bad moment of S3', { status: 503 }, 'server', true],
    [
      'other bytes than the manifest names',
      { body: new TextEncoder().encode('{"os":"linux","architecture":"amd64"}') },
      'server',
      false,
    ],
    ['a part of it', { truncated: true }, 'server', false],
    [
      'a connection that broke',
      new BlindError('network', `lost ${link}`, { transient: true, cause: new Error(link) }),
      'network',
      true,
    ],
  ])('are not made up from %s', async (_, answer, code, transient) => {
    const { world } = ecr({ 'ecr:BatchGetImage': single });
    const error = await awsImage.run(args, withS3(world, answer).world, attempt).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'BlindError', code, transient });
    expect(`${String(error)} ${String((error as Error).cause)}`).not.toContain('hush');
  });
});
