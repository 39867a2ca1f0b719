// CloudFront: distributions as they are set up, and invalidations, which are in progress for a while.

import type {
  CreateInvalidationRequest,
  CreateInvalidationResult,
  Distribution,
  DistributionConfig,
  DistributionSummary,
  GetDistributionConfigRequest,
  GetDistributionConfigResult,
  GetDistributionRequest,
  GetDistributionResult,
  GetInvalidationRequest,
  GetInvalidationResult,
  Invalidation,
  ListDistributionsRequest,
  ListDistributionsResult,
  ListInvalidationsRequest,
  ListInvalidationsResult,
} from '@aws-sdk/client-cloudfront';
import type { DistributionState, InvalidationState } from '../account-edges.ts';
import { edgeName, forgottenAt, withDistributions } from '../edges.ts';
import { held, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { distributionConfig } from './cloudfront-config.ts';
import { aclArnOf } from './wafv2-names.ts';

export const cloudfront = {
  ListDistributions,
  GetDistribution,
  GetDistributionConfig,
  CreateInvalidation,
  GetInvalidation,
  ListInvalidations,
};

const most = 100;

function GetDistribution(input: GetDistributionRequest, place: Place): GetDistributionResult {
  const [id, state] = distributionOf(place, input.Id);
  return {
    Distribution: distribution(place, id, state),
    ETag: idOf(JSON.stringify([id, state.changed]), 14).toUpperCase(),
  };
}

function GetDistributionConfig(input: GetDistributionConfigRequest, place: Place): GetDistributionConfigResult {
  const { Distribution: found, ETag } = GetDistribution(input, place);
  const config: DistributionConfig | undefined = found?.DistributionConfig;
  return { DistributionConfig: config, ETag };
}

function ListDistributions(input: ListDistributionsRequest, place: Place): ListDistributionsResult {
  const all = Object.entries(place.account.cloudfront.distributions).map(([id, state]): DistributionSummary => {
    const { DistributionConfig: config, ...rest } = distribution(place, id, state);
    const {
      CallerReference: _,
      DefaultRootObject: __,
      Logging: ___,
      ...said
    } = config ?? distributionConfig(place, id, state);
    return {
      ...rest,
      ...said,
      Aliases: said.Aliases ?? { Quantity: 0 },
      CacheBehaviors: { Quantity: 0 },
      CustomErrorResponses: said.CustomErrorResponses ?? { Quantity: 0 },
      PriceClass: state.price_class,
      Restrictions: { GeoRestriction: { RestrictionType: 'none', Quantity: 0 } },
      WebACLId: aclArnOf(place, state.web_acl),
      HttpVersion: state.http_version,
      IsIPV6Enabled: false,
      ViewerCertificate: said.ViewerCertificate ?? {},
      Staging: false,
    };
  });
  return { DistributionList: listOf(all, ({ Id: id = '' }) => id, input) };
}

/** The same reference for the same paths is the same invalidation; for others it is refused. */
function CreateInvalidation(input: CreateInvalidationRequest, place: Place): CreateInvalidationResult {
  const [id, state] = distributionOf(place, input.DistributionId);
  const { CallerReference: reference = '', Paths: { Items: paths = [], Quantity: quantity } = {} } =
    input.InvalidationBatch ?? {};
  if (quantity !== paths.length)
    refuse('InconsistentQuantities', 'The value of Quantity and the size of Items do not match.');
  if (paths.length === 0 || paths.some((path) => !path.startsWith('/') || /\*./.test(path)))
    refuse('InvalidArgument', 'Your request contains one or more invalid invalidation paths.');
  const before = Object.entries(state.invalidations).find(([, each]) => each.reference === reference);
  if (before !== undefined) {
    const same = JSON.stringify(before[1].paths.toSorted()) === JSON.stringify(paths.toSorted());
    if (!same)
      refuse(
        'InvalidArgument',
        'Your request contains a caller reference that was used for a previous invalidation batch.',
      );
    return { Location: location(id, before[0]), Invalidation: invalidation(place, state, ...before) };
  }
  const made = `I${idOf(`${id} ${reference} ${place.now}`, 13).toUpperCase()}`;
  const one = { at: new Date(place.now).toISOString(), reference, paths };
  const { distributions } = place.account.cloudfront;
  const after = { ...state, invalidations: { ...state.invalidations, [made]: one } };
  place.change(withDistributions(place.world, { ...distributions, [id]: after }));
  return { Location: location(id, made), Invalidation: invalidation(place, state, made, one) };
}

function GetInvalidation(input: GetInvalidationRequest, place: Place): GetInvalidationResult {
  const [, state] = distributionOf(place, input.DistributionId);
  const one = held(state.invalidations, input.Id);
  if (one === undefined) refuse('NoSuchInvalidation', 'The specified invalidation does not exist.', 404);
  return { Invalidation: invalidation(place, state, input.Id ?? '', one) };
}

/** The newest first. */
function ListInvalidations(input: ListInvalidationsRequest, place: Place): ListInvalidationsResult {
  const [, state] = distributionOf(place, input.DistributionId);
  const all = Object.entries(state.invalidations)
    .toSorted(([, a], [, b]) => Date.parse(b.at) - Date.parse(a.at))
    .map(([id, one]) => {
      const { InvalidationBatch: _, ...summary } = invalidation(place, state, id, one);
      return summary;
    });
  return { InvalidationList: listOf(all, ({ Id: id = '' }) => id, input) };
}

/** One page in CloudFront's own form: it goes on after a marker. */
function listOf<T>(
  all: readonly T[],
  idOfItem: (item: T) => string,
  { Marker: marker = '', MaxItems: size = most }: ListDistributionsRequest,
) {
  const from = marker === '' ? 0 : all.findIndex((each) => idOfItem(each) === marker) + 1;
  const items = all.slice(from, from + size);
  const last = items.at(-1);
  const more = last !== undefined && from + items.length < all.length;
  return {
    Marker: marker,
    MaxItems: size,
    IsTruncated: more,
    Quantity: items.length,
    Items: items,
    ...(more && { NextMarker: idOfItem(last) }),
  };
}

function distributionOf(place: Place, id: string | undefined): readonly [id: string, state: DistributionState] {
  const state = held(place.account.cloudfront.distributions, id);
  if (state === undefined) return refuse('NoSuchDistribution', 'The specified distribution does not exist.', 404);
  return [id ?? '', state];
}

function distribution(place: Place, id: string, state: DistributionState): Distribution {
  const pending = Object.values(state.invalidations).filter((one) => forgottenAt(state, one) > place.now);
  return {
    Id: id,
    ARN: `arn:aws:cloudfront::${place.account.id}:distribution/${id}`,
    Status: state.status,
    LastModifiedTime: new Date(state.changed),
    InProgressInvalidationBatches: pending.length,
    DomainName: edgeName(state),
    DistributionConfig: distributionConfig(place, id, state),
  };
}

function invalidation(place: Place, state: DistributionState, id: string, one: InvalidationState): Invalidation {
  return {
    Id: id,
    Status: forgottenAt(state, one) <= place.now ? 'Completed' : 'InProgress',
    CreateTime: new Date(one.at),
    InvalidationBatch: {
      CallerReference: one.reference,
      Paths: { Quantity: one.paths.length, Items: [...one.paths] },
    },
  };
}

function location(distributionId: string, id: string): string {
  return `https://cloudfront.amazonaws.com/2020-05-31/distribution/${distributionId}/invalidation/${id}`;
}
