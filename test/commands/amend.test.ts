// Goal: a typo in a red step does not strand a run, and what must not be amended leaves no trace. Method: the real command
// on a run in a folder, which is then played on in memory.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bind } from '../../src/checklist/bind.ts';
import { amend, type AmendOptions } from '../../src/commands/amend.ts';
import { agreeAt, agreedBeforehand, type Agreement } from '../../src/commands/amend-consent.ts';
import { hasChanged } from '../../src/commands/amended.ts';
import type { Desk } from '../../src/commands/desk.ts';
import { keyInit } from '../../src/commands/key.ts';
import { localFolder } from '../../src/commands/outside.ts';
import { planFrom } from '../../src/commands/plan-from.ts';
import { ownCopy } from '../../src/commands/own-copy.ts';
import { openStore, readRun } from '../../src/commands/runs.ts';
import { status } from '../../src/commands/status.ts';
import { holdRun } from '../../src/effects/holder.ts';
import type { Order } from '../../src/engine/decide.ts';
import { stepState } from '../../src/engine/state.ts';
import { joinLines } from '../../src/log/statement.ts';
import { readEvents } from '../../src/log/replay.ts';
import { verifyLog } from '../../src/log/verify.ts';
import type { RunStore } from '../../src/world.ts';
import { checklistText, known, loaded } from '../checklist/given.ts';
import { nobody } from '../support/outside.ts';
import { application, openJournal, opening, play } from '../support/run.ts';
import { testShell, type TestShell } from '../support/shell.ts';

const run = 'a'.repeat(26);
const by = 'grace@example.com';
const look = (id: string, wanted: number): string =>
  `- { id: ${id}, title: ${id}, probe: { http: { url: "https://x.example/${id}" } }, expect: [{ path: status, eq: ${wanted} }] }`;
const zone =
  '{ zone: x.example, name: www.x.example, from: [], to: [{ Type: CNAME, TTL: 60, ResourceRecords: [{ Value: TO }] }] }';
const act = (to: string): string =>
  `- { id: switch, title: Switch, act: { route53.replace_record: ${zone.replace('TO', to)} } }`;
const text = (...steps: readonly string[]): string => checklistText({ steps: steps.join('\n') });
const typo = text(look('good', 200), look('page', 204), act('a.example'));
const mended = text(look('good', 200), look('page', 200), act('a.example'));

const shells: TestShell[] = [];
const keys = testShell({ env: { PATH: process.env['PATH'] ?? '' } });
beforeAll(async () => void (await keyInit({ as: by }, keys)));
afterAll(() => [keys, ...shells].forEach((shell) => shell.remove()));

interface Place {
  readonly shell: TestShell;
  readonly store: RunStore;
  /** Writes the checklist the run was begun with anew. */
  readonly write: (text: string, file?: string) => void;
  readonly amend: (options?: AmendOptions) => Promise<number>;
  /** Everything that is kept of the run. */
  readonly kept: () => readonly string[];
}

const goingOn: AmendOptions = { reason: 'wrong status', yes: true, as: by };

/** A run of `first` that was opened and given these orders, and whose process is gone. */
async function begun(first: string, ...orders: readonly Order[]): Promise<Place> {
  const folder = testShell();
  const shell = { ...testShell({ cwd: join(folder.runsDir, '..'), env: keys.env as Record<string, string> }) };
  shells.push(folder, shell);
  mkdirSync(join(shell.cwd, 'checklists'));
  const write = (now: string, file = 'checklists/demo.yaml'): void => writeFileSync(join(shell.cwd, file), now);
  write(first);
  const store = openStore({ runsDir: folder.runsDir }, shell);
  const digest = await store.putBlob(run, new TextEncoder().encode(first));
  const checklist = { name: 'demo', title: 'Demo', path: 'checklists/demo.yaml', digest };
  const plan = await planOf(first);
  const journal = await openJournal(plan, store, run, { ...opening('run'), checklist });
  for (const order of orders) expect(await journal.order(order)).toBeUndefined();
  const kept = (): readonly string[] =>
    readdirSync(store.locate(run), { recursive: true, encoding: 'utf8' }).toSorted();
  return {
    shell,
    store,
    write,
    kept,
    amend: async (options = goingOn) => {
      const given = { runsDir: folder.runsDir, ...options };
      return amend(run, given, shell);
    },
  };
}

