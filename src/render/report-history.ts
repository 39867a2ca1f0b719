// What the log has of each step beside how it stands at the end: its attempts, what it changed, and what was attached to it.

import type { Bodies, RunEvent } from '../engine/events.ts';

export interface Attempt {
  readonly attempt: number;
  /** Why it was begun; empty where the log does not say. */
  readonly why: Bodies['step.start']['why'] | '';
  /** `at` format; empty where it did not happen. */
  readonly begun: string;
  readonly ended: string;
  readonly verdict: Bodies['step.verdict']['verdict'] | '';
  readonly reason: string;
  /** Digest of what was seen; empty without. */
  readonly facts: string;
  readonly findings: Bodies['step.verdict']['findings'];
}

export interface Evidence {
  readonly what: string;
  readonly digest: string;
}

export interface StepHistory {
  readonly attempts: readonly Attempt[];
  /** What was changed and what became of that, in words; and who took over, claimed and answered when. */
  readonly deeds: readonly { readonly at: string; readonly text: string }[];
  /** Blobs that the log names for it, each once. */
  readonly evidence: readonly Evidence[];
}

interface Gathered {
  readonly attempts: Attempt[];
  readonly deeds: { readonly at: string; readonly text: string }[];
  readonly evidence: Map<string, string>;
}

/** By step; under the empty name what is of the run as a whole. */
export function historyOf(events: readonly RunEvent[]): ReadonlyMap<string, StepHistory> {
  const all = new Map<string, Gathered>();
  for (const event of events) {
    if (!('step' in event.body) || event.kind === 'value.set') continue;
    const own = all.get(event.body.step) ?? { attempts: [], deeds: [], evidence: new Map<string, string>() };
    all.set(event.body.step, own);
    gather(own, event);
  }
  return new Map(
    [...all].map(([step, { evidence, ...own }]) => [
      step,
      { ...own, evidence: [...evidence].map(([digest, what]) => ({ what, digest })) },
    ]),
  );
}

function gather(own: Gathered, event: RunEvent): void {
  const { at, kind, body } = event;
  const deed = (text: string): void => void own.deeds.push({ at, text });
  const keep = (digest: string, what: string): void => {
    if (digest !== '' && !own.evidence.has(digest)) own.evidence.set(digest, what);
  };
  switch (kind) {
    case 'step.start': {
      const { attempt, why } = body;
      own.attempts.push({ attempt, why, begun: at, ended: '', verdict: '', reason: '', facts: '', findings: [] });
      break;
    }
    case 'step.verdict': {
      const { attempt, verdict, reason, facts, findings } = body;
      const last = own.attempts.at(-1);
      const begun = last?.attempt === attempt && last.verdict === '' ? own.attempts.pop() : undefined;
      own.attempts.push({ attempt, why: '', begun: '', ...begun, ended: at, verdict, reason, facts, findings });
      keep(facts, 'what was seen');
      break;
    }
    case 'act.intent':
      deed(`about to be changed (${body.class})${body.token === '' ? '' : `, marked ${body.token}`}`);
      keep(body.request, 'the exact request');
      keep(body.before, 'the state before');
      break;
    case 'act.result':
      deed(
        `change: ${body.result}${body.change === '' ? '' : `, ${body.change}`}${body.reason === '' ? '' : `: ${body.reason}`}`,
      );
      keep(body.after, 'what was answered');
      break;
    case 'act.reconciled':
      deed(`looked for by ${body.by}: ${body.result}${body.reason === '' ? '' : `: ${body.reason}`}`);
      break;
    case 'step.takeover':
      deed(`taken over from ${body.from}: ${body.reason}`);
      break;
    case 'step.claim':
      deed(`left to ${body.role} by ${body.by}`);
      break;
    case 'gate.vote':
      deed(
        `${body.by} for ${body.role}: ${body.decision}${body.signoff === -1 ? '' : ', signed'}${body.comment === '' ? '' : `: ${body.comment}`}`,
      );
      break;
    case 'ask.answer':
      deed(`answered by ${body.by} (${body.source})`);
      break;
    case 'note':
      deed(`note of ${body.by}: ${body.text}`);
      break;
    case 'attach':
      deed(`${body.by} attached ${body.name} (${body.size} bytes)`);
      keep(body.digest, `attached: ${body.name}`);
      break;
    default:
  }
}
