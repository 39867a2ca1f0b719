import {
  BatchGetImageCommand,
  DescribeImageScanFindingsCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetDownloadUrlForLayerCommand,
  GetLifecyclePolicyCommand,
  GetRegistryScanningConfigurationCommand,
} from '@aws-sdk/client-ecr';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openHttp } from '../../src/effects/http.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import type { StandIn } from '../../src/rehearsal/stand-in.ts';
import { clientConfig, givenStandIn, givenWorld } from './given.ts';

const repositoryName = 'shop/web';
const single = `sha256:${'1'.repeat(64)}`;
const index = `sha256:${'2'.repeat(64)}`;
const named = (name: string) => expect.objectContaining({ name }) as unknown;

const shop = {
  scan_on_push: true,
  immutable: true,
  images: {
    [single]: { tags: ['v1'], pushed: '2026-03-01T10:00:00Z', platforms: ['linux/amd64'] },
    [index]: {
      tags: ['v2', 'prod'],
      pushed: '2026-03-01T11:00:00Z',
      platforms: ['linux/amd64', 'linux/arm64'],
      form: 'index',
    },
  },
};

/** A registry with this repository beside the world's own, or with a patch of it. */
async function givenEcr(patch: JsonObject = {}, clock?: () => number) {
  const merged = { ...shop, ...patch, images: { ...shop.images, ...(patch['images'] as JsonObject | undefined) } };
  const standIn = await givenStandIn({ account: { ecr: { repositories: { [repositoryName]: merged } } } }, clock);
  return { standIn, client: new ECRClient(clientConfig(standIn.awsUrl)) };
}

const scanned = (status: string, findings: JsonObject = {}): JsonObject => ({
  images: {
    [single]: { ...shop.images[single], scan: { status, completed: '2026-03-01T10:05:00Z', findings } },
  },
});

describe('repositories', () => {
  test('are described by name or page by page, with what they are set to', async () => {
    const { client } = await givenEcr();
    const { repositories } = await client.send(new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }));
    expect(repositories).toMatchObject([
      {
        repositoryArn: 'arn:aws:ecr:us-east-1:111111111111:repository/shop/web',
        repositoryUri: '111111111111.dkr.ecr.us-east-1.amazonaws.com/shop/web',
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
      },
    ]);
    const first = await client.send(new DescribeRepositoriesCommand({ maxResults: 2 }));
    const second = await client.send(new DescribeRepositoriesCommand({ maxResults: 2, nextToken: first.nextToken }));
    const names = [first, second].map((page) => page.repositories?.map((each) => each.repositoryName));
    expect(names).toEqual([['navralabs/aep-backend', 'navralabs/aep-frontend'], [repositoryName]]);
    const mixed = new DescribeRepositoriesCommand({ repositoryNames: [repositoryName], maxResults: 2 });
    await expect(client.send(mixed)).rejects.toEqual(named('InvalidParameterException'));
  });

  test('that are not there are refused, as are other registries, other regions and names that are none', async () => {
    const { client, standIn } = await givenEcr();
    const ask = (name: string, registryId?: string, at = client) =>
      at.send(new DescribeImagesCommand({ repositoryName: name, registryId }));
    await expect(ask('shop/nothing')).rejects.toEqual(named('RepositoryNotFoundException'));
    await expect(ask('constructor')).rejects.toEqual(named('RepositoryNotFoundException'));
    await expect(ask(repositoryName, '222222222222')).rejects.toThrow("in the registry with id '222222222222'");
    await expect(ask('Shop/Web')).rejects.toEqual(named('InvalidParameterException'));
    const elsewhere = new ECRClient(clientConfig(standIn.awsUrl, 'eu-west-1'));
    await expect(ask(repositoryName, undefined, elsewhere)).rejects.toEqual(named('RepositoryNotFoundException'));
    await expect(client.send(new DescribeImagesCommand({ repositoryName: undefined }))).rejects.toEqual(
      named('InvalidParameterException'),
    );
  });

  test('have a lifecycle policy or none, and a registry says how it scans', async () => {
    const { client, standIn } = await givenEcr();
    const policyOf = (name: string) => client.send(new GetLifecyclePolicyCommand({ repositoryName: name }));
    const { lifecyclePolicyText = '' } = await policyOf('navralabs/aep-backend');
    const policy: unknown = JSON.parse(lifecyclePolicyText);
    expect(policy).toMatchObject({ rules: [{ selection: { countNumber: 20 }, action: { type: 'expire' } }] });
    await expect(policyOf(repositoryName)).rejects.toEqual(named('LifecyclePolicyNotFoundException'));
    const scanning = () => client.send(new GetRegistryScanningConfigurationCommand({}));
    expect((await scanning()).scanningConfiguration).toEqual({ scanType: 'BASIC', rules: [] });
    standIn.applyPatch({ account: { ecr: { repositories: { [repositoryName]: scanned('ACTIVE') } } } });
    expect((await scanning()).scanningConfiguration).toMatchObject({
      scanType: 'ENHANCED',
      rules: [{ scanFrequency: 'CONTINUOUS_SCAN' }],
    });
  });
});

