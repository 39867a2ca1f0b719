// ECR: repositories and their settings, and the links to blobs; images and scans are in a file of their own.

import type {
  DescribeRepositoriesRequest,
  DescribeRepositoriesResponse,
  GetDownloadUrlForLayerRequest,
  GetDownloadUrlForLayerResponse,
  GetLifecyclePolicyRequest,
  GetLifecyclePolicyResponse,
  GetRegistryScanningConfigurationRequest,
  GetRegistryScanningConfigurationResponse,
  Repository as RepositoryAnswer,
} from '@aws-sdk/client-ecr';
import { manifestsOf } from '../images.ts';
import { configsOf, layerLink } from '../layers.ts';
import { pageOf } from '../pages.ts';
import { arn } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { BatchGetImage, DescribeImages, DescribeImageScanFindings } from './ecr-images.ts';
import { invalid, invalidAt, pageSize, repositoryOf } from './ecr-names.ts';
import type { Repository } from './ecr-names.ts';

export const ecr = {
  DescribeRepositories,
  DescribeImages,
  BatchGetImage,
  DescribeImageScanFindings,
  GetDownloadUrlForLayer,
  GetRegistryScanningConfiguration,
  GetLifecyclePolicy,
};

function DescribeRepositories(input: DescribeRepositoriesRequest, place: Place): DescribeRepositoriesResponse {
  const { registryId, repositoryNames: names, maxResults, nextToken } = input;
  if (names !== undefined && (maxResults !== undefined || nextToken !== undefined)) {
    invalidAt('maxResults', 'cannot be used together with repositoryNames');
  }
  const wanted = names ?? Object.keys(place.account.ecr.repositories);
  const found = wanted.map((repositoryName) => repositoryOf(place, { registryId, repositoryName }));
  const size = names?.length ?? pageSize(maxResults);
  const page = pageOf(found, { token: nextToken, size, question: 'repositories', code: invalid });
  return { repositories: page.items.map((each) => repository(place, each)), nextToken: page.next };
}

function repository(place: Place, { name, state }: Repository): RepositoryAnswer {
  const { id } = place.account;
  return {
    repositoryArn: arn(place, 'ecr', `repository/${name}`),
    registryId: id,
    repositoryName: name,
    repositoryUri: `${id}.dkr.ecr.${place.region}.amazonaws.com/${name}`,
    imageTagMutability: state.immutable ? 'IMMUTABLE' : 'MUTABLE',
    imageScanningConfiguration: { scanOnPush: state.scan_on_push },
    encryptionConfiguration: { encryptionType: 'AES256' },
  };
}

/** Scans that go on for as long as an image is there are enhanced ones, and those are a setting of the registry. */
function GetRegistryScanningConfiguration(
  _input: GetRegistryScanningConfigurationRequest,
  place: Place,
): GetRegistryScanningConfigurationResponse {
  const images = Object.values(place.account.ecr.repositories).flatMap((each) => Object.values(each.images));
  const enhanced = images.some(({ scan }) => scan?.status === 'ACTIVE');
  const repositoryFilters = [{ filter: '*', filterType: 'WILDCARD' as const }];
  return {
    registryId: place.account.id,
    scanningConfiguration: enhanced
      ? { scanType: 'ENHANCED', rules: [{ scanFrequency: 'CONTINUOUS_SCAN', repositoryFilters }] }
      : { scanType: 'BASIC', rules: [] },
  };
}

function GetLifecyclePolicy(input: GetLifecyclePolicyRequest, place: Place): GetLifecyclePolicyResponse {
  const { name, state, words } = repositoryOf(place, input);
  if (state.keeps === undefined) {
    refuse('LifecyclePolicyNotFoundException', `Lifecycle policy does not exist for ${words}`);
  }
  const rule = {
    rulePriority: 1,
    description: `Keep the last ${state.keeps} images`,
    selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: state.keeps },
    action: { type: 'expire' },
  };
  const lifecyclePolicyText = JSON.stringify({ rules: [rule] });
  return { registryId: place.account.id, repositoryName: name, lifecyclePolicyText };
}

function GetDownloadUrlForLayer(input: GetDownloadUrlForLayerRequest, place: Place): GetDownloadUrlForLayerResponse {
  const { name, state, words } = repositoryOf(place, input);
  const { layerDigest = '' } = input;
  if (!/^[a-zA-Z0-9_+.-]+:[a-fA-F0-9]+$/.test(layerDigest)) {
    invalidAt('layerDigest', "must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'");
  }
  const blob = configsOf(state).find(({ digest }) => digest === layerDigest);
  if (blob !== undefined) return { downloadUrl: layerLink(place, name, blob), layerDigest };
  if (manifestsOf(state).some(({ layers }) => layers.includes(layerDigest))) {
    refuse('LayerInaccessibleException', 'The stand-in has the configurations of images and not their layers.');
  }
  return refuse('LayersNotFoundException', `The layer with digest '${layerDigest}' does not exist within ${words}`);
}