async function planOf(source: string) {
  const bound = bind(await loaded(source), known, { target: 'prod', inputs: {}, partial: true });
  if (!('plan' in bound)) throw new Error(JSON.stringify(bound));
  return bound.plan;
}

/** The first 12 digits are enough. */
async function trusting(source: string, options: AmendOptions = goingOn): Promise<AmendOptions> {
  return { ...options, trustChecklist: (await loaded(source)).digest.slice(0, 12) };
}

const pausing = { ...nobody, red: async () => ({ leave: 'pause', reason: 'a typo' }) as const };
const eventsOf = async (store: RunStore) => readEvents(await store.read(run, 0));

it('a typo in a red step is mended, what passed is not looked at again, and the run goes on', async () => {
  const { store, write, shell, amend: amended } = await begun(typo);
  const http = application(() => 200);
  const first = await play(await planOf(typo), http, { store, people: pausing });
  expect(first.state.steps['page']?.verdict?.verdict).toBe('fail');
  write(mended);
  expect(await amended(await trusting(mended))).toBe(0);
  const shown = shell.printed();
  expect(shown).toContain('~ page  expect[0].eq: 204 → 200');
  expect(shown).toMatch(/judged again +page\n/);
  expect(shown).toMatch(/kept +1 verdict\n/);
  expect(shown).toMatch(new RegExp(`^Amended. Go on with: golive .*resume ${run}$`, 'm'));

  const now = await readRun(store, run);
  const { plan, checklist } = await ownCopy(store, now);
  expect(checklist.source.text).toBe(mended);
  expect(stepState(now.state, 'good').verdict?.verdict).toBe('pass');
  expect(stepState(now.state, 'page').verdict).toBeUndefined();
  const second = await play(plan, http, { store, people: pausing });
  expect(second.state.steps['page']?.verdict?.verdict).toBe('pass');
  expect(http.asked.filter((path) => path === 'good')).toHaveLength(1);

  const amendment = (await eventsOf(store)).find(({ kind }) => kind === 'checklist.amend');
  expect(amendment?.body).toMatchObject({ by, second: '', reason: 'wrong status', touched: ['page'] });
  // Whole, and nobody was asked to vouch for its people.
  const verified = await verifyLog(joinLines(await store.read(run, 0)), { planOf: planFrom(store, run) });
  expect(verified).toMatchObject({ verdict: 'UNTRUSTED', broken: undefined, procedure: 'kept' });
  await status(run, { runsDir: store.locate(run).replace(`/${run}`, '') }, shell);
  expect(shell.printed()).toContain(`amended by ${by} (wrong status)`);
});

it('a dry run shows the difference and writes nothing', async () => {
  const { write, kept, amend: amended, shell } = await begun(typo);
  const before = kept();
  write(mended);
  expect(await amended({ dryRun: true })).toBe(0);
  expect(shell.printed()).toContain('expect[0].eq: 204 → 200');
  expect(await amended({ dryRun: true, json: true })).toBe(0);
  expect(shell.printed()).toContain('"amended": false');
  expect(kept()).toEqual(before);
});

const start: Order = { order: 'start', step: 'switch', why: 'due' };
const digests = { request: '0'.repeat(64), before: '0'.repeat(64) };
const taken: readonly Order[] = [
  start,
  { order: 'intend', step: 'switch', run, class: 'compare', ...digests, go: [] },
  { order: 'act-result', step: 'switch', result: 'done', change: 'C1', requests: [], reason: '' },
];

