// ECR: images, their manifests, and what scans of them found.

import type {
  BatchGetImageRequest,
  BatchGetImageResponse,
  DescribeImageScanFindingsRequest,
  DescribeImageScanFindingsResponse,
  DescribeImagesFilter,
  DescribeImagesRequest,
  DescribeImagesResponse,
  EnhancedImageScanFinding,
  Image,
  ImageDetail,
  ImageFailure,
  ImageIdentifier,
  ImageScanFinding,
  ImageScanFindings,
} from '@aws-sdk/client-ecr';
import { manifestsOf } from '../images.ts';
import type { ImageState, Manifest } from '../images.ts';
import { pageOf } from '../pages.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { findImage, idWords, imageOf, invalid, invalidAt, pageSize, repositoryOf, tagsOf } from './ecr-names.ts';
import type { Repository } from './ecr-names.ts';

type ScanState = NonNullable<ImageState['scan']>;

/** Of every status, what ECR says beside it. */
const descriptions: Readonly<Record<ScanState['status'], string>> = {
  IN_PROGRESS: 'The scan is in progress.',
  COMPLETE: 'The scan was completed successfully.',
  FAILED: 'The scan failed.',
  UNSUPPORTED_IMAGE: 'UnsupportedImageError: The operating system and/or package manager are not supported.',
  ACTIVE: 'Continuous scan is selected for image.',
  PENDING: 'The image is waiting to be scanned.',
  SCAN_ELIGIBILITY_EXPIRED: 'The scan eligibility of the image has expired.',
  FINDINGS_UNAVAILABLE: 'The findings of the image are not available.',
};

/** Of the severest first, as ECR lists them. */
const severities = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL', 'UNDEFINED'] as const;

export function DescribeImages(input: DescribeImagesRequest, place: Place): DescribeImagesResponse {
  const { imageIds, filter, maxResults, nextToken } = input;
  if (imageIds !== undefined && (maxResults !== undefined || nextToken !== undefined)) {
    invalidAt('maxResults', 'cannot be used together with imageIds');
  }
  const repository = repositoryOf(place, input);
  const wanted =
    imageIds?.map((id) => imageOf(repository, id)) ??
    manifestsOf(repository.state).filter((each) => fits(each, filter));
  const page = pageOf(wanted, {
    token: nextToken,
    size: imageIds?.length ?? pageSize(maxResults),
    question: `images ${repository.name} ${JSON.stringify(filter)}`,
    code: invalid,
  });
  return { imageDetails: page.items.map((each) => detail(place, repository, each)), nextToken: page.next };
}

/** Nothing here is archived. */
function fits(manifest: Manifest, { tagStatus = 'ANY', imageStatus = 'ACTIVE' }: DescribeImagesFilter = {}): boolean {
  const tagged = tagsOf(manifest).length > 0 ? 'TAGGED' : 'UNTAGGED';
  return ['ANY', tagged].includes(tagStatus) && ['ANY', 'ACTIVE'].includes(imageStatus);
}

function detail(place: Place, { name }: Repository, manifest: Manifest): ImageDetail {
  const tags = tagsOf(manifest);
  const { size, config } = manifest;
  return {
    registryId: place.account.id,
    repositoryName: name,
    imageDigest: manifest.digest,
    imagePushedAt: new Date(manifest.image.pushed),
    imageManifestMediaType: manifest.type,
    imageStatus: 'ACTIVE',
    ...(tags.length === 0 ? {} : { imageTags: [...tags] }),
    ...(size === undefined ? {} : { imageSizeInBytes: size }),
    ...(config === undefined ? {} : { artifactMediaType: configType(manifest) }),
  };
}

function configType({ text }: Manifest): string {
  const { config }: { config: { mediaType: string } } = JSON.parse(text);
  return config.mediaType;
}

/** What is not there is a failure beside the others, not an error. */
export function BatchGetImage(input: BatchGetImageRequest, place: Place): BatchGetImageResponse {
  const { imageIds = [], acceptedMediaTypes: accepted } = input;
  const repository = repositoryOf(place, input);
  if (imageIds.length < 1 || imageIds.length > 100) invalidAt('imageIds', 'must have length from 1 to 100');
  const images: Image[] = [];
  const failures: ImageFailure[] = [];
  for (const id of imageIds) {
    const problem = idProblem(id);
    const found = problem === undefined ? findImage(repository, id) : undefined;
    if (found === undefined || accepted?.includes(found.type) === false) {
      failures.push({ imageId: id, ...(problem ?? notFound) });
    } else {
      images.push({
        registryId: place.account.id,
        repositoryName: repository.name,
        imageId: { ...id, imageDigest: found.digest },
        imageManifest: found.text,
        imageManifestMediaType: found.type,
      });
    }
  }
  return { images, failures };
}

