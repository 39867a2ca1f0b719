// ECR: how repositories and images are named in questions, and how the service says that one is not there.

import type { ImageIdentifier } from '@aws-sdk/client-ecr';
import { manifestsOf } from '../images.ts';
import type { Manifest, RepositoryState } from '../images.ts';
import { held } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';

/** The code for an input that is no good. */
export const invalid = 'InvalidParameterException';

/** A repository that was found. */
export interface Repository {
  readonly name: string;
  readonly state: RepositoryState;
  /** `the repository with name 'NAME' in the registry with id 'ID'`, for what ECR says about it. */
  readonly words: string;
}

interface Named {
  readonly registryId?: string | undefined;
  readonly repositoryName: string | undefined;
}

/** The repository of a question. Refuses one that is not there, and other registries: nobody has opened theirs. */
export function repositoryOf(place: Place, input: Named): Repository {
  const { repositoryName: name = '', registryId = place.account.id } = input;
  if (!/^\d{12}$/.test(registryId)) invalidAt('registryId', "must satisfy regular expression '[0-9]{12}'");
  if (!/^(?:[a-z0-9]+(?:[._-]+[a-z0-9]+)*\/)*[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/.test(name)) {
    const pattern = '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*';
    invalidAt('repositoryName', `must satisfy regular expression '${pattern}'`);
  }
  const state = registryId === place.account.id ? held(place.account.ecr.repositories, name) : undefined;
  if (state === undefined) {
    const message = `The repository with name '${name}' does not exist in the registry with id '${registryId}'`;
    refuse('RepositoryNotFoundException', message);
  }
  return { name, state, words: `the repository with name '${name}' in the registry with id '${registryId}'` };
}

/** Ends an operation because of one of its parameters, in ECR's words. */
export function invalidAt(parameter: string, constraint: string): never {
  refuse(invalid, `Invalid parameter at '${parameter}' failed to satisfy constraint: '${constraint}'`);
}

/** The number of items of a page: what was asked for, from 1 to 1000, else 100. */
export function pageSize(asked: number | undefined): number {
  if (asked !== undefined && (asked < 1 || asked > 1000)) {
    invalidAt(
      'maxResults',
      `Member must have value ${asked < 1 ? 'greater than or equal to 1' : 'less than or equal to 1000'}`,
    );
  }
  return asked ?? 100;
}

/** The tags of a manifest: an image of the world has them, what its index leads to has none. */
export function tagsOf({ part, image }: Manifest): readonly string[] {
  return part === 'whole' ? image.tags : [];
}

/** The manifest of an identifier, which must fit by everything it says; undefined when there is none. */
export function findImage({ state }: Repository, id: ImageIdentifier): Manifest | undefined {
  const { imageDigest: digest, imageTag: tag } = id;
  if (digest === undefined && tag === undefined)
    invalidAt('imageId', 'must have at least one of imageTag, imageDigest');
  if (digest !== undefined && !/^[a-zA-Z0-9_+.-]+:[a-fA-F0-9]+$/.test(digest)) {
    invalidAt('imageDigest', "must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'");
  }
  return manifestsOf(state).find(
    (each) => (digest ?? each.digest) === each.digest && (tag === undefined || tagsOf(each).includes(tag)),
  );
}

/** The manifest of an identifier. Refuses one that is not there. */
export function imageOf(repository: Repository, id: ImageIdentifier): Manifest {
  const message = `The image with imageId ${idWords(id)} does not exist within ${repository.words}`;
  return findImage(repository, id) ?? refuse('ImageNotFoundException', message);
}

/** `{imageDigest:'…', imageTag:'null'}` */
export function idWords({ imageDigest, imageTag }: ImageIdentifier): string {
  return `{imageDigest:'${imageDigest ?? 'null'}', imageTag:'${imageTag ?? 'null'}'}`;
}
