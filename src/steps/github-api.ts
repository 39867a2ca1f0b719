// Questions to GitHub's API: every page of an answer, and for each way of not being allowed to look the words for it.

import { isObject, type Json, type JsonObject } from '../engine/json.ts';
import { BlindError } from '../errors.ts';
import type { Http, HttpResponse } from '../world.ts';

const base = 'https://api.github.com';
const timeoutMs = 15_000;
const mostPages = 10;

/** One repository, asked with one token. All answers are checked to be whole. */
export interface Github {
  /** The object at a path below the repository (`/git/ref/tags/v1`), or why there is none. Throws BlindError. */
  get(path: string): Promise<JsonObject | Missing>;
  /** The elements of a list in all pages of an answer. Throws BlindError, also when there are fewer than GitHub says. */
  list(path: string, key: string): Promise<readonly JsonObject[] | Missing>;
  /** Ids of the requests so far, as GitHub gave them. */
  readonly requests: () => readonly string[];
}

/** GitHub said that there is no such thing, and that the repository itself can be seen. */
export interface Missing {
  readonly missing: string;
}

export function isMissing(answer: object): answer is Missing {
  return 'missing' in answer && typeof answer.missing === 'string';
}

/** The token goes into one header and nowhere else. */
export function openGithub(http: Http, repository: string, token: string, signal: AbortSignal): Github {
  const ids: string[] = [];
  const root = `${base}/repos/${repository}`;

  async function ask(url: string): Promise<HttpResponse> {
    const headers = {
      'user-agent': 'golive',
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
      authorization: `Bearer ${token}`,
    };
    const answer = await http.send({ method: 'GET', url, headers, timeoutMs, follow: 0 }, signal);
    const id = headerOf(answer, 'x-github-request-id');
    if (/^[\w:.-]{1,100}$/.test(id)) ids.push(id);
    return answer;
  }

  /** Throws BlindError for whatever is neither an answer nor "not there". */
  async function answered(url: string): Promise<{ readonly body: JsonObject; readonly next?: string } | Missing> {
    const answer = await ask(url);
    if (answer.status === 200) return { body: bodyOf(answer, url), ...nextOf(answer, url) };
    // For a hash that is none GitHub says that it cannot process it.
    if (answer.status === 422) return { missing: messageOf(answer) };
    if (answer.status !== 404) throw refusal(answer, url);
    // It says the same of what a token may not see: only who sees the repository knows that a part of it is not there.
    const whole = url === root ? answer : await ask(root);
    if (whole.status === 200) return { missing: messageOf(answer) };
    if (whole.status !== 404) throw refusal(whole, root);
    throw new BlindError('access-denied', `GitHub shows no repository ${repository} to this token`, {
      hint: 'Look at its name, and give the token access to it: Contents (read), and for a private one that repository.',
    });
  }

  return {
    requests: () => [...ids],
    async get(path) {
      const answer = await answered(`${root}${path}`);
      return isMissing(answer) ? answer : answer.body;
    },
    async list(path, key) {
      const found: JsonObject[] = [];
      let url: string | undefined = `${root}${path}${path.includes('?') ? '&' : '?'}per_page=50`;
      for (let page = 1; url !== undefined; page += 1) {
        if (page > mostPages) throw new BlindError('invalid', `${wordsOf(url)} has more than ${mostPages} pages`);
        const answer = await answered(url);
        if (isMissing(answer)) return answer;
        const { body, next } = answer;
        const part: Json | undefined = body[key];
        if (!Array.isArray(part)) throw new BlindError('invalid', `${wordsOf(url)}: the answer has no ${key}`);
        found.push(...(part as readonly Json[]).filter((item) => isObject(item)));
        const total = body['total_count'];
        if (next === undefined && typeof total === 'number' && found.length < total)
          throw new BlindError('invalid', `${wordsOf(url)}: of ${total} ${key} only ${found.length} came`, {
            transient: true,
          });
        url = next;
      }
      return found;
    },
  };
}

/** Never with the query, and never with a header. */
function wordsOf(url: string): string {
  return `GitHub ${new URL(url).pathname.slice(0, 300)}`;
}

function headerOf({ headers }: HttpResponse, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value.slice(0, 2000) : '';
}

function bodyOf(answer: HttpResponse, url: string): JsonObject {
  if (answer.truncated) throw new BlindError('invalid', `${wordsOf(url)}: the answer is longer than 1 MiB`);
  const body = parsed(answer);
  if (isObject(body)) return body;
  throw new BlindError('invalid', `${wordsOf(url)}: the answer is no JSON object`);
}

function parsed({ body }: HttpResponse): Json | undefined {
  try {
    const json: Json = JSON.parse(new TextDecoder().decode(body));
    return json;
  } catch {
    return undefined;
  }
}

function messageOf(answer: HttpResponse): string {
  const body = parsed(answer);
  const message = isObject(body) ? body['message'] : undefined;
  return typeof message === 'string' ? message.slice(0, 200) : `status ${answer.status}`;
}

/** Where the next page is. A token is shown to nobody but the host it is for. */
function nextOf(answer: HttpResponse, url: string): { readonly next?: string } {
  const [, next] = /<([^<>]+)>\s*;[^,<]*\brel="?next\b"?/.exec(headerOf(answer, 'link')) ?? [];
  if (next === undefined) return {};
  if (URL.canParse(next) && new URL(next).origin === base) return { next };
  throw new BlindError('refused', `${wordsOf(url)}: its next page is not at ${base}, and the token is for nobody else`);
}

/** Why GitHub did not let us look, with what is missing. */
function refusal(answer: HttpResponse, url: string): BlindError {
  const { status } = answer;
  const said = `${wordsOf(url)}: ${messageOf(answer)} (${status})`;
  const spent = headerOf(answer, 'x-ratelimit-remaining') === '0' || headerOf(answer, 'retry-after') !== '';
  if (status === 429 || (status === 403 && (spent || /rate limit/i.test(messageOf(answer)))))
    return new BlindError('throttled', `${said}: the limit of requests is reached`, {
      transient: true,
      hint: resetHint(answer),
    });
  if (status === 401)
    return new BlindError('credentials', `GitHub does not take the token (401)`, {
      hint: 'It may be expired or revoked: give a new one.',
    });
  if (status === 403) return new BlindError('access-denied', said, { hint: scopeHint(answer) });
  if (status >= 300 && status < 400)
    return new BlindError('invalid', `${said}: the repository has moved`, { hint: 'Give its new name.' });
  if (status >= 500) return new BlindError('server', said, { transient: true });
  return new BlindError('invalid', said);
}

function resetHint(answer: HttpResponse): string {
  const at = Number(headerOf(answer, 'x-ratelimit-reset')) * 1000;
  const known = at > 0 && at < 8.64e15;
  return known ? `It begins anew at ${new Date(at).toISOString()}.` : 'Wait some minutes.';
}

/** Fine-grained tokens are told what is missing by one header, classic ones by another. */
function scopeHint(answer: HttpResponse): string {
  const wanted = headerOf(answer, 'x-accepted-github-permissions') || headerOf(answer, 'x-accepted-oauth-scopes');
  const has = headerOf(answer, 'x-oauth-scopes');
  if (wanted === '') return 'The token lacks a permission for this repository.';
  return `The token lacks one of: ${wanted.slice(0, 200)}${has === '' ? '' : `; it has: ${has.slice(0, 200)}`}.`;
}
