// Whose credentials sign: --profile, then the environment, then the target's profile; said in words before they are used.

import type { AssumeRoleWithWebIdentityCommandInput } from '@aws-sdk/client-sts';
import type { Account } from '../engine/plan.ts';

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
  /** What to do when they have expired. */
  readonly renew: string;
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
  if (isSet(env['AWS_WEB_IDENTITY_TOKEN_FILE']) || containerVariables.some((variable) => isSet(env[variable])))
    return fromChain(account);
  if (account.profile !== undefined) return fromProfile(account.profile, 'of the target', env, account);
  return fromChain(account);
}

/** For a rehearsal: credentials that sign and open nothing. The account in the key id tells the stand-in which is meant. */
export function rehearsalSource(account: Account): CredentialSource {
  const identity = { accessKeyId: `REHEARSAL${account.account}`, secretAccessKey: 'rehearsal' };
  return {
    words: 'the rehearsal',
    renew: 'A rehearsal needs none.',
    profile: undefined,
    open: () => Promise.resolve(() => Promise.resolve(identity)),
  };
}

/** Where the shared files are, when the environment says so; the SDK's defaults otherwise. */
export function filePaths(env: Env): { configFilepath?: string; filepath?: string } {
  const config = env['AWS_CONFIG_FILE'];
  const credentials = env['AWS_SHARED_CREDENTIALS_FILE'];
  return {
    ...(isSet(config) ? { configFilepath: config } : {}),
    ...(isSet(credentials) ? { filepath: credentials } : {}),
  };
}

const containerVariables = ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'];
/** Asked for again this long before they end, so that no request carries credentials that end on the way. */
const renewBeforeMs = 5 * 60_000;

function fromProfile(profile: string, origin: string, env: Env, { region }: Account): CredentialSource {
  return {
    words: `profile ${profile} (${origin})`,
    renew: `Renew them: aws sso login --profile ${profile}, or whatever else fills this profile.`,
    profile,
    open: async (inner) => {
      const { fromIni } = await import('@aws-sdk/credential-providers');
      const roleAssumerWithWebIdentity = webIdentity(inner, region);
      return once(fromIni({ profile, clientConfig: inner, roleAssumerWithWebIdentity, ...filePaths(env) }));
    },
  };
}

function fromKeys(env: Env): CredentialSource | undefined {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = env;
  if (!isSet(id) || !isSet(secret)) return undefined;
  const identity = { accessKeyId: id, secretAccessKey: secret, ...(isSet(token) ? { sessionToken: token } : {}) };
  return {
    words: 'AWS_ACCESS_KEY_ID in the environment',
    renew: 'Put new keys into the environment, or unset them and use --profile.',
    profile: isSet(env['AWS_PROFILE']) ? env['AWS_PROFILE'] : undefined,
    open: () => Promise.resolve(() => Promise.resolve(identity)),
  };
}

/** Web identity, container and instance credentials, and the default profile: as the SDK finds them. */
function fromChain({ region }: Account): CredentialSource {
  return {
    words: "the SDK's default chain",
    renew: 'Give --profile, set AWS_PROFILE, or give the target a profile.',
    profile: undefined,
    open: async (inner) => {
      const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
      const roleAssumerWithWebIdentity = webIdentity(inner, region);
      return once(fromNodeProviderChain({ clientConfig: inner, roleAssumerWithWebIdentity }));
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
