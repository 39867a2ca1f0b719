// Goal: notices come in order, once for one cause, never hold up anything, and what is lost is written down. Method: the
// queue with a courier that answers as told and pauses that end when the test says so.

import { describe, expect, it } from 'vitest';
import type { Bodies, EventKind, RunEvent } from '../../src/engine/events.ts';
import { evolve } from '../../src/engine/evolve.ts';
import type { Journal } from '../../src/runner/journal.ts';
import { openNotices, type Courier, type NoticesOptions } from '../../src/runner/notices.ts';
import { gate, given, looked, noon, phase, planOf, step } from '../support/plan.ts';

const twenty = Array.from({ length: 20 }, (_, at) => `s${at}`);
const plan = planOf(
  phase('p', [
    step('up', 'looks', { severity: 'critical', title: 'It is up' }),
    step('nice', 'looks', { severity: 'advisory' }),
    ...twenty.map((id) => step(id)),
    step('go', 'decides', { work: gate({ poll: ['lead'] }) }),
  ]),
);

type Answer = Awaited<ReturnType<Courier['send']>>;

/** Notices of one courier. `answers` come first, then everything is taken; pauses are over at once unless they are held. */
function desk(
  more: {
    readonly answers?: readonly (Answer | Promise<Answer>)[];
    readonly mode?: 'run' | 'dry-run';
    /** Failures wait for others of their cause until the end. */
    readonly held?: boolean;
    /** Whether the end waits for what is under way. */
    readonly patient?: boolean;
  } = {},
) {
  const sent: string[] = [];
  const said: string[] = [];
  const notes: string[] = [];
  const answers = [...(more.answers ?? [])];
  const courier: Courier = {
    name: 'the webhook',
    send: async ({ kind, text, steps }) => {
      sent.push(`${kind}: ${text.split('\n')[0] ?? ''}${steps.length > 1 ? ` +${steps.length - 1}` : ''}`);
      return answers.shift();
    },
  };
  const until = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  const pause: NoticesOptions['pause'] = (ms, signal) => {
    const stays = ms >= 1000 ? more.patient !== false : more.held === true;
    return stays && !signal.aborted ? until(signal) : Promise.resolve();
  };
  const notices = openNotices({
    plan,
    run: 'r',
    couriers: [courier],
    by: 'ada@example.com',
    pause,
    gatherMs: 1,
    againMs: 1,
    say: (text) => void said.push(text),
  });
  const order = async (asked: { readonly text?: string }): Promise<undefined> => void notes.push(asked.text ?? '');
  notices.at({ order } as unknown as Journal);
  let state = given(more.mode ?? 'run');
  const hear = <K extends EventKind>(kind: K, body: Partial<Bodies[K]>): void => {
    const at = new Date(noon + state.seq * 1000).toISOString();
    const event = { seq: state.seq, at, sid: 'S', kind, body } as unknown as RunEvent;
    state = evolve(state, event);
    notices.hear(event, state);
  };
  const verdict = (...told: Parameters<typeof looked>): void => {
    for (const [kind, body] of looked(...told)) hear(kind, body as never);
  };
  const end = async (): Promise<void> => {
    await notices.settle();
    await notices.close();
  };
  return { notices, sent, said, notes, hear, verdict, end };
}

const lost = (failed: string, again = false): Answer => ({ failed, again });

describe('what is told', () => {
  it('comes in the order in which it happened, with the words of people made fit', async () => {
    const { hear, verdict, sent, end } = desk();
    hear('phase.open', { phase: 'p' });
    verdict('up', 'fail');
    hear('step.start', { step: 'go', attempt: 1, why: 'due', resets: [] });
    hear('gate.vote', {
      step: 'go',
      attempt: 1,
      role: 'lead',
      decision: 'no-go',
      by: 'ada\u001b[2J',
      comment: 'a\nb',
      signoff: -1,
    });
    hear('rollback.open', { by: 'ada', to: '', plan: '' });
    hear('rollback.close', { result: 'partial' });
    hear('phase.close', { phase: 'p' });
    hear('run.stop', { by: 'ada', reason: 'over', step: '' });
    hear('seal', { result: 'no-go', exit: 1, principal: 'ada', counts: { pass: 1, fail: 2 } as never });
    await end();
    expect(sent).toEqual([
      'phase.open: aep-prod: phase T-0 p: begins (23 steps)',
      'failure: aep-prod: FAIL up (critical): It is up',
      'gate.open: aep-prod: gate go is open: Title of go',
      'gate.vote: aep-prod: gate go: no-go by ada\\x1b[2J for Lead: a\\nb',
      'rollback.open: aep-prod: the way back was begun by ada',
      'rollback.close: aep-prod: the way back has ended: partial',
      'phase.close: aep-prod: phase T-0 p: over (1 fail, 22 open)',
      'stop: aep-prod: stopped by ada: over',
      'seal: aep-prod: NO-GO (exit 1), sealed by ada',
    ]);
  });

  it('is no pass, no skip and nothing advisory', async () => {
    const { verdict, sent, end } = desk();
    verdict('up', 'pass');
    verdict('s1', 'skip');
    verdict('nice', 'fail');
    await end();
    expect(sent).toEqual([]);
  });

  it('is one for twenty reds of one cause', async () => {
    const { verdict, sent, end } = desk({ held: true });
    for (const id of twenty) verdict(id, 'error', 'waits for vpc: no such VPC');
    verdict('up', 'error', 'no such VPC');
    verdict('up', 'fail');
    await end();
    expect(sent).toEqual([
      'failure: aep-prod: ERROR s0 (required): Title of s0 +20',
      'failure: aep-prod: FAIL up (critical): It is up',
    ]);
  });

  it('is told again only after it passed', async () => {
    const { verdict, sent, end } = desk();
    verdict('up', 'fail', '', 1);
    verdict('up', 'fail', '', 2);
    verdict('up', 'pass', '', 3);
    verdict('up', 'fail', '', 4);
    await end();
    expect(sent).toHaveLength(2);
  });

  it('is only what failed and how it ended, of a dry run', async () => {
    const { hear, verdict, sent, end } = desk({ mode: 'dry-run' });
    hear('phase.open', { phase: 'p' });
    verdict('up', 'fail');
    hear('seal', { result: 'no-go', exit: 1, principal: 'ada', counts: {} as never });
    await end();
    expect(sent.map((text) => text.split(':')[0])).toEqual(['failure', 'seal']);
    expect(sent[1]).toContain('aep-prod (dry run): NO-GO');
  });
});

