// What a run meets that has secrets in it: servers that echo them, a program that prints them, a person who types them.

import { createServer, type Server } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import type { Asked, Choice, Operator } from '../../src/world.ts';

/** One for each way on which a secret comes to a run. */
export const canaries = {
  header: 'header-Kq7sZ1canary',
  body: 'body-Wm3pQ8canary',
  query: 'query-Ht5vX2canary',
  environment: 'environment-Bn9rL4canary/+ =x',
  program: 'program-Jd6yC0canary',
  sdk: 'sdk-Fg2tN7canary',
  input: 'input-Rz8kM3canary/+?=~',
  webhook: 'https://hooks.example.test/services/T0CANARY/B0CANARY/Vc4hS9canaryAbCdEfGh',
  typed: 'typed-Pl1wE6canary"\\x',
};
/** Of the address of a webhook everybody may know where it leads. */
export const searched = { ...canaries, webhook: 'Vc4hS9canaryAbCdEfGh' };

const base64 = (text: string): string => Buffer.from(text).toString('base64');
/** All ways in which anybody would write it. */
export const written = (text: string): string =>
  [
    text,
    base64(text),
    `Basic ${base64(`ada:${text}`)}`,
    Buffer.from(`ab${text}`).toString('base64url'),
    encodeURIComponent(text),
    encodeURIComponent(text).replaceAll(/%../g, (code) => code.toLowerCase()),
    JSON.stringify(JSON.stringify({ text })),
    encodeURIComponent(base64(`:${text}`)),
  ].join(' ');

/** An application that says back what it was told, and more that it should not say. */
export async function echo(): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    const secret = {
      'set-cookie': `sid=${canaries.header}; Path=/`,
      'x-api-key': canaries.header,
      'x-echo': written(token),
    };
    const challenge = { 'www-authenticate': `Digest realm="x", nonce="${canaries.header}"` };
    const to = `/landed?token=${canaries.query}&echo=${encodeURIComponent(token)}&basic=${encodeURIComponent(base64(`a:${token}`))}`;
    if (path === '/redirect') response.writeHead(302, { ...secret, location: to });
    else
      response.writeHead(path === '/challenge' ? 401 : 200, {
        ...secret,
        ...challenge,
        'content-type': path === '/json' ? 'application/json' : 'text/html',
      });
    const json = {
      said: token,
      all: written(token),
      password: canaries.body,
      nested: [{ name: 'API_KEY', value: canaries.body }],
      next: `https://x.test${to}`,
    };
    const page = `<a href="${to.replaceAll('&', '&amp;')}">${written(token)}</a> ${canaries.webhook} {"client_secret":"${canaries.body}"}`;
    response.end(path === '/json' ? JSON.stringify(json) : page);
  });
  return listening(server);
}

/** AWS as it quotes what it was asked. */
export async function quotingAws(): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume();
    const message = `Value ${written(canaries.input)} with password=${canaries.sdk} is not valid`.replaceAll(
      '&',
      '&amp;',
    );
    response.writeHead(400, { 'content-type': 'text/xml', 'x-amzn-requestid': 'a-request' });
    response.end(
      `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error><RequestId>a-request</RequestId></ErrorResponse>`,
    );
  });
  return listening(server);
}

async function listening(server: Server): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => (server.closeAllConnections(), server.close(() => resolve())));
  return { url: `http://127.0.0.1:${port}`, close };
}

/** A program that prints what it gets, and what it knows besides, and ends as it is told. */
export function talkative(folder: string): string {
  const path = join(folder, 'talk.mjs');
  const known = JSON.stringify({ program: canaries.program, texts: written(canaries.input) });
  writeFileSync(
    path,
    `const known = ${known};
const { HOOK_URL = '', DB_PASSWORD = '' } = process.env;
const base64 = (text) => Buffer.from(text).toString('base64');
const forms = (text) => [text, base64(text), base64('a' + text), base64('ab' + text), encodeURIComponent(text)].join(' ');
const lines = [
  'hook ' + forms(HOOK_URL),
  'db ' + forms(DB_PASSWORD),
  'known ' + known.texts,
  'PASSWORD=' + known.program,
  'AWS_SECRET_ACCESS_KEY=' + known.program + ' AWS_REGION=eu-central-1',
  JSON.stringify({ access_token: known.program, ok: true }),
];
for (const stream of [process.stdout, process.stderr]) stream.write(lines.join('\\n') + '\\n');
process.exitCode = Number(process.argv[2]);
`,
  );
  return path;
}

/** A person who says a secret wherever something may be typed. Every question is kept. */
export function careless(words: string): Operator & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  const seen = new Set<string>();
  let noted = false;
  const once = (question: string): boolean => !seen.has(question) && Boolean(seen.add(question));
  const line = async (question: string): Promise<Asked<string>> => {
    asked.push(question);
    if (question === 'Note') return { answer: words };
    if (!noted) {
      noted = true;
      return { aside: 'note' };
    }
    if (/go or no-go/.test(question)) return { answer: 'go' };
    const word = /^Type (\S+) and/.exec(question)?.[1];
    if (word === undefined) return { answer: words };
    return once(question) ? { aside: 'evidence' } : { answer: word === 'do' ? 'do it' : word };
  };
  return {
    asked,
    present: true,
    line,
    secret: async (question) => (asked.push(question), { answer: canaries.typed }),
    menu: async <K extends string>(question: string, choices: readonly Choice<K>[]) => {
      asked.push(question, ...choices.map(({ label }) => label));
      if (once(question)) return { aside: 'evidence' as const };
      const choice = ['w', 'a', 'p'].map((wanted) => choices.find(({ key }) => key === wanted)).find(Boolean);
      if (choice === undefined) throw new Error(`nothing to choose at ${question}`);
      return { answer: choice.key };
    },
    putAside: () => undefined,
  };
}
