// A log of any length that verifies: a rehearsal in which steps fail and are tried again and again, with notes in between.

import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { encodeEvent, formatAt, hashLine, noLine } from '../dist/log/line.js';
import { newSessionKey, throwAwaySigner } from '../dist/log/session-key.js';
import { grantEnvelope, joinLines, sealEnvelope } from '../dist/log/statement.js';

const run = `rehearsal-${'longlog'.padEnd(26, 'a')}`;
const began = Date.parse('2026-11-20T09:00:00.000Z');
/** As many as a large checklist has, in phases of as many. */
const steps = 300;
const stepsOfPhase = 30;
const everyMs = 150;
const hours = 3_600_000;
const linesOfSession = 20_000;

/** Writes a sealed log of `count` events to `file`, signed line by line. */
export async function writeLongLog(file, count) {
  const signer = throwAwaySigner('ada@example.com');
  const lines = [];
  let key = newSessionKey();
  let head = noLine;
  const append = (kind, body) => {
    const at = formatAt(began + lines.length * everyMs);
    const line = encodeEvent({ run, seq: lines.length, at, sid: key.sid, prev: head, kind, body, key });
    head = hashLine(line);
    lines.push(line);
  };
  const opening = () => openingOf(signer, key, began + lines.length * everyMs);
  append('run.open', { ...opened, session: await opening() });
  const attempts = new Map();
  for (let turn = 0; lines.length < count - 1; turn += 1) {
    if (lines.length % linesOfSession < 3) {
      append('session.close', { reason: 'paused', until: '' });
      key = newSessionKey();
      append('session.open', { session: await opening() });
    }
    const step = turn % steps;
    const id = `step-${step}`;
    const attempt = (attempts.get(id) ?? 0) + 1;
    const round = [
      ...(attempt === 1 && step % stepsOfPhase === 0
        ? [['phase.open', { phase: `phase-${step / stepsOfPhase}` }]]
        : []),
      ['step.start', { step: id, attempt, why: attempt === 1 ? 'due' : 'retry', resets: [] }],
      ['step.verdict', verdictOf(id, attempt)],
      ...(turn % 10 === 0
        ? [['note', { by: signer.principal, step: id, text: `attempt ${attempt} was looked at` }]]
        : []),
    ];
    attempts.set(id, attempt);
    for (const [kind, body] of round) if (lines.length < count - 1) append(kind, body);
  }
  const about = { signer, run, lines, head, result: 'undecided', participants: [signer.principal] };
  const statement = await sealEnvelope(about);
  append('seal', { result: 'undecided', exit: 2, counts, principal: signer.principal, statement });
  writeFileSync(file, joinLines(lines));
}

/** Every third attempt passes. */
function verdictOf(step, attempt) {
  const verdict = attempt % 3 === 0 ? 'pass' : 'fail';
  const observed = verdict === 'pass' ? '2' : '1';
  return {
    step,
    attempt,
    verdict,
    facts: digest(`${step} ${attempt}`),
    observed_at: formatAt(began),
    requests: ['5f9f2a56-4f4e-4a51-9f3c-0d8b6d2f3c11'],
    findings: [
      { verdict: 'pass', expected: 'services[0].status is "ACTIVE"', observed: '"ACTIVE"' },
      { verdict, expected: 'services[0].runningCount at least 2', observed },
    ],
    reason: '',
    looks: 1,
  };
}

async function openingOf(signer, key, from) {
  const asked = { signer, run, sid: key.sid, sessionKey: key.publicKey, from, until: from + 12 * hours };
  return {
    principal: signer.principal,
    key: key.publicKey,
    grant: await grantEnvelope(asked),
    host: 'desk',
    tool: { name: 'golive', version: '0.1.0', node: process.version },
    clock_offset: 0,
    callers: [],
    endpoints: [],
  };
}

function digest(text) {
  return createHash('sha256').update(text).digest('hex');
}

const opened = {
  checklist: { name: 'bench', title: 'A long run', path: 'checklists/bench.yaml', digest: digest('the checklist') },
  target: 'local',
  mode: 'run',
  rehearsal: true,
  phases: [],
  git: { commit: '', dirty: false },
  values_digest: digest('values'),
  roster_digest: '',
  store: 'file',
  real_at: formatAt(began),
};

const counts = { pass: 0, fail: 0, error: 0, inconclusive: 0, skip: 0, waived: 0, attested: 0, deferred: 0, open: 0 };
