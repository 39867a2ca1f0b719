// One event made durable: golive's signed line through its store, against the bare calls that any such store needs.

import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileStore } from '../dist/effects/store-file.js';
import { runId } from '../dist/effects/ids.js';
import { encodeEvent, formatAt, hashLine, noLine } from '../dist/log/line.js';
import { newSessionKey } from '../dist/log/session-key.js';

/** Milliseconds of `count` appends each, golive and bare in turns, in `folder`. */
export async function appendTimes(folder, count) {
  const golive = goliveAppender(join(folder, 'runs'));
  const bare = bareAppender(join(folder, 'bare'));
  const times = { golive: [], bare: [] };
  // What comes first pays for warming up: the first tenth is not counted.
  const warming = Math.ceil(count / 10);
  for (let at = -warming; at < count; at += 1) {
    const body = verdict(at + warming);
    const began = performance.now();
    const line = await golive(body);
    const between = performance.now();
    bare(line);
    const ended = performance.now();
    if (at < 0) continue;
    times.golive.push(between - began);
    times.bare.push(ended - between);
  }
  return times;
}

/** Signs and appends one verdict, as the journal does. Gives the line. */
function goliveAppender(root) {
  const store = fileStore(root);
  const key = newSessionKey();
  const run = runId();
  let seq = 0;
  let prev = noLine;
  return async (body) => {
    const at = formatAt(Date.now());
    const line = encodeEvent({ run, seq, at, sid: key.sid, prev, kind: 'step.verdict', body, key });
    const answer = await store.append(run, seq, line);
    if (answer !== 'ok') throw new Error(`event ${seq} was not appended`);
    prev = hashLine(line);
    seq += 1;
    return line;
  };
}

function verdict(seq) {
  return {
    step: `step-${seq}`,
    attempt: 1,
    verdict: 'pass',
    facts: randomBytes(32).toString('hex'),
    observed_at: formatAt(Date.now()),
    requests: ['5f9f2a56-4f4e-4a51-9f3c-0d8b6d2f3c11'],
    findings: [
      { verdict: 'pass', expected: 'services[0].status is "ACTIVE"', observed: '"ACTIVE"' },
      { verdict: 'pass', expected: 'services[0].runningCount at least 2', observed: '2' },
    ],
    reason: '',
    looks: 1,
  };
}

/** Write, fsync, link, fsync of the folder, unlink, with the folder held open. */
function bareAppender(folder) {
  mkdirSync(folder, { recursive: true });
  const entries = openSync(folder, 'r');
  let count = 0;
  return (line) => {
    const temporary = join(folder, `.tmp-${count}`);
    const handle = openSync(temporary, 'wx', 0o600);
    writeSync(handle, line);
    fsyncSync(handle);
    closeSync(handle);
    linkSync(temporary, join(folder, `${count}.json`));
    fsyncSync(entries);
    unlinkSync(temporary);
    count += 1;
  };
}