describe('images', () => {
  test('are found by tag, by digest, and by both where they belong together', async () => {
    const { client } = await givenEcr();
    const ask = (imageId: object) => client.send(new DescribeImagesCommand({ repositoryName, imageIds: [imageId] }));
    const { imageDetails } = await ask({ imageTag: 'v1' });
    expect(imageDetails).toMatchObject([
      {
        imageDigest: single,
        imageTags: ['v1'],
        imagePushedAt: new Date('2026-03-01T10:00:00Z'),
        imageManifestMediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      },
    ]);
    expect((await ask({ imageDigest: index, imageTag: 'prod' })).imageDetails).toMatchObject([{ imageDigest: index }]);
    await expect(ask({ imageDigest: index, imageTag: 'v1' })).rejects.toEqual(named('ImageNotFoundException'));
    await expect(ask({ imageTag: 'v3' })).rejects.toThrow(
      "The image with imageId {imageDigest:'null', imageTag:'v3'} does not exist within the repository with name 'shop/web' in the registry with id '111111111111'",
    );
    await expect(ask({})).rejects.toEqual(named('InvalidParameterException'));
    await expect(ask({ imageDigest: 'v1' })).rejects.toEqual(named('InvalidParameterException'));
  });

  test('are listed page by page, those of an index without tags', async () => {
    const { client } = await givenEcr();
    const page = (maxResults: number, nextToken?: string) =>
      client.send(new DescribeImagesCommand({ repositoryName, maxResults, nextToken }));
    const first = await page(4);
    const second = await page(4, first.nextToken);
    const all = [...(first.imageDetails ?? []), ...(second.imageDetails ?? [])];
    expect(all.map(({ imageTags }) => imageTags?.join(' '))).toEqual([
      'v1',
      'v2 prod',
      ...Array.from({ length: 4 }, () => undefined),
    ]);
    const tagged = new DescribeImagesCommand({ repositoryName, filter: { tagStatus: 'TAGGED' } });
    expect((await client.send(tagged)).imageDetails).toHaveLength(2);
    await expect(page(0)).rejects.toEqual(named('InvalidParameterException'));
    await expect(page(1001)).rejects.toEqual(named('InvalidParameterException'));
    await expect(page(4, 'bogus')).rejects.toEqual(named('InvalidParameterException'));
  });

  test('that are not there are failures beside the manifests of the others', async () => {
    const { client } = await givenEcr();
    const imageIds = [{ imageTag: 'v1' }, { imageTag: 'nope' }, { imageDigest: 'sha256:1' }, {}];
    const { images, failures } = await client.send(new BatchGetImageCommand({ repositoryName, imageIds }));
    expect(images).toMatchObject([{ imageId: { imageTag: 'v1', imageDigest: single } }]);
    expect(failures?.map(({ failureCode }) => failureCode)).toEqual([
      'ImageNotFound',
      'InvalidImageDigest',
      'MissingDigestAndTag',
    ]);
    const [id] = imageIds;
    const acceptedMediaTypes = ['application/vnd.oci.image.index.v1+json'];
    const asked = new BatchGetImageCommand({
      repositoryName,
      imageIds: id === undefined ? [] : [id],
      acceptedMediaTypes,
    });
    expect((await client.send(asked)).failures).toMatchObject([{ failureCode: 'ImageNotFound' }]);
    await expect(client.send(new BatchGetImageCommand({ repositoryName, imageIds: [] }))).rejects.toEqual(
      named('InvalidParameterException'),
    );
  });

  test('of an index are found by the digests it gives, which are those of their manifests', async () => {
    const { client } = await givenEcr();
    const pull = async (imageDigest: string) => {
      const asked = new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest }] });
      return (await client.send(asked)).images?.[0]?.imageManifest ?? '';
    };
    const { manifests }: { manifests: { digest: string; platform: unknown; annotations?: JsonObject }[] } = JSON.parse(
      await pull(index),
    );
    expect(manifests.map(({ platform }) => platform)).toEqual([
      { os: 'linux', architecture: 'amd64' },
      { os: 'linux', architecture: 'arm64' },
      { os: 'unknown', architecture: 'unknown' },
      { os: 'unknown', architecture: 'unknown' },
    ]);
    for (const { digest } of manifests) expect(digestOf(await pull(digest))).toBe(digest);
    expect(manifests[2]?.annotations).toMatchObject({ 'vnd.docker.reference.digest': manifests[0]?.digest });
  });
});

