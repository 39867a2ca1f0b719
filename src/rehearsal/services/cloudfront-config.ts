// How a distribution is set up, as CloudFront tells it: origin, names, certificate, behaviour and errors.

import type { DistributionConfig, MinimumProtocolVersion } from '@aws-sdk/client-cloudfront';
import type { DistributionState } from '../account-edges.ts';
import { held, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { aclArnOf } from './wafv2-names.ts';

/** The managed policy of every distribution here: what the origin says is kept for as long as it says. */
const cachePolicy = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const methods = ['GET' as const, 'HEAD' as const];

/** The configuration of a distribution. */
export function distributionConfig(place: Place, id: string, state: DistributionState): DistributionConfig {
  const { aliases, origin, errors } = state;
  const region = held(place.account.s3.buckets, origin.bucket)?.region ?? place.account.region;
  const name = `${origin.bucket}.s3.${region}.amazonaws.com`;
  return {
    CallerReference: idOf(id, 16),
    Aliases: { Quantity: aliases.length, Items: [...aliases] },
    DefaultRootObject: state.root,
    Origins: {
      Quantity: 1,
      Items: [
        {
          Id: name,
          DomainName: name,
          OriginPath: origin.path,
          CustomHeaders: { Quantity: 0 },
          S3OriginConfig: { OriginAccessIdentity: '' },
          ConnectionAttempts: 3,
          ConnectionTimeout: 10,
          OriginAccessControlId: origin.access_control ? `E${idOf(`oac ${id}`, 13).toUpperCase()}` : '',
        },
      ],
    },
    DefaultCacheBehavior: {
      TargetOriginId: name,
      ViewerProtocolPolicy: state.viewers,
      AllowedMethods: { Quantity: 2, Items: methods, CachedMethods: { Quantity: 2, Items: methods } },
      Compress: state.compress,
      CachePolicyId: cachePolicy,
      ...(Object.keys(state.headers).length > 0 && { ResponseHeadersPolicyId: idOf(`headers ${id}`, 32) }),
    },
    CacheBehaviors: { Quantity: 0 },
    CustomErrorResponses: {
      Quantity: Object.keys(errors).length,
      Items: Object.entries(errors).map(([code, { page, status }]) => ({
        ErrorCode: Number(code),
        ResponsePagePath: page,
        ResponseCode: String(status),
        ErrorCachingMinTTL: 10,
      })),
    },
    Comment: state.comment,
    Logging: {
      Enabled: state.logging !== undefined,
      IncludeCookies: false,
      Bucket: state.logging === undefined ? '' : `${state.logging}.s3.amazonaws.com`,
      Prefix: '',
    },
    PriceClass: state.price_class,
    Enabled: state.enabled,
    ViewerCertificate: certificateOf(place, state),
    Restrictions: { GeoRestriction: { RestrictionType: 'none', Quantity: 0 } },
    WebACLId: aclArnOf(place, state.web_acl),
    HttpVersion: state.http_version,
    IsIPV6Enabled: false,
    Staging: false,
  };
}

function certificateOf(place: Place, { certificate, min_tls: least }: DistributionState) {
  if (certificate === undefined)
    return { CloudFrontDefaultCertificate: true, MinimumProtocolVersion: 'TLSv1' as const };
  return {
    CloudFrontDefaultCertificate: false,
    ACMCertificateArn: `arn:aws:acm:us-east-1:${place.account.id}:certificate/${certificate}`,
    SSLSupportMethod: 'sni-only' as const,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a world may name a policy that came after this client
    MinimumProtocolVersion: least as MinimumProtocolVersion,
  };
}
