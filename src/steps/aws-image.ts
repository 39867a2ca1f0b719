// A container image in ECR: what it is, the platforms it is for, and what its scan found.

import { z } from 'zod';
import type { Json, JsonObject } from '../engine/json.ts';
import { BlindError } from '../errors.ts';
import type { AwsAnswer, AwsMissing, World } from '../world.ts';
import { iamActions } from './aws-iam.ts';
import { foundShape, missingFacts, objects, placeFields, placeOf, placeWords, text } from './aws-facts.ts';
import type { AwsPlace } from './aws-facts.ts';
import { manifestTypes, readManifest, readPlatform } from './aws-image-platforms.ts';
import { scanFacts, scanShape } from './aws-image-scan.ts';
import type { Attempt, Kind } from './kind.ts';

export interface AwsImageArgs extends AwsPlace {
  /** Its name alone: `shop/web`. */
  readonly repository: string;
  /** Exactly one of these two. */
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
  /** The account whose registry it is, where that is another one. */
  readonly registry?: string | undefined;
}

const operations = [
  'ecr:DescribeImages',
  'ecr:BatchGetImage',
  'ecr:DescribeImageScanFindings',
  'ecr:GetDownloadUrlForLayer',
];

const schema: z.ZodType<AwsImageArgs> = z
  .strictObject({
    repository: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._/-]*$/, 'Give the name of the repository alone, without the address of the registry'),
    tag: z.string().min(1).max(300).optional(),
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/, 'Give the whole digest: sha256: and 64 hex digits')
      .optional(),
    registry: z
      .string()
      .regex(/^\d{12}$/, 'Give the 12 digits of an account')
      .optional()
      .describe('the account whose registry it is; the own one unless it is given'),
    ...placeFields,
  })
  .refine((args) => (args.tag === undefined) !== (args.digest === undefined), 'Give either a tag or a digest');

/**
 * Facts: `digest`, `tags`, `pushed_at`, `size` in bytes, `media_type`; `platforms` (`linux/amd64`), or `platforms_error`
 * saying why nobody knows; `scan` and, only when a scan was completed and its list is whole, `findings` (`name`,
 * `severity`, `uri`) with `scan.done` and `scan.completed_at`, so that either of these as `proof` keeps an image that
 * nobody scanned from counting as clean. What a tag means is read once: everything else is about the digest it had then.
 */
export const awsImage: Kind<AwsImageArgs> = {
  name: 'aws.image',
  summary: 'A container image in ECR: its digest and platforms, and what its scan found, if there was one.',
  example: `probe:
  aws.image: { repository: shop/web, tag: "\${version}" }
expect:
  - { path: platforms, contains: [linux/amd64] }
  - { path: "findings[]", none: { path: severity, in: [CRITICAL] }, proof: scan.completed_at }`,
  schema,
  nature: () => 'looks',
  describe: (args) => `Look at the image ${nameOf(args)}${placeWords(args)}`,
  permissions: () => iamActions(operations),
  operations: () => operations,
  facts: () => ({
    type: 'structure',
    members: () => ({
      digest: { type: 'string' },
      tags: { type: 'list', of: () => ({ type: 'string' }) },
      pushed_at: { type: 'time' },
      size: { type: 'number' },
      media_type: { type: 'string' },
      platforms: { type: 'list', of: () => ({ type: 'string' }) },
      platforms_error: { type: 'string' },
      ...scanShape,
      ...foundShape,
    }),
  }),
  run: async (args, world, attempt) => {
    const { tag: imageTag, digest: imageDigest } = args;
    const id = imageDigest === undefined ? { imageTag: imageTag ?? '' } : { imageDigest };
    const described = await read(args, world, attempt, 'DescribeImages', { imageIds: [id] });
    if ('missing' in described) return missingFacts(described, described.requests);
    const [image] = objects(described.output['imageDetails']);
    const digest = text(image?.['imageDigest']);
    if (image === undefined || digest === undefined) {
      throw new BlindError('server', `ECR neither describes the image ${nameOf(args)} nor says that it is not there.`);
    }
    const [manifest, scan] = await Promise.all([
      read(args, world, attempt, 'BatchGetImage', {
        imageIds: [{ imageDigest: digest }],
        acceptedMediaTypes: manifestTypes,
      }),
      read(args, world, attempt, 'DescribeImageScanFindings', { imageId: { imageDigest: digest } }),
    ]);
    const requests = [...described.requests, ...manifest.requests, ...scan.requests];
    const gone = [manifest, scan].find((each) => 'missing' in each && each.missing.code !== 'ScanNotFoundException');
    if (gone !== undefined && 'missing' in gone) return missingFacts(gone, requests);
    const platforms = await platformFacts(args, world, attempt, manifest);
    const facts = { found: true, ...imageFacts(image), ...platforms.facts, ...scanFacts(scan) };
    return { facts, requests: [...requests, ...platforms.requests] };
  },
};

function read(args: AwsImageArgs, world: World, attempt: Attempt, operation: string, asked: JsonObject) {
  return world.aws.read({ ...callOf(args, attempt), operation, input: { ...inputOf(args), ...asked } }, attempt.signal);
}

function callOf(args: AwsImageArgs, attempt: Attempt) {
  return { service: 'ecr', ...placeOf(args, attempt) };
}

function inputOf({ repository, registry }: AwsImageArgs): JsonObject {
  return { repositoryName: repository, ...(registry === undefined ? {} : { registryId: registry }) };
}

/** A member AWS did not give stays out. */
function imageFacts(image: JsonObject): JsonObject {
  const members: Record<string, Json | undefined> = {
    digest: image['imageDigest'],
    tags: image['imageTags'],
    pushed_at: image['imagePushedAt'],
    size: image['imageSizeInBytes'],
    media_type: image['imageManifestMediaType'],
  };
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

interface Part {
  readonly facts: JsonObject;
  readonly requests: readonly string[];
}

/** An index names its platforms. A single manifest does not: its configuration does, which is a blob behind a link. */
async function platformFacts(
  args: AwsImageArgs,
  world: World,
  attempt: Attempt,
  answer: AwsAnswer | AwsMissing,
): Promise<Part> {
  const output = 'output' in answer ? answer.output : {};
  const [image] = objects(output['images']);
  const source = text(image?.['imageManifest']);
  if (source === undefined) {
    const [failure] = objects(output['failures']);
    const why = [failure?.['failureCode'], failure?.['failureReason']].map((each) => text(each)).filter(Boolean);
    const said = why.length === 0 ? 'it gives neither a manifest nor a reason' : why.join(': ').slice(0, 300);
    throw new BlindError('server', `ECR does not give the manifest of the image ${nameOf(args)}: ${said}.`, {
      requests: answer.requests,
    });
  }
  const manifest = readManifest(source);
  if ('platforms' in manifest) return { facts: { platforms: manifest.platforms }, requests: [] };
  if ('unknown' in manifest) return { facts: { platforms_error: manifest.unknown }, requests: [] };
  const ask = { ...callOf(args, attempt), input: inputOf(args) };
  const { platform, requests } = await readPlatform(ask, manifest.config, world, attempt.signal);
  return { facts: { platforms: [platform] }, requests };
}

/** `shop/web:1.2` or `shop/web@sha256:…` */
function nameOf({ repository, tag, digest }: AwsImageArgs): string {
  return digest === undefined ? `${repository}:${tag ?? ''}` : `${repository}@${digest.slice(0, 19)}`;
}
