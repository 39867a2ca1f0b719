// Lambda: the many ways to name a function, and the version that is meant.

import type { FunctionState } from '../account-functions.ts';
import { arn, held } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';

/** A function as it was asked for. */
export interface Meant {
  readonly name: string;
  readonly state: FunctionState;
  /** `$LATEST`, or a number. */
  readonly version: string;
  /** As it was named: an alias, a version, or nothing. */
  readonly qualifier: string | undefined;
}

export function functionArn(place: Place, name: string, qualifier?: string): string {
  return arn(place, 'lambda', `function:${name}${qualifier === undefined ? '' : `:${qualifier}`}`);
}

export function notFound(words: string): never {
  return refuse('ResourceNotFoundException', words, 404);
}

/** `NAME`, `ACCOUNT:function:NAME` or an ARN, each with `:QUALIFIER` behind it or without. Throws a refusal. */
export function functionOf(place: Place, wanted = '', given?: string): Meant {
  const parts =
    /^(?:arn:aws[\w-]*:lambda:)?(?:([a-z]{2}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?([\w-]{1,64})(?::(\$LATEST|[\w-]+))?$/.exec(
      wanted,
    );
  if (parts === null) {
    const constraint = 'Member must satisfy regular expression pattern of a function name';
    refuse(
      'ValidationException',
      `1 validation error detected: Value '${wanted}' at 'functionName' failed to satisfy constraint: ${constraint}`,
    );
  }
  const [, region = place.region, account = place.account.id, name = '', suffix] = parts;
  if (suffix !== undefined && given !== undefined && suffix !== given)
    refuse(
      'InvalidParameterValueException',
      'The derived qualifier from the function name does not match the qualifier.',
    );
  const qualifier = given ?? suffix;
  const own = region === place.region && account === place.account.id;
  const state = own ? held(place.account.lambda.functions, name) : undefined;
  if (state === undefined) return notFound(`Function not found: ${functionArn(place, name, qualifier)}`);
  const version = versionOf(state, qualifier);
  if (version === undefined) return notFound(`Function not found: ${functionArn(place, name, qualifier)}`);
  return { name, state, version, qualifier };
}

function versionOf({ aliases, versions }: FunctionState, qualifier: string | undefined): string | undefined {
  if (qualifier === undefined || qualifier === '$LATEST') return '$LATEST';
  const number = held(aliases, qualifier)?.version ?? qualifier;
  if (number === '$LATEST') return number;
  return /^[1-9]\d*$/.test(number) && Number(number) <= versions ? number : undefined;
}
