// Where the credentials of a profile come from, as the shared files say, and so how a person gets new ones.

import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import type { SharedConfigFiles } from '@smithy/core/config';
import { BlindError } from '../errors.ts';

type Env = Readonly<Record<string, string | undefined>>;
type Section = Readonly<Record<string, string | undefined>>;

/** How credentials are renewed. */
export interface Way {
  /** What does it, to be typed in another terminal; undefined: no command of that kind is known. */
  readonly command: string | undefined;
  /** What to do, in a sentence. */
  readonly todo: string;
  /** Why there may be none to be had, in words that follow a colon. */
  readonly lack: string;
  /** How often it may be tried whether there are new ones, in ms of real time; undefined: this process never sees any. */
  readonly everyMs: number | undefined;
}

/** What the shared files say now: a login or an editor may have changed them since they were read last. */
export interface Profiles {
  readonly files: SharedConfigFiles;
  /** Where they are, as a person writes it. */
  readonly config: string;
  readonly credentials: string;
}

/** How often AWS is asked whether credentials are back. */
const briskMs = 5_000;
/** A program may open a window or ask for a finger: it is not started every few seconds. */
const gentleMs = 30_000;

/** Where the shared files are, when the environment says so; the SDK's defaults otherwise. */
export function filePaths(env: Env): { configFilepath?: string; filepath?: string } {
  const [config, credentials] = [env['AWS_CONFIG_FILE'] ?? '', env['AWS_SHARED_CREDENTIALS_FILE'] ?? ''];
  return {
    ...(config === '' ? {} : { configFilepath: config }),
    ...(credentials === '' ? {} : { filepath: credentials }),
  };
}

/** Reads the shared files, past what the SDK keeps of them. A file that is not there is an empty one. */
export async function readProfiles(env: Env): Promise<Profiles> {
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  const paths = filePaths(env);
  const { configFilepath: config = '~/.aws/config', filepath: credentials = '~/.aws/credentials' } = paths;
  return { files: await loadSharedConfigFiles({ ...paths, ignoreCache: true }), config, credentials };
}

/** What is said of the profile in both files; undefined when neither has it. */
export function sectionOf({ files }: Profiles, profile: string): Section | undefined {
  const [config, credentials] = [held(files.configFile, profile), held(files.credentialsFile, profile)];
  return config === undefined && credentials === undefined ? undefined : { ...config, ...credentials };
}

/** How the credentials of a profile are renewed, in the order in which the SDK looks for them. */
export function wayOf(profiles: Profiles, profile: string, through: readonly string[] = []): Way {
  const section = sectionOf(profiles, profile) ?? {};
  const [name, source] = [shellWord(profile), section['source_profile']];
  const { role_arn: role, mfa_serial: mfa, credential_source: from, web_identity_token_file: token } = section;
  const keys = section['aws_access_key_id'] !== undefined;
  if (role !== undefined && !through.includes(profile) && !(keys && through.length > 0)) {
    if (mfa !== undefined)
      return byHand(
        'it asks for an MFA code',
        `Golive cannot give the MFA code of ${profile}: name a profile that needs none.`,
      );
    if (source !== undefined && from === undefined) return wayOf(profiles, source, [...through, profile]);
    if (from !== undefined) return roleOf(from);
  }
  if (keys) {
    const inCredentials = held(profiles.files.credentialsFile, profile) !== undefined;
    const file = inCredentials ? profiles.credentials : profiles.config;
    return byHand('its keys are not whole', `Put new keys for ${profile} into ${file}.`);
  }
  if (token !== undefined) return ofToken(token);
  if (section['credential_process'] !== undefined) {
    const todo = `Do what the program in credential_process of ${profile} needs to give new ones.`;
    return { command: undefined, todo, lack: 'its program gave none', everyMs: gentleMs };
  }
  if (Object.keys(section).some((key) => key.startsWith('sso_')))
    return byCommand(`aws sso login --profile ${name}`, 'its SSO session is over, or was never begun');
  if (section['login_session'] !== undefined)
    return byCommand(`aws login --profile ${name}`, 'its session is over, or was never begun');
  return byHand(
    'it does not say where they come from',
    `Say so in ${profiles.config}: aws configure sso --profile ${name}`,
  );
}

/** A web identity: whoever runs this machine writes the token anew. */
export function ofToken(file: string): Way {
  return byHand('its token was not accepted', `Whatever writes ${file} has to write a new token.`);
}

/** Keys that stand in the environment are those this process was started with. */
export const fromEnvironment: Way = {
  command: undefined,
  todo: 'Pause, export fresh AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, and resume: this process cannot see them.',
  lack: 'they are not in the environment',
  everyMs: undefined,
};

/** The role of a machine or a container renews itself, while it has one. */
export function roleOf(source: string): Way {
  if (source === 'Environment') return fromEnvironment;
  const what = source === 'EcsContainer' ? 'container' : 'machine';
  return byHand(
    `this ${what} has no role that gives any`,
    `Look whether this ${what} still has its role: it renews them by itself.`,
  );
}

/** For a profile that is not there: which there are, or that the files are missing. */
export async function missingProfile(profile: string, words: string, profiles: Profiles): Promise<BlindError> {
  const { files, config, credentials } = profiles;
  const all = [...Object.keys(files.configFile), ...Object.keys(files.credentialsFile)];
  const names = [...new Set(all)].filter((name) => !/^(?:sso-session|services)\./.test(name)).toSorted();
  const there = await Promise.all([config, credentials].map(isThere));
  const make = `Make it: aws configure sso --profile ${shellWord(profile)}`;
  const hint =
    names.length > 0
      ? `These are there: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ` and ${names.length - 20} more` : ''}.`
      : there.includes(true)
        ? `No profile is in ${config} or ${credentials}. ${make}`
        : `Neither ${config} nor ${credentials} is there. ${make}`;
  return new BlindError('credentials', `There are no credentials from ${words}: there is no such profile.`, { hint });
}

function byCommand(command: string, lack: string): Way {
  return { command, todo: `Type this in another terminal: ${command}`, lack, everyMs: briskMs };
}

function byHand(lack: string, todo: string): Way {
  return { command: undefined, todo, lack, everyMs: briskMs };
}

function held(sections: SharedConfigFiles['configFile'], name: string): Section | undefined {
  return Object.hasOwn(sections, name) ? sections[name] : undefined;
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

async function isThere(path: string): Promise<boolean> {
  const whole = path.startsWith('~/') ? `${homedir()}${path.slice(1)}` : path;
  return access(whole).then(
    () => true,
    () => false,
  );
}
