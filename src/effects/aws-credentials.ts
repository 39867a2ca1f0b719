// Whose credentials sign: --profile, then the environment, then the target's profile; said in words before they are used.

import type { AssumeRoleWithWebIdentityCommandInput } from '@aws-sdk/client-sts';
import type { Account } from '../engine/plan.ts';
import {
  filePaths,
  fromEnvironment,
  missingProfile,
  ofToken,
  readProfiles,
  roleOf,
  sectionOf,
  wayOf,
} from './aws-profile.ts';
import type { Way } from './aws-profile.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Keys that sign. */
export interface Identity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}
export type Provider = () => Promise<Identity>;

/** Where an account's credentials come from. */
export interface CredentialSource {
  /** For messages: `profile P (--profile)`. */
  readonly words: string;
  /** What to do when they have expired, as far as is known by now. */
  readonly renew: string;
  /** How they are renewed, as far as is known by now: the shared files are read with the credentials. */
  readonly way: () => Way;
  /** The profile whose settings apply; undefined: the SDK's default one. */
  readonly profile: string | undefined;
  /** Loads the SDK's provider; nothing is read before it is called. */
  readonly open: (inner: object) => Promise<Provider>;
}

/**
 * Picks the source for one of the target's accounts. `--profile` and the environment speak for the target's own
 * account and for those that name no profile; an account with a profile of its own is another identity by intent.
 */
export function pickSource(options: {
  readonly env: Env;
  readonly wanted: string | undefined;
  readonly name: string;
  readonly account: Account;
}): CredentialSource {
  const { env, wanted, name, account } = options;
  if (name !== '' && account.profile !== undefined)
    return fromProfile(account.profile, `of the account ${name}`, env, account);
  if (wanted !== undefined) return fromProfile(wanted, '--profile', env, account);
  const keys = fromKeys(env);
  if (keys !== undefined) return keys;
  if (isSet(env['AWS_PROFILE'])) return fromProfile(env['AWS_PROFILE'], 'AWS_PROFILE', env, account);
  if (isSet(env['AWS_WEB_IDENTITY_TOKEN_FILE'])) return fromChain(account, ofToken(env['AWS_WEB_IDENTITY_TOKEN_FILE']));
  if (containerVariables.some((variable) => isSet(env[variable]))) return fromChain(account, roleOf('EcsContainer'));
  if (account.profile !== undefined) return fromProfile(account.profile, 'of the target', env, account);
  return fromChain(account, nothingSaid);
}

/** Why there are no credentials for the target's own account, with what to do; undefined when there are some. Asks AWS for nothing. */
export async function lackOfCredentials(given: {
  readonly env: Env;
  readonly wanted: string | undefined;
  readonly account: Account;
}): Promise<string | undefined> {
  const source = pickSource({ ...given, name: '' });
  try {
    await (
      await source.open({})
    )();
    return undefined;
  } catch {
    const { lack, todo } = source.way();
    return `AWS credentials (${source.words}): ${lack}. ${todo}`;
  }
}

/** For a rehearsal: credentials that sign and open nothing. The account in the key id tells the stand-in which is meant. */
export function rehearsalSource(account: Account): CredentialSource {
  const todo = 'Choose retry: in a rehearsal that renews them.';
  let given = 0;
  return {
    words: 'the rehearsal',
    renew: todo,
    way: () => ({ command: undefined, todo, lack: 'there are none', everyMs: undefined }),
    profile: undefined,
    open: () => {
      given += 1;
      const accessKeyId = `REHEARSAL${account.account}${given === 1 ? '' : `R${given}`}`;
      return Promise.resolve(() => Promise.resolve({ accessKeyId, secretAccessKey: 'rehearsal' }));
    },
  };
}

const containerVariables = ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'];
/** Nobody said where they come from: whatever the SDK finds is used, and none of it has a command of its own. */
const nothingSaid: Way = {
  command: undefined,
  todo: 'Renew the default profile; or give --profile, set AWS_PROFILE, or give the target a profile.',
  lack: 'nothing on this machine gives any',
  everyMs: 5_000,
};
/** Asked for again this long before they end, so that no request carries credentials that end on the way. */
const renewBeforeMs = 5 * 60_000;

function fromProfile(profile: string, origin: string, env: Env, { region }: Account): CredentialSource {
  const words = `profile ${profile} (${origin})`;
  let way: Way = {
    command: undefined,
    todo: `Renew those of profile ${profile}.`,
    lack: 'nobody gave any',
    everyMs: 5_000,
  };
  return {
    words,
    get renew() {
      return way.todo;
    },
    way: () => way,
    profile,
    open: async (inner) => {
      const { fromIni } = await import('@aws-sdk/credential-providers');
      const roleAssumerWithWebIdentity = webIdentity(inner, region);
      const given = { profile, clientConfig: inner, roleAssumerWithWebIdentity, ...filePaths(env), ignoreCache: true };
      return once(async () => {
        const profiles = await readProfiles(env);
        if (sectionOf(profiles, profile) === undefined) {
          const missing = await missingProfile(profile, words, profiles);
          way = { command: undefined, todo: missing.hint ?? '', lack: 'there is no such profile', everyMs: 5_000 };
          throw missing;
        }
        way = wayOf(profiles, profile);
        return await fromIni(given)();
      });
    },
  };
}

function fromKeys(env: Env): CredentialSource | undefined {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = env;
  if (!isSet(id) || !isSet(secret)) return undefined;
  const identity = { accessKeyId: id, secretAccessKey: secret, ...(isSet(token) ? { sessionToken: token } : {}) };
  return {
    words: 'AWS_ACCESS_KEY_ID in the environment',
    renew: fromEnvironment.todo,
    way: () => fromEnvironment,
    profile: isSet(env['AWS_PROFILE']) ? env['AWS_PROFILE'] : undefined,
    open: () => Promise.resolve(() => Promise.resolve(identity)),
  };
}

/** Web identity, container and instance credentials, and the default profile: as the SDK finds them. */
function fromChain({ region }: Account, way: Way): CredentialSource {
  return {
    words: "the SDK's default chain",
    renew: way.todo,
    way: () => way,
    profile: undefined,
    open: async (inner) => {
      const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
      const roleAssumerWithWebIdentity = webIdentity(inner, region);
      return once(fromNodeProviderChain({ clientConfig: inner, roleAssumerWithWebIdentity, ignoreCache: true }));
    },
  };
}

/** The SDK's own way to exchange a token for a profile forgets `inner`: it would follow an endpoint of another profile. */
function webIdentity(
  inner: object,
  region: string,
): (params: AssumeRoleWithWebIdentityCommandInput) => Promise<Identity> {
  return async (params) => {
    const { getDefaultRoleAssumerWithWebIdentity } = await import('@aws-sdk/client-sts');
    return await getDefaultRoleAssumerWithWebIdentity({ ...inner, region })(params);
  };
}

/** One look for all clients of an account: a provider may start a program or ask the network. */
async function once(provider: Provider): Promise<Provider> {
  const { memoize } = await import('@smithy/core/config');
  return memoize(
    () => provider(),
    ({ expiration }) => expiration !== undefined && expiration.getTime() - Date.now() < renewBeforeMs,
    ({ expiration }) => expiration !== undefined,
  );
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
