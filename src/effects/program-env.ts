// What a program is told of the environment of golive: little, and nothing of who we are at AWS unless it is asked for.

import type { Account } from '../engine/plan.ts';
import { BlindError } from '../errors.ts';
import type { ProgramRequest } from '../machine.ts';
import { pickSource } from './aws-credentials.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface ProgramPlace {
  /** The environment of golive. */
  readonly env: Env;
  /** The target's own account. */
  readonly account: Account;
  /** `--profile`. */
  readonly profile?: string;
}

const usual = /^(?:PATH|HOME|LANG|LC_\w+|TZ|TMPDIR|USER|LOGNAME|NO_COLOR)$/;
/** Answers and secrets of the run, and the keys it is signed with. */
const ours = /^GOLIVE_/;
const aws = /^AWS_/;
/** Says who somebody is, and would be believed before a profile is. */
const identity =
  /^AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|CREDENTIAL_EXPIRATION|WEB_IDENTITY_TOKEN_FILE|ROLE_ARN|ROLE_SESSION_NAME|CONTAINER_\w+)$/;

/**
 * The environment of one program. Throws BlindError `invalid` for a variable it is to get that is not set, and for one
 * that no program gets.
 */
export function environmentFor(request: ProgramRequest, place: ProgramPlace): Record<string, string> {
  const { env } = place;
  const few = set(env).filter(([name]) => usual.test(name));
  const asked = request.env.map((name): readonly [string, string] => {
    if (ours.test(name) || aws.test(name))
      throw new BlindError('invalid', `${name.slice(0, 100)} is not passed on to a program by its name.`);
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value !== undefined) return [name, value];
    throw new BlindError('invalid', `The variable ${name.slice(0, 100)} is to be passed on, and is not set.`, {
      hint: 'Set it where golive is started, or take it out of `env`.',
    });
  });
  return Object.fromEntries([...few, ...asked, ...(request.aws ? awsVariables(place) : [])]);
}

/** The same identity as golive's own, and the region of the target: a program must not be in another account than the run. */
function awsVariables({ env, account, profile }: ProgramPlace): readonly (readonly [string, string])[] {
  const own = set(env).filter(([name]) => aws.test(name) && (profile === undefined || !identity.test(name)));
  const picked = pickSource({ env, wanted: profile, name: '', account }).profile;
  return [
    ...own,
    ...(picked === undefined ? [] : [['AWS_PROFILE', picked] as const]),
    ['AWS_REGION', account.region],
    ['AWS_DEFAULT_REGION', account.region],
  ];
}

function set(env: Env): readonly (readonly [string, string])[] {
  return Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}
