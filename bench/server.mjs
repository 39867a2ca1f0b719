// The other side of the bench, a process of its own: answers every request on loopback after 50 ms, and counts.
// Prints its port. `GET /-/asked` gives what was asked since the last time, each request once, and begins again. With
// the address of a stand-in as its argument the answers are that one's, kept: only who asks first waits for it.

import { text as wholeText } from 'node:stream/consumers';
import { createServer, request } from 'node:http';
import { answerTo } from './answers.mjs';

const delayMs = 50;
const [standIn] = process.argv.slice(2);
const kept = new Map();
let sent = 0;
let seen = new Set();

const server = createServer((incoming, outgoing) => void serve(incoming, outgoing));

async function serve(incoming, outgoing) {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString('utf8');
  if (incoming.url === '/-/asked') {
    outgoing.end(JSON.stringify({ sent, distinct: [...seen].toSorted(byText) }));
    sent = 0;
    seen = new Set();
    return;
  }
  const { 'x-amz-target': target, 'content-type': type } = incoming.headers;
  sent += 1;
  const key = [incoming.method, incoming.url, target ?? '', canonical(type, body)].join(' ');
  seen.add(key);
  const answered = new Promise((resolve) => setTimeout(resolve, delayMs));
  if (standIn !== undefined && !kept.has(key)) kept.set(key, answerOf(incoming, body));
  const answer = kept.get(key) ?? answerTo({ target, type, path: incoming.url, body });
  const [{ status, headers, text }] = await Promise.all([answer, answered]);
  outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) });
  outgoing.end(text);
}
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
// Whoever started it holds the other end: it never outlives the bench.
process.stdin.on('end', () => process.exit()).resume();

/** What the stand-in says: the request goes on as it came, signature and all. */
function answerOf({ method, url, headers }, body) {
  return new Promise((resolve, reject) => {
    const onward = request(new URL(url, standIn), { method, headers }, (answer) => {
      const { 'content-length': _, 'transfer-encoding': __, connection: ___, ...rest } = answer.headers;
      wholeText(answer).then((said) => resolve({ status: answer.statusCode, headers: rest, text: said }), reject);
    });
    onward.once('error', reject).end(body);
  });
}

/** Equal for requests that ask the same: members and parameters in order of their names. */
function canonical(type, body) {
  if (type?.includes('json')) return JSON.stringify(sorted(JSON.parse(body)));
  if (type?.includes('form-urlencoded')) return JSON.stringify([...new URLSearchParams(body)].toSorted(byText));
  return body;
}

function sorted(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((name) => [name, sorted(value[name])]),
  );
}

function byText(one, other) {
  return String(one) < String(other) ? -1 : 1;
}
