// One case of the fault test: a run that is killed, gone on with until it is sealed, and looked at line by line.

import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { program, reachedBy, type CrashAct } from './crash-acts.ts';
import { expectEvidence } from './crash-evidence.ts';
import { golive, goliveAt, type Ended, type Moment, type Says } from './crash-child.ts';
import { checklistWith, eventOf, newPlace, trust, type CrashPlace, type Home } from './crash-place.ts';
import type { CrashPoint } from './crash-points.ts';
import { wayTo, type Standing } from './crash-stand-in.ts';

/** What one case came to: a row of the table is the sum of these. */
export interface Counted {
  /** How often the point was reached and the process died of signal 9. */
  readonly killed: number;
  /** Sessions that were opened after that; none where the run was sealed already. */
  readonly resumed: number;
  /** How often the change reached the other side. */
  readonly reached: number;
  /** How often a person was asked whether it was made. */
  readonly asked: number;
}

export interface Given {
  readonly home: Home;
  /** Nobody else uses it while the case lasts. */
  readonly standing: Standing;
  readonly act: CrashAct;
  /** No two cases of one act have the same. */
  readonly n: number;
}

/** What a run is to come to. */
interface Outcome {
  readonly result: 'go' | 'no-go';
  readonly exit: number;
  /** How often something was changed in the end, the way back included. */
  readonly changes: number;
  /** The steps that were answered. */
  readonly answered: readonly (keyof typeof questions)[];
}

const went: Outcome = { result: 'go', exit: 0, changes: 1, answered: ['told', 'seen'] };
const cameBack: Outcome = { result: 'no-go', exit: 1, changes: 2, answered: ['told'] };

/** A case under way. */
export interface Case extends Given {
  readonly outcome: Outcome;
  readonly place: CrashPlace;
  /** How golive is called to begin, and to go on with what was begun. */
  readonly run: readonly string[];
  readonly resume: () => readonly string[];
  readonly says: readonly Says[];
  /** How often the change had reached the other side before. */
  readonly before: number;
}

/** More sessions than any crash takes. */
const mostSessions = 3;
const laterMs = 40_000;
const questions = { told: 'Is support told?', seen: 'Did you see it?' } as const;
const madeQuestion = 'was it made?';

/** Kills a run at the point, goes on with it, and expects everything of it that the table does not count. */
export async function killAt(given: Given, point: CrashPoint, drawn: number): Promise<Counted> {
  return inPlace(given, {}, async (now) => {
    if (point.first !== undefined) await die(now, now.run, point.first);
    const words = point.first === undefined ? now.run : now.resume();
    const killed = await die(now, words, point.moment(given.act, drawn));
    const kept = linesNow(now);
    await expectAt(point, kept, now);
    const sessions = await goOn(now);
    await expectWhole(now, kept, [killed], sessions);
    if (sessions.length === 0) await expectExported(now);
    return count(now, [killed], sessions);
  });
}

/** Kills a run at the point of its way back, which takes back the one change it made, and goes on with it. */
export async function killOnWayBack(given: Given, point: CrashPoint): Promise<Counted> {
  return inPlace(given, { outcome: cameBack }, async (now) => {
    // The change itself is the first time of everything.
    const killed = await die(now, now.run, { ...point.moment(given.act, 0), nth: 2 });
    const kept = linesNow(now);
    const sessions = await goOn(now);
    await expectWhole(now, kept, [killed], sessions);
    return count(now, [killed], sessions);
  });
}

/**
 * Loses the reply to a change that was made, or lets the change arrive late; with `moment` kills the run there as well,
 * and goes on with it.
 */
export async function onBadWay(given: Given, what: 'lost' | 'late', moment?: Moment): Promise<Counted> {
  const way = await wayTo(given.standing.awsUrl, given.act.call, what);
  try {
    return await inPlace(given, { awsUrl: way.awsUrl }, async (now) => {
      const killed = moment === undefined ? [] : [await die(now, now.run, moment)];
      const kept = linesNow(now);
      const sessions = await goOn(now);
      expect(way.happened(), `the change is ${what}`).toBe(1);
      await expectWhole(now, kept, killed, sessions);
      return count(now, killed, moment === undefined ? [] : sessions, sessions);
    });
  } finally {
    await way.close();
  }
}

/** Runs a case in a folder of its own; `awsUrl` answers instead of AWS, else the stand-in itself. */
export async function inPlace<T>(
  given: Given,
  how: { readonly awsUrl?: string; readonly outcome?: Outcome },
  work: (now: Case) => Promise<T>,
): Promise<T> {
  const { home, act, standing, n } = given;
  const { awsUrl = standing.awsUrl, outcome = went } = how;
  const place = newPlace(home, awsUrl, (folder) => checklistWith(act.yaml(n, folder)));
  try {
    writeFileSync(join(place.folder, 'write.sh'), program(place.folder));
    const says = answers(given, place, outcome);
    const run = ['run', 'crash-prod', ...place.flags, ...trust(place.checklist)];
    const resume = (): readonly string[] => ['resume', place.runs()[0] ?? '', ...place.flags];
    return await work({ ...given, outcome, place, run, resume, says, before: reachedBy(act, standing, place) });
  } finally {
    place.remove();
  }
}

/** What somebody at the keyboard says. Whether the change was made they know: they look at the other side. */
function answers({ act, standing, n }: Given, place: CrashPlace, outcome: Outcome): readonly Says[] {
  const always = (to: string, words: string): Says => ({ to, says: () => words });
  return [
    always(questions.told, 'yes'),
    always(questions.seen, outcome === went ? 'yes' : ':rollback'),
    always('to take this back', 'crash-prod'),
    always('and it is done', 'crash-prod'),
    { to: madeQuestion, says: () => (act.made(standing, place, n) > 0 ? 'y' : 'n') },
    always('What did you see, and where?', 'the other side'),
  ];
}

