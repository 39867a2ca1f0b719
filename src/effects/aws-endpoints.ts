// Where AWS would be called: every way to redirect the SDK, found before the first call and refused unless allowed.

import type { SharedConfigFiles } from '@smithy/core/config';
import { GoliveError } from '../errors.ts';
import { findService, serviceWords } from './aws-services.ts';

/** An endpoint somebody configured for one service. */
export interface Endpoint {
  readonly url: URL;
  /** Where: `AWS_ENDPOINT_URL_ECS`, `endpoint_url of profile P`. */
  readonly from: string;
}

type Env = Readonly<Record<string, string | undefined>>;

// Names of service endpoints and of the interface endpoints in front of them. Not everything under amazonaws.com is AWS:
// load balancers, instances, buckets and API gateways of anybody are there too.
const awsService =
  '(?:ecs|elasticloadbalancing|route53|cloudfront|dynamodb|secretsmanager|rds|sts|monitoring|logs|s3|ec2|acm|iam|budgets|elasticache|api\\.ecr|wafv2|application-autoscaling|ssm|kms|lambda|sns|eks)(?:-fips)?';
const awsRegion = String.raw`[a-z]+(?:-[a-z]+)+-\d+`;
const awsDomain = String.raw`(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|api\.aws|api\.amazonwebservices\.(?:com\.cn|eu))`;
const awsHosts = new RegExp(
  String.raw`^(?:${awsService}(?:\.dualstack)?(?:\.${awsRegion})?|(?:bucket\.|control\.)?vpce-[a-z0-9-]+\.${awsService}\.${awsRegion}\.vpce)\.${awsDomain}$`,
);
const loopbackHosts = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** True for a host of AWS itself, by its name. */
export function isAwsHost(hostname: string): boolean {
  return awsHosts.test(hostname.toLowerCase());
}

/** True for a host on this machine. */
export function isLoopback(hostname: string): boolean {
  return loopbackHosts.test(hostname.toLowerCase());
}

/**
 * The endpoints configured for the services golive speaks to, by CLI word, in the SDK's order: the variable of the
 * service, AWS_ENDPOINT_URL, the services section of the profile, the profile. AWS_IGNORE_CONFIGURED_ENDPOINT_URLS and
 * the profile's `ignore_configured_endpoint_urls` turn all of them off. Throws GoliveError `endpoint` on what is no URL.
 */
export function configuredEndpoints(
  env: Env,
  profile: string,
  files: SharedConfigFiles,
): ReadonlyMap<string, Endpoint> {
  const section = { ...files.credentialsFile[profile], ...files.configFile[profile] };
  const ignored = env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] ?? section['ignore_configured_endpoint_urls'];
  if (ignored?.toLowerCase() === 'true') return new Map();
  const named = section['services'];
  const perService = named === undefined ? {} : (files.configFile[`services.${named}`] ?? {});
  const found = new Map<string, Endpoint>();
  for (const word of serviceWords) {
    const id = (findService(word)?.id ?? word).replaceAll(' ', '_');
    const variable = `AWS_ENDPOINT_URL_${id.toUpperCase()}`;
    const candidates: readonly (readonly [string | undefined, string])[] = [
      [env[variable], variable],
      [env['AWS_ENDPOINT_URL'], 'AWS_ENDPOINT_URL'],
      [perService[`${id.toLowerCase()}.endpoint_url`], `endpoint_url of services section ${named}`],
      [section['endpoint_url'], `endpoint_url of profile ${profile}`],
    ];
    const [text, from = ''] = candidates.find(([candidate]) => candidate !== undefined && candidate !== '') ?? [];
    if (text !== undefined) found.set(word, { url: parse(text, from), from });
  }
  return found;
}

/**
 * Throws GoliveError `endpoint` for an endpoint that must not be used: plain http to another machine always, a host
 * outside AWS unless `allowed`.
 */
export function checkEndpoint({ url, from }: Endpoint, allowed: boolean): void {
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new GoliveError(
      'endpoint',
      `${from} sends requests to ${shownHost(url)} over plain http, where anybody can read them.`,
      {
        hint: 'Use https, or an address of this machine.',
      },
    );
  }
  if (!isAwsHost(url.hostname) && !allowed) {
    throw new GoliveError(
      'endpoint',
      `${from} sends requests to ${shownHost(url)} instead of AWS, with your credentials.`,
      {
        hint: 'Remove it, or give --allow-endpoint: the run is then no evidence about AWS, and says so.',
      },
    );
  }
}

/** Host and port, at most 200 characters. */
export function shownHost(url: URL): string {
  return url.host.slice(0, 200);
}

function parse(text: string, from: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    url === undefined ||
    (url.protocol !== 'https:' && url.protocol !== 'http:') ||
    url.username !== '' ||
    url.password !== ''
  ) {
    throw new GoliveError('endpoint', `${from} is not an address that can be used.`, {
      hint: 'Write it as https://HOST or http://127.0.0.1:PORT, without a user.',
    });
  }
  return url;
}