const notFound = { failureCode: 'ImageNotFound', failureReason: 'Requested image not found' } as const;

function idProblem(id: ImageIdentifier): Pick<ImageFailure, 'failureCode' | 'failureReason'> | undefined {
  const { imageDigest: digest, imageTag: tag } = id;
  if (digest === undefined && tag === undefined) {
    return {
      failureCode: 'MissingDigestAndTag',
      failureReason: 'Invalid request parameters: both tag and digest cannot be null',
    };
  }
  if (digest === undefined || /^sha256:[0-9a-f]{64}$/.test(digest)) return undefined;
  return {
    failureCode: 'InvalidImageDigest',
    failureReason: `Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'`,
  };
}

/** A scan belongs to an image, and to the manifests its index leads to; nobody scans attestations. */
export function DescribeImageScanFindings(
  input: DescribeImageScanFindingsRequest,
  place: Place,
): DescribeImageScanFindingsResponse {
  const repository = repositoryOf(place, input);
  const { digest, image, part } = imageOf(repository, input.imageId ?? {});
  const { scan } = image;
  if (scan === undefined || part === 'attestation') {
    const words = idWords({ imageTag: input.imageId?.imageTag, imageDigest: digest });
    refuse('ScanNotFoundException', `Image scan does not exist for the image with '${words}' in ${repository.words}`);
  }
  const shared: DescribeImageScanFindingsResponse = {
    registryId: place.account.id,
    repositoryName: repository.name,
    imageId: { ...input.imageId, imageDigest: digest },
    imageScanStatus: { status: scan.status, description: descriptions[scan.status] },
  };
  if (scan.status !== 'COMPLETE' && scan.status !== 'ACTIVE') return shared;
  const found = Object.entries(scan.findings).toSorted(
    ([, a], [, b]) => severities.indexOf(a.severity) - severities.indexOf(b.severity),
  );
  const page = pageOf(found, {
    token: input.nextToken,
    size: pageSize(input.maxResults),
    question: `findings ${repository.name} ${digest}`,
    code: invalid,
  });
  return { ...shared, imageScanFindings: findings(place, scan, page.items), nextToken: page.next };
}

type Found = readonly [name: string, finding: ScanState['findings'][string]];

/** Counts are those of the whole scan on every page. A continuous scan is Inspector's, and has findings of another form. */
function findings(place: Place, scan: ScanState, items: readonly Found[]): ImageScanFindings {
  const counted = Object.values(scan.findings).map(({ severity }) => severity);
  const counts = severities
    .map((severity) => [severity, counted.filter((each) => each === severity).length] as const)
    .filter(([, count]) => count > 0);
  const { completed } = scan;
  return {
    findingSeverityCounts: Object.fromEntries(counts),
    ...(completed === undefined
      ? {}
      : {
          imageScanCompletedAt: new Date(completed),
          vulnerabilitySourceUpdatedAt: new Date(Date.parse(completed) - 6 * 3_600_000),
        }),
    ...(scan.status === 'ACTIVE'
      ? { enhancedFindings: items.map((each) => enhanced(place, each)) }
      : { findings: items.map((each) => basic(each)) }),
  };
}

function basic([name, { severity }]: Found): ImageScanFinding {
  return { name, severity, uri: `https://cve.mitre.org/cgi-bin/cvename.cgi?name=${encodeURIComponent(name)}` };
}

function enhanced(place: Place, [name, { severity }]: Found): EnhancedImageScanFinding {
  return {
    awsAccountId: place.account.id,
    severity: severity === 'UNDEFINED' ? 'UNTRIAGED' : severity,
    status: 'ACTIVE',
    title: `${name} - library`,
    type: 'PACKAGE_VULNERABILITY',
    packageVulnerabilityDetails: {
      vulnerabilityId: name,
      source: 'NVD',
      sourceUrl: `https://nvd.nist.gov/vuln/detail/${encodeURIComponent(name)}`,
    },
  };
}