/** Runs golive until it dies at the moment. */
async function die(now: Case, words: readonly string[], moment: Moment): Promise<Ended> {
  const ended = await goliveAt(now.place, words, { says: now.says, moment });
  const how = `${JSON.stringify(moment)} of golive ${words.join(' ')}:\n${ended.printed}`;
  expect(ended.reached, `reached: ${how}`).toBeDefined();
  expect([ended.code, ended.signal], how).toEqual([null, 'SIGKILL']);
  return ended;
}

/** Goes on until the run is sealed with what it is to come to; where it had not begun, begins it again. */
export async function goOn(now: Case): Promise<readonly Ended[]> {
  const sessions: Ended[] = [];
  for (let left = mostSessions; left > 0 && !sealed(now); left -= 1) {
    const words = linesNow(now).length === 0 ? now.run : now.resume();
    // Each comes some time after the one before: a change that may still be on its way is waited for half a minute.
    const clock = laterMs * (mostSessions - left + 1);
    sessions.push(await goliveAt(now.place, words, { says: now.says, clock }));
  }
  const last = sessions.at(-1);
  expect(sealed(now), last?.printed).toBe(true);
  if (last !== undefined) expect([last.code, last.signal], last.printed).toEqual([now.outcome.exit, null]);
  return sessions;
}

/** The lines of the run that are on the disk; none before there is one. */
export function linesNow({ place }: Case): readonly string[] {
  const [run, ...others] = place.runs();
  expect(others, 'there is one run').toEqual([]);
  return run === undefined ? [] : place.lines(run);
}

function sealed(now: Case): boolean {
  return namesOf(linesNow(now)).includes('seal ');
}

/** `act.intent change`: kinds of events and their steps. */
export function namesOf(lines: readonly string[]): readonly string[] {
  return lines.map(eventOf).map(({ kind, body }) => `${kind} ${typeof body['step'] === 'string' ? body['step'] : ''}`);
}

async function expectAt(point: CrashPoint, kept: readonly string[], now: Case): Promise<void> {
  const { name, there = [], missing = [], leaves, orphan = false } = point;
  const names = namesOf(kept);
  for (const event of there) expect(names, name).toContain(event);
  for (const event of missing) expect(names, name).not.toContain(event);
  await expectEvidence(now.place, kept, orphan);
  if (leaves === undefined) return;
  const files = readdirSync(join(now.place.folder, '.golive', 'runs', now.place.runs()[0] ?? '', 'events'));
  expect(files.filter((file) => file.startsWith(leaves))).toHaveLength(1);
}

/**
 * No line is lost or changed, nothing was shown that is not there, nothing is asked again that was answered, the log
 * verifies with the person's own key, and what was to be changed was changed once, by a stand-in that lived through it.
 */
export async function expectWhole(
  now: Case,
  kept: readonly string[],
  killed: readonly Ended[],
  later: readonly Ended[],
): Promise<void> {
  const lines = linesNow(now);
  expect(lines.slice(0, kept.length), 'what was on the disk stays as it was').toEqual(kept);
  const [then, names] = [namesOf(kept), namesOf(lines)];
  for (const { printed } of killed) {
    const passed = [...printed.matchAll(/^ {2}✓ (told|change|seen) /gm)].map(([, step]) => `step.verdict ${step}`);
    expect(then, 'what was shown is durable').toEqual(expect.arrayContaining(passed));
  }
  for (const [step, question] of Object.entries(questions)) {
    const asked = later.flatMap((session) => session.asked);
    if (then.includes(`ask.answer ${step}`)) expect(asked, 'it was answered').not.toContain(question);
  }
  const answered = names.filter((name) => name.startsWith('ask.answer '));
  expect(answered).toEqual(now.outcome.answered.map((step) => `ask.answer ${step}`));
  expect(names.filter((name) => name === 'seal ')).toHaveLength(1);
  await expectVerified(now);
  expect(now.act.made(now.standing, now.place, now.n), 'what was changed').toBe(now.outcome.changes);
  expect(now.standing.alive(), 'the stand-in was not killed').toBe(true);
}

/** The run, or what was exported of it, verifies with its person's key. */
async function expectVerified({ place, outcome }: Case, what = place.runs()[0] ?? ''): Promise<void> {
  const verified = await golive(place, ['verify', what, '--allowed-signers', 'signers']);
  const words = `sealed with ${outcome.result}`;
  expect([verified.code, verified.stdout], verified.stderr).toEqual([0, expect.stringContaining(words)]);
  expect(verified.stdout).toMatch(/evidence +(?:(\d+) of \1 there and whole|not looked at)\n/);
}

/** An export is made again of what is there, and takes nothing of the process that sealed the run. */
async function expectExported(now: Case): Promise<void> {
  const exported = await golive(now.place, ['export', now.place.runs()[0] ?? '', '--out', 'run.jsonl']);
  expect(exported.code, exported.stderr).toBe(0);
  await expectVerified(now, 'run.jsonl');
}

function count(now: Case, killed: readonly Ended[], later: readonly Ended[], heard = later): Counted {
  const asked = heard.flatMap((session) => session.asked).filter((to) => to === madeQuestion).length;
  return { killed: killed.length, resumed: later.length, reached: reachedNow(now), asked };
}

/** How often the change reached the other side in this case. */
export function reachedNow({ act, standing, place, before }: Case): number {
  return reachedBy(act, standing, place) - before;
}
