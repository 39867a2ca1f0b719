// GitHub's answers as facts: what a hash or a tag leads to, the latest of each check, and names of secrets.

import { isObject, type Json, type JsonObject } from '../engine/json.ts';
import { BlindError } from '../errors.ts';
import { isMissing, type Github, type Missing } from './github-api.ts';

type Absent = { readonly found: false; readonly missing: string };
export type CommitFacts = {
  readonly found: true;
  readonly sha: string;
  readonly at?: string;
  readonly verified: boolean;
};
export type TagFacts = { readonly name: string } & ({ readonly found: true; readonly sha: string } | Absent);

const wholeHash = /^[0-9a-f]{40}$/;
const longest = 500;
/** A tag may point at a tag. */
const longestChain = 5;

/** The commit that a hash, or the beginning of one, is of. */
export async function commitOf(github: Github, hash: string): Promise<CommitFacts | Absent> {
  const answer = await github.get(`/commits/${hash}`);
  if (isMissing(answer)) return absent(answer);
  const sha = shaOf(answer);
  const { committer, verification } = objectOf(answer['commit']);
  // A branch or a tag may be called like a hash.
  if (!sha.startsWith(hash.toLowerCase()))
    throw new BlindError('invalid', `${hash} is no commit there: GitHub answers with ${sha}`, {
      hint: 'Give the whole hash, 40 digits.',
    });
  const at = timeOf(objectOf(committer)['date']);
  return { found: true, sha, ...(at !== undefined && { at }), verified: objectOf(verification)['verified'] === true };
}

/** The commit that a tag leads to, through the tag's own object where it has one. */
export async function tagOf(github: Github, name: string): Promise<TagFacts> {
  const path = name.split('/').map(encodeURIComponent).join('/');
  const answer = await github.get(`/git/ref/tags/${path}`);
  if (isMissing(answer)) return { name, ...absent(answer) };
  let object = objectOf(answer['object']);
  for (let links = 0; object['type'] === 'tag' && links < longestChain; links += 1) {
    const tag = await github.get(`/git/tags/${shaOf(object)}`);
    if (isMissing(tag)) throw new BlindError('invalid', `the tag ${name} leads to nothing: ${tag.missing}`);
    object = objectOf(tag['object']);
  }
  if (object['type'] !== 'commit') throw new BlindError('invalid', `the tag ${name} does not lead to a commit`);
  return { name, found: true, sha: shaOf(object) };
}

/** Check runs and commit statuses of a commit, the latest of each. */
export async function checksOf(github: Github, sha: string): Promise<readonly JsonObject[]> {
  const [runs, statuses] = await Promise.all([
    github.list(`/commits/${sha}/check-runs?filter=latest`, 'check_runs'),
    github.list(`/commits/${sha}/status`, 'statuses'),
  ]);
  if (isMissing(runs) || isMissing(statuses))
    throw new BlindError(
      'access-denied',
      `GitHub has the commit ${sha}, and shows its checks to nobody with this token`,
      {
        hint: 'The token needs Checks (read) and Commit statuses (read).',
      },
    );
  return [...latest(runs.map(runOf)), ...latest(statuses.map(statusOf))].map(({ facts }) => facts);
}

interface Check {
  readonly facts: JsonObject;
  /** Which other checks it may be an attempt of. */
  readonly key: string;
  /** Attempts of one suite follow each other; another suite is another cause to run. */
  readonly suite: string;
  /** When it was last heard of, in ms; what is not completed is later than all. */
  readonly at: number;
  readonly settled: boolean;
}

function runOf(run: JsonObject): Check {
  const [name, app] = [textOf(run['name']), textOf(objectOf(run['app'])['slug'])];
  const [status, conclusion] = [textOf(run['status']), textOf(run['conclusion'])];
  const completed = timeOf(run['completed_at']);
  const started = timeOf(run['started_at']);
  const done = status === 'completed';
  return {
    facts: { name, status, ...(done && { conclusion }), ...(done && completed && { completed_at: completed }), app },
    key: `${app} ${name}`,
    suite: JSON.stringify(objectOf(run['check_suite'])['id'] ?? ''),
    at: done ? Date.parse(completed ?? started ?? '') || 0 : Number.POSITIVE_INFINITY,
    settled: done && ['success', 'skipped', 'neutral'].includes(conclusion),
  };
}

function statusOf(status: JsonObject): Check {
  const [name, state] = [textOf(status['context']), textOf(status['state'])];
  const at = timeOf(status['updated_at']);
  const done = state !== 'pending';
  return {
    facts: {
      name,
      status: done ? 'completed' : 'pending',
      ...(done && { conclusion: state }),
      ...(done && at !== undefined && { completed_at: at }),
      app: '',
    },
    key: name,
    suite: '',
    at: done ? Date.parse(at ?? '') || 0 : Number.POSITIVE_INFINITY,
    settled: state === 'success',
  };
}

/**
 * The latest attempt of each check. Where one name ran in several suites (two workflows with a job of that name, a push
 * and a pull request) the latest stands for those that went well; one that did not is no older attempt, and stays.
 */
function latest(checks: readonly Check[]): readonly Check[] {
  const newest = (of: (check: Check) => string): ReadonlyMap<string, Check> => {
    const found = new Map<string, Check>();
    for (const check of checks) {
      const known = found.get(of(check));
      if (known === undefined || check.at > known.at || (check.at === known.at && !check.settled))
        found.set(of(check), check);
    }
    return found;
  };
  const [byName, bySuite] = [newest(({ key }) => key), newest(({ key, suite }) => `${suite} ${key}`)];
  return [...bySuite.values()].filter((check) => !check.settled || byName.get(check.key) === check);
}

/** Names of secrets: of the repository, or of an environment of it. */
export async function secretsOf(github: Github, where: true | string): Promise<JsonObject> {
  const environment = where === true ? undefined : where;
  const path = environment === undefined ? '/actions' : `/environments/${encodeURIComponent(environment)}`;
  const found = await github.list(`${path}/secrets`, 'secrets');
  if (!isMissing(found)) {
    const secrets = found.map((each): JsonObject => {
      const at = timeOf(each['updated_at']);
      return { name: textOf(each['name']), ...(at !== undefined && { updated_at: at }) };
    });
    return { secrets, ...(environment !== undefined && { environment: { name: environment, found: true } }) };
  }
  // A repository always has that list; an environment may not be there itself.
  const itself = environment === undefined ? {} : await github.get(path);
  if (environment !== undefined && isMissing(itself)) return { environment: { name: environment, ...absent(itself) } };
  throw new BlindError('access-denied', `GitHub does not show the names of secrets to this token: ${found.missing}`, {
    hint:
      environment === undefined
        ? 'The token needs Secrets (read), and a classic one the scope repo of an administrator.'
        : 'The token needs Environments (read).',
  });
}

function absent({ missing }: Missing): Absent {
  return { found: false, missing };
}

function shaOf(object: JsonObject): string {
  const { sha } = object;
  if (typeof sha === 'string' && wholeHash.test(sha)) return sha;
  throw new BlindError('invalid', 'GitHub answers without the hash of a commit');
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value.slice(0, longest) : '';
}

function timeOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? new Date(value).toISOString() : undefined;
}