describe('scans', () => {
  const findingsOf = (client: ECRClient, more: object = {}) =>
    client.send(new DescribeImageScanFindingsCommand({ repositoryName, imageId: { imageTag: 'v1' }, ...more }));

  test('that never were are refused, and so are images', async () => {
    const { client } = await givenEcr();
    await expect(findingsOf(client)).rejects.toEqual(named('ScanNotFoundException'));
    await expect(findingsOf(client, { imageId: { imageTag: 'nope' } })).rejects.toEqual(
      named('ImageNotFoundException'),
    );
  });

  test.each([
    'UNSUPPORTED_IMAGE',
    'FAILED',
    'PENDING',
    'IN_PROGRESS',
    'SCAN_ELIGIBILITY_EXPIRED',
    'FINDINGS_UNAVAILABLE',
  ])('that are %s have a status and no findings', async (status) => {
    const { client } = await givenEcr(scanned(status, { 'CVE-1': { severity: 'LOW' } }));
    const answer = await findingsOf(client);
    expect(answer.imageScanStatus).toMatchObject({ status });
    expect(answer.imageScanFindings).toBeUndefined();
  });

  test('that are complete list the severest first, page by page, with the counts of all on each page', async () => {
    const { client } = await givenEcr(
      scanned('COMPLETE', {
        'CVE-1': { severity: 'LOW' },
        'CVE-2': { severity: 'CRITICAL' },
        'CVE-3': { severity: 'LOW' },
      }),
    );
    const first = await findingsOf(client, { maxResults: 2 });
    const second = await findingsOf(client, { maxResults: 2, nextToken: first.nextToken });
    const names = [first, second].map((page) => page.imageScanFindings?.findings?.map(({ name }) => name));
    expect(names).toEqual([['CVE-2', 'CVE-1'], ['CVE-3']]);
    for (const { imageScanFindings } of [first, second]) {
      expect(imageScanFindings?.findingSeverityCounts).toEqual({ CRITICAL: 1, LOW: 2 });
      expect(imageScanFindings?.imageScanCompletedAt).toEqual(new Date('2026-03-01T10:05:00Z'));
    }
    await expect(findingsOf(client, { nextToken: 'bogus' })).rejects.toEqual(named('InvalidParameterException'));
  });

  test('that go on give findings in the form of Inspector', async () => {
    const { client } = await givenEcr(scanned('ACTIVE', { 'CVE-1': { severity: 'HIGH' } }));
    const { imageScanFindings } = await findingsOf(client);
    expect(imageScanFindings?.findings).toBeUndefined();
    expect(imageScanFindings?.enhancedFindings).toMatchObject([
      { severity: 'HIGH', packageVulnerabilityDetails: { vulnerabilityId: 'CVE-1' } },
    ]);
  });
});

describe('the configuration of an image', () => {
  const start = Date.parse(givenWorld().start);

  async function linkTo(client: ECRClient): Promise<{ link: string; digest: string }> {
    const pulled = await client.send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest: single }] }));
    const { config }: { config: { digest: string } } = JSON.parse(pulled.images?.[0]?.imageManifest ?? '');
    const asked = new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest: config.digest });
    const { downloadUrl = '' } = await client.send(asked);
    return { link: downloadUrl, digest: config.digest };
  }

  async function follow({ connectTo, caPem }: StandIn, link: string, now = start) {
    const http = openHttp({ connectTo, ca: caPem, rehearsal: true, now: () => now, env: {} });
    const { signal } = new AbortController();
    const answer = await http.send({ method: 'GET', url: link, headers: {}, timeoutMs: 5000, follow: 0 }, signal);
    return { status: answer.status, text: new TextDecoder().decode(answer.body) };
  }

  test('is behind a link over TLS, and has the digest that the manifest names', async () => {
    const { client, standIn } = await givenEcr();
    const { link, digest } = await linkTo(client);
    expect(link).toMatch(
      /^https:\/\/prod-us-east-1-starport-layer-bucket\.s3\.us-east-1\.amazonaws\.com\/.*X-Amz-Expires=3600/,
    );
    const { status, text } = await follow(standIn, link);
    expect([status, digestOf(text)]).toEqual([200, digest]);
    const config: unknown = JSON.parse(text);
    expect(config).toMatchObject({ os: 'linux', architecture: 'amd64' });
    expect(JSON.stringify(standIn.requests())).not.toContain('X-Amz');
  });

  test('is not there for a link that somebody made up, or that is an hour old', async () => {
    const time = { now: start };
    const { client, standIn } = await givenEcr({}, () => time.now);
    const { link } = await linkTo(client);
    expect((await follow(standIn, link.replace(/X-Amz-Signature=\w+/, 'X-Amz-Signature=0'))).status).toBe(403);
    expect((await follow(standIn, link.replace(/\?.*/, ''))).status).toBe(403);
    time.now += 3_601_000;
    expect((await follow(standIn, link)).text).toContain('Request has expired');
  });

  test('is a blob of its repository, which other digests are not', async () => {
    const { client } = await givenEcr();
    const ask = (layerDigest: string) =>
      client.send(new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest }));
    await expect(ask(`sha256:${'f'.repeat(64)}`)).rejects.toEqual(named('LayersNotFoundException'));
    await expect(ask('v1')).rejects.toEqual(named('InvalidParameterException'));
  });
});

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