describe('what leaves no trace in the run', () => {
  it.each<[string, string, readonly Order[], string, string]>([
    ['a checklist with a mistake', mended.replace('eq: 200', 'equals: 200'), [], 'checklist', 'checklists/demo.yaml:'],
    ['one that is no YAML', 'golive: [', [], 'checklist', 'checklists/demo.yaml:'],
    ['another checklist', mended.replace('name: demo', 'name: shop'), [], 'refused', 'checklist shop'],
    ['another account', mended.replace('111111111111', '222222222222'), [], 'refused', '222222222222'],
    [
      'another act where it was taken',
      typo.replace('a.example', 'b.example'),
      taken,
      'refused',
      'switch was taken already',
    ],
    [
      'one without the step being run',
      text(look('good', 200), act('a.example')),
      [{ order: 'start', step: 'page', why: 'due' }],
      'refused',
      'page was begun and has not ended',
    ],
    [
      'one that needs a value the run does not have',
      mended.replace('values:', 'inputs: { who: { question: Who?, text: {} } }\nvalues:'),
      [],
      'refused',
      'the input who has no value in this run',
    ],
    ['the one it has', typo, [], 'same', 'the checklist the run has already'],
  ])('%s', async (_, now, orders, code, words) => {
    const place = await begun(typo, ...orders);
    const before = place.kept();
    place.write(now);
    await expect(place.amend(await trustingAnything(now))).rejects.toMatchObject({
      code,
      exit: 3,
      message: expect.stringContaining(words),
    });
    expect(place.kept()).toEqual(before);
  });

  /** What is not even a checklist has no digest to trust. */
  async function trustingAnything(source: string): Promise<AmendOptions> {
    return trusting(source).catch(() => goingOn);
  }

  it.each<[string, AmendOptions, string]>([
    ['no reason and nobody to ask', { yes: true, as: by }, 'no-terminal'],
    ['no word and nobody to ask', { reason: 'typo', as: by }, 'no-terminal'],
    ['a blank reason', { ...goingOn, reason: ' ' }, 'no-terminal'],
    ['a file that is not there', { ...goingOn, file: 'nowhere.yaml' }, 'file'],
  ])('%s', async (_, options, code) => {
    const place = await begun(typo);
    const before = place.kept();
    place.write(mended);
    await expect(place.amend(await trusting(mended, options))).rejects.toMatchObject({ code });
    expect(place.kept()).toEqual(before);
  });

  it('a checklist nobody has trusted', async () => {
    const place = await begun(typo);
    place.write(mended);
    await expect(place.amend()).rejects.toMatchObject({ code: 'untrusted', hint: expect.stringContaining('--trust') });
  });

  it('a critical step that nobody else is there to agree to', async () => {
    const first = typo.replace('id: page,', 'id: page, severity: critical,');
    const place = await begun(first);
    const now = first.replace('204', '200');
    place.write(now);
    await expect(place.amend(await trusting(now))).rejects.toMatchObject({
      code: 'no-terminal',
      message: expect.stringContaining('a second person has to agree'),
    });
  });

  it('a run that somebody works on right now', async () => {
    const place = await begun(typo);
    const holder = { principal: 'ada@example.com', host: 'desk', since: '2026-03-01T12:00:00.000Z', what: '' };
    const held = await holdRun(localFolder(place.store.locate(run)), { who: () => holder, stop: () => undefined });
    place.write(mended);
    await expect(place.amend(await trusting(mended))).rejects.toMatchObject({
      code: 'held',
      exit: 2,
      message: expect.stringContaining('ada@example.com'),
      hint: expect.stringContaining('Pause there first'),
    });
    if ('close' in held) await held.close();
  });
});

