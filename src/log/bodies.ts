// What may stand in the body of each kind of event, checked on writing and on reading. Unknown kinds and keys are errors.

import { z } from 'zod';
import type { Bodies, EventKind } from '../engine/events.ts';
import { fromBase64 } from './base64.ts';

export const runIdPattern = /^(rehearsal-)?[a-z2-7]{26}$/;
export const sidPattern = /^S[0-9a-f]{32}$/;
export const atPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** Principals are exact: no patterns, and nothing that an allowed-signers file or a shell would read differently. */
export const principalPattern = /^[A-Za-z0-9][A-Za-z0-9._+@:/=-]{0,199}$/;

const name = z.string().max(200);
/** What a person or a machine wrote. */
const text = z.string().max(8000);
const short = z.string().max(500);
const whole = z.int();
const count = z.int().min(0);
/** The line of another event, or -1. */
const reference = z.int().min(-1);
export const hash = z.string().regex(/^[0-9a-f]{64}$/);
const hashOrNone = z.string().regex(/^([0-9a-f]{64})?$/);
export const at = z.string().regex(atPattern);
const atOrNone = z.union([z.literal(''), at]);
export const principal = z.string().regex(principalPattern);
export const sid = z.string().regex(sidPattern);
export const publicKey = z.string().regex(/^[a-z0-9@.-]{1,64} [A-Za-z0-9+/]+={0,2}$/);
const step = name;
const attempt = count;
const verdict = z.enum(['pass', 'fail', 'error', 'inconclusive', 'skip']);
export const decision = z.enum(['go', 'no-go', 'waive', 'attest']);
export const result = z.enum(['go', 'no-go', 'undecided', 'no-objection']);

const base64 = z.string().max(48_000).refine(isBase64, 'not standard base64');

/** DSSE with exactly one signature: who else agrees signs a statement of their own. */
export const envelope = z.strictObject({
  payload: base64,
  payloadType: z.literal('application/vnd.in-toto+json'),
  signatures: z.array(z.strictObject({ keyid: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/), sig: base64 })).length(1),
});

const session = z.strictObject({
  principal,
  key: publicKey,
  grant: envelope,
  host: name,
  tool: z.strictObject({ name, version: name, node: name }),
  clock_offset: whole,
  callers: z.array(z.strictObject({ account: name, region: name, arn: short })).max(50),
  endpoints: z.array(short).max(50),
  roles: z
    .array(z.strictObject({ principal, roles: z.array(name).max(50) }))
    .max(200)
    .exactOptional(),
});

const finding = z.strictObject({
  verdict: z.enum(['pass', 'fail', 'inconclusive']),
  expected: short,
  observed: short,
  hint: short.exactOptional(),
});

const counts = z.strictObject({
  pass: count,
  fail: count,
  error: count,
  inconclusive: count,
  skip: count,
  waived: count,
  attested: count,
  deferred: count,
  open: count,
});

const runOpen = z.strictObject({
  checklist: z.strictObject({ name, title: short, path: short, digest: hash }),
  target: name,
  mode: z.enum(['run', 'dry-run', 'survey']),
  rehearsal: z.boolean(),
  phases: z.array(name),
  git: z.strictObject({ commit: name, dirty: z.boolean() }),
  values_digest: hash,
  roster_digest: hashOrNone,
  store: short,
  real_at: at,
  allow_open: z.literal(true).exactOptional(),
  session,
});

const stepVerdict = z.strictObject({
  step,
  attempt,
  verdict,
  facts: hashOrNone,
  observed_at: at,
  requests: z.array(name),
  findings: z.array(finding),
  reason: short,
  looks: count,
});

/** The schema of every kind. A kind whose type in engine/events.ts changes does not compile until it changes here. */
export const bodySchemas = {
  'run.open': runOpen,
  'session.open': z.strictObject({ session }),
  'session.close': z.strictObject({ reason: z.enum(['paused', 'later', 'interrupted', 'stopped']), until: atOrNone }),
  'session.revoke': z.strictObject({ sid, reason: text }),
  'clock.set': z.strictObject({ t0: at, source: z.enum(['command line', 'gate']) }),
  'value.set': z.strictObject({
    name,
    json: z.string().max(32_000),
    source: z.enum(['file', 'environment', 'default', 'asked', 'capture']),
    step,
  }),
  'phase.open': z.strictObject({ phase: name }),
  'phase.close': z.strictObject({ phase: name }),
  'step.start': z.strictObject({
    step,
    attempt,
    why: z.enum(['due', 'retry', 'again', 'recheck', 'interrupted']),
    resets: z.array(name),
  }),
  'step.verdict': stepVerdict,
  'ask.answer': z.strictObject({
    step,
    attempt,
    answer: text,
    evidence: text,
    by: name,
    source: z.enum(['asked', 'file', 'script']),
  }),
  'act.intent': z.strictObject({
    step,
    attempt,
    class: z.enum(['token', 'compare', 'observable', 'opaque']),
    request: hashOrNone,
    before: hashOrNone,
    token: name,
    over: count.exactOptional(),
    go: z.array(z.string().regex(/^\d{1,12}:[0-9a-f]{64}$/)),
  }),
  'act.result': z.strictObject({
    step,
    attempt,
    result: z.enum(['done', 'already', 'refused', 'failed']),
    after: hashOrNone,
    requests: z.array(name),
    change: short,
    reason: text,
  }),
  'act.reconciled': z.strictObject({
    step,
    attempt,
    result: z.enum(['applied', 'not-applied', 'unknown']),
    by: name,
    reason: text,
  }),
  'gate.vote': z.strictObject({
    step,
    attempt,
    role: name,
    decision: z.enum(['go', 'no-go']),
    by: name,
    comment: text,
    signoff: reference,
  }),
  'step.waive': z.strictObject({
    step,
    attempt,
    by: name,
    role: name,
    reason: text,
    until: atOrNone,
    signoff: reference,
  }),
  'step.attest': z.strictObject({ step, attempt, by: name, evidence: text, second: name, signoff: reference }),
  'step.takeover': z.strictObject({ step, from: name, reason: text }),
  'run.pause': z.strictObject({ by: name, reason: text }),
  'run.resume': z.strictObject({ by: name }),
  'run.stop': z.strictObject({ by: name, reason: text, step }),
  'step.defer': z.strictObject({ step, reason: text, on: name }),
  'step.claim': z.strictObject({ step, role: name, by: name }),
  attach: z.strictObject({ digest: hash, name: short, size: count, step, by: name }),
  'rollback.open': z.strictObject({ by: name, to: name, plan: hashOrNone }),
  'rollback.close': z.strictObject({ result: z.enum(['done', 'partial']) }),
  'checklist.amend': z.strictObject({
    digest: hash,
    previous: hash,
    by: name,
    second: name,
    signoff: count.exactOptional(),
    reason: text,
    touched: z.array(name),
  }),
  signoff: z.strictObject({
    principal,
    role: name,
    step,
    decision,
    attempt: attempt.exactOptional(),
    seen: count.exactOptional(),
    statement: envelope,
  }),
  note: z.strictObject({ by: name, step, text }),
  anchor: z.strictObject({ seq: count, head: hash, place: short, token: short }),
  seal: z.strictObject({ result, exit: count, counts, principal, statement: envelope }),
} satisfies { readonly [K in EventKind]: z.ZodType<Bodies[K]> };

/** True for a name that `bodySchemas` knows. */
export function isKind(kind: string): kind is EventKind {
  return Object.hasOwn(bodySchemas, kind);
}

function isBase64(value: string): boolean {
  try {
    fromBase64(value);
    return true;
  } catch {
    return false;
  }
}