describe('a message that is not taken', () => {
  it('has a second try and no third, and is one note with the count at the end', async () => {
    const bad = lost('answered 500', true);
    const { hear, sent, notes, said, end } = desk({ answers: [bad, bad, bad, bad] });
    hear('phase.open', { phase: 'p' });
    hear('phase.close', { phase: 'p' });
    hear('rollback.open', { by: 'ada', to: '', plan: '' });
    await end();
    expect(sent).toHaveLength(5);
    expect(notes).toEqual([
      'notifications: the webhook answered 500; the run goes on',
      'notifications: the webhook: 2 messages not delivered when the session ended',
    ]);
    expect(said).toEqual([]);
  });

  it('has no second try where that would not help, and a note for each cause', async () => {
    const { hear, sent, notes, end } = desk({
      answers: [lost('answered 404'), lost('cannot be reached'), lost('answered 404')],
    });
    for (let at = 0; at < 3; at++) hear('phase.open', { phase: 'p' });
    await end();
    expect(sent).toHaveLength(3);
    expect(notes.map((text) => text.replace('notifications: the webhook', ''))).toEqual([
      ' answered 404; the run goes on',
      ' cannot be reached; the run goes on',
      ': 3 messages not delivered when the session ended',
    ]);
  });

  it('holds up nothing when it hangs: the end waits a moment, and says how many there were', async () => {
    const { hear, sent, notes, said, notices } = desk({
      answers: [new Promise<Answer>(() => undefined)],
      patient: false,
    });
    for (let at = 0; at < 3; at++) hear('phase.open', { phase: 'p' });
    await notices.settle();
    hear('seal', { result: 'go', exit: 0, principal: 'ada', counts: {} as never });
    await notices.close();
    expect(sent).toHaveLength(1);
    expect(notes).toEqual(['notifications: the webhook: 3 messages not delivered when the session ended']);
    expect(said).toEqual(['the webhook: 4 messages not delivered, the last one too']);
    hear('phase.open', { phase: 'p' });
    expect(sent).toHaveLength(1);
  });

  it('writes no line once the last one is being signed', async () => {
    let answer: (failed: Answer) => void = () => undefined;
    const late = new Promise<Answer>((resolve) => (answer = resolve));
    const { hear, notes, said, notices } = desk({ answers: [late], patient: false });
    hear('phase.open', { phase: 'p' });
    await notices.settle();
    answer(lost('answered 404'));
    await late;
    await notices.close();
    expect(notes).toEqual(['notifications: the webhook: 1 message not delivered when the session ended']);
    expect(said).toEqual(['the webhook answered 404; the run goes on']);
  });

  it('is said on the screen where no line can be written', async () => {
    const { hear, said, notices, end } = desk({ answers: [lost('answered 404')] });
    notices.at({ order: () => Promise.reject(new Error('the disk is full')) } as unknown as Journal);
    hear('phase.open', { phase: 'p' });
    await end();
    expect(said[0]).toBe('the webhook answered 404; the run goes on');
  });
});

it('keeps at most 200 that wait, and drops the oldest phase first', async () => {
  let free: (answer: Answer) => void = () => undefined;
  const { hear, sent, notes, end } = desk({ answers: [new Promise<Answer>((resolve) => (free = resolve))] });
  // One is under way; of the others there are two more than may wait.
  hear('run.stop', { by: 'first', reason: 'x', step: '' });
  await Promise.resolve();
  hear('run.stop', { by: 'oldest', reason: 'x', step: '' });
  for (let at = 0; at < 201; at++)
    hear(at < 3 ? 'phase.open' : 'rollback.open', at < 3 ? { phase: 'p' } : { by: 'x', to: '', plan: '' });
  free(undefined);
  await end();
  const kinds = sent.map((text) => text.split(':')[0]);
  expect(kinds).toHaveLength(201);
  expect(kinds.slice(0, 3)).toEqual(['stop', 'stop', 'phase.open']);
  expect(kinds.filter((kind) => kind === 'phase.open')).toHaveLength(1);
  expect(notes).toEqual(['notifications: the webhook: 2 messages not delivered when the session ended']);
});
