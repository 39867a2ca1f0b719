// What went wrong with the bucket of the anchors, in words and with the way on.

import { BlindError, exitCodes, GoliveError } from '../errors.ts';
import type { CredentialSource } from './aws-credentials.ts';
import { readFailure } from './aws-errors.ts';

/** What was thrown while an operation on the bucket was asked for, in words and with the way on. */
export function anchorFailure(
  operation: string,
  thrown: unknown,
  { bucket, region, source }: { readonly bucket: string; readonly region: string; readonly source: CredentialSource },
): GoliveError {
  if (thrown instanceof GoliveError) return thrown;
  const read = readFailure({ service: 's3', operation, account: '', credentials: source, region }, thrown);
  const blind = read instanceof BlindError ? read : new BlindError('invalid', `there is no bucket ${bucket}`);
  const hint = hintOn(thrown, blind, bucket, source.words);
  const passing = statusOf(thrown) !== 501 && (blind.transient || blind.code === 'server');
  return new GoliveError('anchor', blind.message, {
    ...(hint !== undefined && { hint }),
    // What may be otherwise in a moment decides nothing.
    exit: passing ? exitCodes.undecided : exitCodes.usage,
    cause: thrown,
  });
}

function hintOn(thrown: unknown, { code, hint }: BlindError, bucket: string, words: string): string | undefined {
  const said = thrown instanceof Error ? `${thrown.name} ${thrown.message}` : '';
  if (said.includes('Object Lock'))
    return (
      `Turn it on once (the bucket keeps versions, then): aws s3api put-object-lock-configuration --bucket ${bucket} ` +
      '--object-lock-configuration ObjectLockEnabled=Enabled'
    );
  if (statusOf(thrown) === 501) return 'The store has to know If-None-Match and Object Lock, as S3 does.';
  if (statusOf(thrown) === 301 || said.startsWith('AuthorizationHeaderMalformed'))
    return 'Say the region of the bucket: --region REGION.';
  return code === 'access-denied' ? `Allow it on ${bucket} to ${words}.` : hint;
}

/** A 404 that is not about an object. */
export function saysNoBucket(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'NoSuchBucket';
}

/** The HTTP status of an answer that the SDK took for an error; undefined when there was none. */
export function statusOf(thrown: unknown): number | undefined {
  const metadata =
    typeof thrown === 'object' && thrown !== null && '$metadata' in thrown ? thrown.$metadata : undefined;
  const status = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata;
  return status && typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}
