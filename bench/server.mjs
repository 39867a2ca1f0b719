// The other side of the bench, a process of its own: answers every request on loopback after 50 ms, and counts.
// Prints its port. `GET /-/asked` gives what was asked since the last time, each request once, and begins again.

import { createServer } from 'node:http';
import { answerTo } from './answers.mjs';

const delayMs = 50;
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
  seen.add([incoming.method, incoming.url, target ?? '', canonical(type, body)].join(' '));
  const answer = answerTo({ target, type, path: incoming.url, body });
  setTimeout(() => {
    outgoing.writeHead(answer.status, {
      'content-type': answer.type,
      'content-length': Buffer.byteLength(answer.body),
      // What does not name its request is not believed to be AWS.
      'x-amzn-requestid': `bench-${sent}`,
    });
    outgoing.end(answer.body);
  }, delayMs);
}
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
// Whoever started it holds the other end: it never outlives the bench.
process.stdin.on('end', () => process.exit()).resume();

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