it('a file of another name will do, and a new blank that has a default is filled in', async () => {
  const { write, store, amend: amended, shell } = await begun(typo);
  expect(await hasChanged((await readRun(store, run)).state, shell)).toBe(false);
  const now = mended.replace('values:', 'inputs: { count: { question: How many?, integer: {}, default: 2 } }\nvalues:');
  write(now, 'mended.yaml');
  expect(await amended(await trusting(now, { ...goingOn, file: 'mended.yaml' }))).toBe(0);
  expect(shell.printed()).toContain('count = 2 (default)');
  const events = await eventsOf(store);
  expect(events.slice(-4).map(({ kind }) => kind)).toEqual([
    'session.open',
    'value.set',
    'checklist.amend',
    'session.close',
  ]);
  const amendedRun = await readRun(store, run);
  expect((await ownCopy(store, amendedRun)).plan.names).toMatchObject({ count: 2 });
  // The file it was begun with is as it was: nothing to tell anybody.
  expect(await hasChanged(amendedRun.state, shell)).toBe(false);
  write(mended);
  expect(await hasChanged(amendedRun.state, shell)).toBe(true);
});

it('what a run has of a blank counts, and a new default is said not to', async () => {
  const input = (more: string): string =>
    mended.replace('values:', `inputs: { count: { question: How many?, integer: { lte: ${more} } }\nvalues:`);
  const place = await begun(input('9 }, default: 2'), {
    order: 'set-value',
    name: 'count',
    json: '2',
    source: 'asked',
  });
  place.write(input('9 }, default: 3'));
  expect(await place.amend({ dryRun: true })).toBe(0);
  expect(place.shell.printed()).toContain('count stays 2');
  place.write(input('1 }, default: 1'));
  await expect(place.amend({ dryRun: true })).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('count is 2 in this run'),
  });
});

describe('the questions at the terminal', () => {
  /** Somebody who types these lines, and what was said to them. */
  function typing(...typedLines: readonly string[]) {
    const told: string[] = [];
    const left = [...typedLines];
    const line: Desk['operator']['line'] = async (question, check) => {
      told.push(question);
      for (let typed = left.shift(); typed !== undefined; typed = left.shift()) {
        if (typed === ':pause') return { aside: 'pause' };
        const wrong = check(typed);
        if (wrong === undefined) return { answer: typed };
        told.push(wrong);
      }
      throw new Error(`nobody answers: ${question}`);
    };
    const desk = { operator: { line }, page: { width: 80 }, print: (lines: readonly string[]) => told.push(...lines) };
    return { desk: desk as unknown as Desk, told };
  }

  const agreement: Agreement = {
    word: 'aep-prod',
    by,
    critical: ['public-api'],
    others: undefined,
    reason: undefined,
    yes: false,
    again: () => undefined,
  };

  it('asks why, for the word, and for somebody else and their word', async () => {
    const { desk, told } = typing(
      '',
      'a typo',
      '',
      'aep',
      'aep-prod',
      'nobody at all',
      by,
      'Ada@example.com',
      '',
      'aep-prod',
    );
    expect(await agreeAt(desk, agreement)).toEqual({ reason: 'a typo', second: 'Ada@example.com' });
    expect(told.join(' ')).toContain('(public-api): somebody other than grace@example.com');
    expect(told).toContain('Ada@example.com: type aep-prod to agree');
  });

  it('the one who amends is nobody else, in capitals neither', async () => {
    const { desk } = typing('a typo', 'aep-prod', by.toUpperCase(), ':pause');
    await expect(agreeAt(desk, agreement)).rejects.toMatchObject({ code: 'left', exit: 2 });
  });

  it('in a rehearsal somebody of its people agrees', async () => {
    const { desk, told } = typing('aep-prod', 'ada@example.com', 'idris@example.com', 'aep-prod');
    const given = { ...agreement, reason: 'a typo', others: ['idris@example.com'] };
    expect(await agreeAt(desk, given)).toEqual({ reason: 'a typo', second: 'idris@example.com' });
    expect(told).toContain('nobody who is known here: idris@example.com');
  });

  it('nobody else is asked where nothing critical is touched, and no word where it was given', async () => {
    const { desk } = typing('a typo');
    expect(await agreeAt(desk, { ...agreement, critical: [], yes: true })).toEqual({ reason: 'a typo', second: '' });
  });

  it('without a terminal the word was given beforehand', () => {
    const given = { ...agreement, critical: [], reason: 'a typo', yes: true };
    expect(agreedBeforehand(given)).toEqual({ reason: 'a typo', second: '' });
  });
});
