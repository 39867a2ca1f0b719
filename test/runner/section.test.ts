// Goal: a section of questions is answered as one flow: shown as a whole, corrected, handed, put aside and closed, and
// nothing of that is lost or asked twice when the process dies. Method: runs in memory, with somebody at a terminal who
// types what the test says; every run is held against the procedure.

import { describe, expect, it } from 'vitest';
import { readLine, readSecret } from '../../src/effects/readings.ts';
import type { KnownPerson, RunEvent } from '../../src/engine/events.ts';
import type { Plan, Question, Step } from '../../src/engine/plan.ts';
import { decide } from '../../src/engine/decide.ts';
import { initialState, type State } from '../../src/engine/state.ts';
import { evolve } from '../../src/engine/evolve.ts';
import { GoliveError } from '../../src/errors.ts';
import { readEvents } from '../../src/log/replay.ts';
import { throwAwaySigner } from '../../src/log/session-key.ts';
import { theme } from '../../src/render/theme.ts';
import { atTerminal } from '../../src/runner/at-terminal.ts';
import { inTurn, scripted, type People } from '../../src/runner/people.ts';
import { personas } from '../../src/runner/personas.ts';
import { closingWord } from '../../src/runner/section-words.ts';
import type { Asked, Operator } from '../../src/world.ts';
import { nobody } from '../support/outside.ts';
import { gate, given, looked, noon, phase, planOf, step } from '../support/plan.ts';
import { firstBreach } from '../support/procedure.ts';
import { application, looks, memoryStore, play, type MemoryStore, type Played } from '../support/run.ts';

const text: Question = { question: 'Well?', type: 'text', check: {}, secret: false };
const asks = (id: string, more: Partial<Question> = {}, evidence = false, rest: Partial<Step> = {}): Step =>
  step(id, 'asks', { owner: 'lead', work: { type: 'ask', ask: { ...text, ...more }, evidence }, ...rest });
const three = [asks('a'), asks('b'), asks('c')];
const roles = { lead: { title: 'Lead' }, security: { title: 'Security review' } };
const sectioned = (steps: readonly Step[], title = 'User acceptance', owner = 'lead'): Plan => {
  const one = phase('p', steps);
  const sections = one.sections.map((section) => ({ ...section, title, owner }));
  return { ...planOf({ ...one, sections }), roles };
};

interface Sitting extends Played {
  readonly screen: string;
  readonly hints: readonly string[];
  /** What was asked, with what was typed there. */
  readonly asked: readonly string[];
}

/** Somebody sits down at the run and types these lines; `DIES` is a process that dies right there. */
async function sit(
  plan: Plan,
  lines: readonly string[],
  setting: { store?: MemoryStore; people?: readonly KnownPerson[]; file?: Record<string, string>; seal?: boolean } = {},
): Promise<Sitting> {
  const left = [...lines];
  const shown: string[] = [];
  const hints: string[] = [];
  const asked: string[] = [];
  const store = setting.store ?? memoryStore();
  const type = (question: string, read: (typed: string) => ReturnType<typeof readLine>): Asked<string> => {
    for (;;) {
      const typed = left.shift();
      if (typed === undefined || typed === 'DIES') throw new GoliveError('interrupted', 'nothing more is typed');
      asked.push(`${question} ${typed}`);
      const said = read(typed);
      if ('answer' in said) return { answer: said.answer };
      if ('aside' in said) return { aside: said.aside };
      hints.push(said.hint);
    }
  };
  const operator: Operator = {
    present: true,
    menu: async (question, choices) => {
      const said = type(question, (typed) => readLine(() => undefined, typed));
      const choice = 'answer' in said && choices.find(({ key }) => key === said.answer);
      if (choice === false || choice === undefined) throw new Error('not a choice');
      return { answer: choice.key };
    },
    line: async (question, check, words) => type(question, (typed) => readLine(check, typed, words)),
    secret: async (question, words) => type(question, (typed) => readSecret(typed, words)),
    putAside: () => undefined,
  };
  const state = () => readEvents(store.lines).reduce(evolve, initialState());
  const terminal = atTerminal({
    operator,
    screen: { print: (line) => void shown.push(line), live: () => undefined },
    page: { width: 80, theme: theme({ colour: false, unicode: true }) },
    plan,
    state,
    now: () => noon,
    principal: 'ada@example.com',
    personOf: () => 'ada@example.com',
    note: async () => undefined,
    attach: async (_, path) => ({ name: `${path}, attached, sha256 0123` }),
    facts: async () => undefined,
  });
  const answers = Object.fromEntries(Object.entries(setting.file ?? {}).map(([id, answer]) => [id, { answer }]));
  const written = scripted({ answers, votes: {}, principal: () => 'ada@example.com', source: 'file' });
  const signer = throwAwaySigner('ada@example.com');
  const roster = setting.people && {
    ...personas([], () => '', signer),
    people: setting.people,
  };
  const people: People = inTurn(written, terminal);
  const played = await play(
    plan,
    application(() => 200),
    { store, people, signer, seal: setting.seal === true, ...(roster && { roster }) },
  );
  return { ...played, screen: [...shown, ...played.printed].join('\n'), hints, asked };
}

const bodies = <K extends RunEvent['kind']>(store: MemoryStore, kind: K) =>
  readEvents(store.lines).flatMap((event) => (event.kind === kind ? [event.body] : [])) as Extract<
    RunEvent,
    { kind: K }
  >['body'][];
const answersIn = (store: MemoryStore): string[] =>
  bodies(store, 'ask.answer').map(({ step: id, attempt, answer }) => `${id}${attempt} ${JSON.parse(answer)}`);
const notesIn = (store: MemoryStore): string[] =>
  bodies(store, 'note').map(({ step: id, text: said }) => `${id}: ${said}`);
const closed = 'c: section closed: User acceptance: 3 of 3 answered';

describe('a section of questions', () => {
  it('is shown as a whole, asked line by line, and closed with its word, which is written down as a note', async () => {
    const store = memoryStore();
    const { ending, screen, hints } = await sit(
      sectioned(three),
      ['one', 'two', 'three', '', 'y', 'yes', 'acceptance'],
      {
        store,
        seal: true,
      },
    );
    expect(ending).toEqual({ end: 'done' });
    expect(screen).toContain('User acceptance · Lead');
    expect(screen).toContain('0 of 3 answered');
    expect(screen).toContain('? 2 of 3  b  Title of b');
    expect(screen.match(/0 of 3 answered/g)).toHaveLength(1);
    // And once more with all answers, before it is closed.
    expect(screen).toMatch(/3 of 3 answered\n +1 ✓ a [^]*answer +"one" {2}ada@example.com[^]*3 ✓ c /);
    expect(hints).toEqual([
      expect.stringContaining('Nothing was typed'),
      'nothing is closed: type acceptance, or :back to correct an answer',
      'nothing is closed: type acceptance, or :back to correct an answer',
    ]);
    expect([answersIn(store), notesIn(store)]).toEqual([['a1 one', 'b1 two', 'c1 three'], [closed]]);
    const kinds = readEvents(store.lines).map(({ kind }) => kind);
    expect(kinds.indexOf('note')).toBeLessThan(kinds.indexOf('phase.close'));
  });

  it('of one question is asked as ever, and takes no call', async () => {
    const plan = sectioned([asks('a'), looks('seen'), step('g', 'decides', { work: gate() }), asks('b')]);
    const store = memoryStore();
    const { asked, screen } = await sit(plan, ['one', 'go', ':skip', 'two'], { store });
    expect(asked).toEqual(['Well? one', 'Lead, go or no-go? go', 'Well? :skip', 'Well? two']);
    expect([screen.includes('answered'), notesIn(store)]).toEqual([false, []]);
  });

  it('is closed before what stands below it, with how its looks stand', async () => {
    const plan = sectioned([...three, looks('seen'), step('g', 'decides', { work: gate() })]);
    const { asked, screen } = await sit(plan, ['1', '2', '3', 'acceptance', 'go']);
    expect(asked.slice(-2)).toEqual(['Type acceptance and the section is closed acceptance', 'Lead, go or no-go? go']);
    expect(screen).toContain('beside 2 other steps');
  });

  it('takes another word for each title', () => {
    const titles = ['User acceptance', 'The first day', 'Go?', 'Prüfung vor Ort', 'Yes', 'Q3: legal & privacy'];
    expect(titles.map(closingWord)).toEqual(['acceptance', 'first', 'closed', 'prüfung', 'closed', 'privacy']);
  });

  it('does not take a secret for a word, and shows none of it', async () => {
    const plan = sectioned([asks('a', { secret: true }), asks('b')]);
    const { screen, ending } = await sit(plan, [':list', ':hand grenade 4711', 'two', 'acceptance']);
    expect(ending).toEqual({ end: 'done' });
    expect(screen).toContain('(given)');
    expect(screen).not.toContain('4711');
  });

  it('that a file answers is closed by nobody', async () => {
    const store = memoryStore();
    const { asked, ending } = await sit(sectioned(three), [], { store, file: { a: '1', b: '2', c: '3' } });
    expect([asked, ending, notesIn(store)]).toEqual([[], { end: 'done' }, []]);
  });
});

describe(':back', () => {
  it('makes another attempt at the answer before, and goes on where it was', async () => {
    const store = memoryStore();
    const { screen } = await sit(sectioned(three), ['wrong', ':back', 'right', 'two', 'three', 'acceptance'], {
      store,
    });
    expect(answersIn(store)).toEqual(['a1 wrong', 'a2 right', 'b1 two', 'c1 three']);
    expect(bodies(store, 'step.start').map(({ step: id, why }) => `${id} ${why}`)).toEqual([
      'a due',
      'a again',
      'b due',
      'c due',
    ]);
    expect(screen).toContain('answered  "wrong"  ada@example.com');
  });

  it('goes further back, to any line by its number, and from the call; what is left as it was stays', async () => {
    const store = memoryStore();
    const lines = ['1', '2', ':back', ':back', ':skip', ':back 2', '22', ':back 9', ':back x', '3', ':back', '33'];
    const { hints } = await sit(sectioned(three), [...lines, ':back 1', '11', 'acceptance'], { store });
    expect(answersIn(store)).toEqual(['a1 1', 'b1 2', 'b2 22', 'c1 3', 'c2 33', 'a2 11']);
    expect(hints).toEqual(['type :back and a line from 1 to 3', 'type :back and a line from 1 to 3']);
    expect(notesIn(store)).toEqual([closed]);
  });

  it('is not known where nothing was answered, and says so above the first answer', async () => {
    const { hints } = await sit(sectioned(three), [':back', '1', '2', ':back 1', ':back', ':skip', '3', 'acceptance']);
    expect(hints[0]).toContain(':back" is not known');
    expect(hints[1]).toContain('nothing above this line was answered');
  });

  it('asks the person, also about what a file had answered', async () => {
    const store = memoryStore();
    await sit(sectioned(three), [':back', 'mine', '2', '3', 'acceptance'], { store, file: { a: 'theirs' } });
    expect(answersIn(store)).toEqual(['a1 theirs', 'a2 mine', 'b1 2', 'c1 3']);
  });
});

describe(':skip and :hand', () => {
  it('leave the line open, named in the call, and bring it back when nothing else is left', async () => {
    const store = memoryStore();
    const lines = [
      '1',
      ':skip',
      ':hand',
      ':hand secureity',
      ':hand security',
      'acceptance',
      'two',
      'three',
      'acceptance',
    ];
    const { ending, hints, screen } = await sit(sectioned(three), lines, { store });
    expect(ending).toEqual({ end: 'done' });
    expect(hints).toEqual([
      'type :hand and one of lead, security',
      'there is no role secureity: did you mean security?',
    ]);
    expect(bodies(store, 'step.claim')).toEqual([{ step: 'c', role: 'security', by: 'ada@example.com' }]);
    expect(screen).toContain('stays open: b, c (handed to Security review)');
    // It was on the screen right above when its lines came back.
    expect(screen.match(/1 of 3 answered/g)).toHaveLength(1);
    expect(screen).toContain('skipped for now');
    expect(screen).toContain('What was put aside is asked again');
    expect(notesIn(store)).toEqual([
      'c: section closed: User acceptance: 1 of 3 answered; left open: b, c (handed to Security review)',
      closed,
    ]);
  });

  it('put aside again end the session with the line open, and nothing below it is taken', async () => {
    const store = memoryStore();
    const plan = sectioned([...three, step('g', 'decides', { work: gate() })]);
    const { ending, state, asked } = await sit(plan, ['1', ':skip', '3', 'acceptance', ':skip'], { store });
    expect(ending).toEqual({ end: 'stuck' });
    expect([state.steps['b'], state.steps['g']]).toEqual([undefined, undefined]);
    expect(asked).toHaveLength(5);
    const later = await sit(plan, ['2', 'acceptance', 'go'], { store, seal: true });
    expect(later.state.sealed?.result).toBe('go');
    expect(later.asked).toHaveLength(3);
  });

  const people = [
    { principal: 'ada@example.com', roles: ['lead'] },
    { principal: 'sam@example.com', roles: ['security'] },
  ];

  it('say who holds the role; another session asks for that line last, and answers it all the same', async () => {
    const store = memoryStore();
    const first = await sit(sectioned(three), [':hand security', 'DIES'], { store, people });
    expect(first.ending).toEqual({ end: 'interrupted' });
    const second = await sit(sectioned(three), ['two', 'three', 'acceptance', 'one', 'acceptance'], { store, people });
    expect(second.screen).toContain('→ a ');
    expect(second.screen).toMatch(/open +handed to Security review by ada@example.com; sam@example.com\s+holds it/);
    expect(answersIn(store)).toEqual(['b1 two', 'c1 three', 'a1 one']);
  });

  it('hand nothing that was answered, or is no question, or to nobody', async () => {
    const { hints } = await sit(sectioned(three), ['1', ':back', ':hand security', ':skip', '2', '3', 'acceptance']);
    expect(hints).toEqual([expect.stringContaining(':hand security" is not known')]);
  });
});

describe('evidence', () => {
  it('is words, a link, or the file that is attached at its prompt, and is shown with the answer', async () => {
    const store = memoryStore();
    const plan = sectioned([asks('a', {}, true), asks('b', {}, true), asks('c')]);
    const lines = ['1', 'https://ci.example/4', '2', ':attach', 'load.png', ':attach', 'other.png', '3', 'acceptance'];
    const { screen } = await sit(plan, lines, { store });
    const evidence = ['https://ci.example/4', 'load.png, attached, sha256 0123', ''];
    expect(bodies(store, 'ask.answer').map((body) => body.evidence)).toEqual(evidence);
    expect(screen).toContain('seen      load.png, attached, sha256 0123');
  });
});

describe('what did not pass', () => {
  it('stands first before the section is closed, expected against observed', async () => {
    const late = asks('b', {}, false, { severity: 'advisory', expect: [{ path: 'answer', eq: 'fine' }] });
    const { screen } = await sit(sectioned([asks('a'), late]), ['1', 'slow', 'acceptance']);
    expect(screen).toMatch(/✗ FAIL {2}b [^]*expected[^]*observed +"slow"[^]*2 of 2 answered[^]*✗ b /);
  });

  it('stops in front of a person before the call', async () => {
    const late = asks('b', {}, false, { expect: [{ path: 'answer', eq: 'fine' }] });
    const { asked } = await sit(sectioned([asks('a'), late]), ['1', 'slow', 'r', 'fine', 'acceptance']);
    expect(asked.slice(2)).toEqual([
      'b: what now? r',
      'Well? fine',
      'Type acceptance and the section is closed acceptance',
    ]);
  });
});

describe('a red that is none of its lines', () => {
  it('comes before the call, which shows what became of it', async () => {
    const off = looks('off', { expect: [{ path: 'status', eq: 418 }] });
    const lines = ['1', '2', 'w', 'no teapot here', 'acceptance'];
    const { asked, screen } = await sit(sectioned([asks('a'), asks('b'), off]), lines);
    expect(asked.slice(2)).toEqual([
      'off: what now? w',
      'Why can this be accepted? no teapot here',
      'Type acceptance and the section is closed acceptance',
    ]);
    expect(screen).toMatch(/✗ FAIL {2}off [^]*2 of 2 answered[^]*beside 1 other step: 1 waived/);
  });
});

describe('a question that is handed', () => {
  it('has to be one, open, and handed to a role there is; a log that says otherwise did not keep to the procedure', () => {
    const plan = sectioned([...three, looks('seen')]);
    const answered = given('run', ...looked('a', 'pass'));
    const claim = (state: State, id: string, role = 'security') =>
      decide({ order: 'claim', step: id, role, by: 'ada' }, plan, state);
    expect(claim(answered, 'b')).toMatchObject({ events: [{ kind: 'step.claim' }] });
    for (const refused of [claim(answered, 'a'), claim(answered, 'seen'), claim(answered, 'b', 'cook')])
      expect(refused).toHaveProperty('refused');
    const body = { step: 'seen', role: 'security', by: 'ada' };
    const forged = { seq: answered.seq, at: answered.at, sid: 'S', kind: 'step.claim', body } as const;
    expect(firstBreach([forged], plan, { from: answered })?.reason).toContain('the handing of seen to security');
    expect(firstBreach([{ ...forged, body: { ...body, step: 'b' } }], plan, { from: answered })).toBeUndefined();
  });
});

describe('a process that dies', () => {
  it('at any line, or before the call, loses no answer and asks nothing twice', async () => {
    const typed = ['one', ':back', 'uno', ':hand security', 'three', 'acceptance', 'two', 'acceptance'];
    for (let after = 0; after < typed.length; after += 1) {
      const store = memoryStore();
      const first = await sit(sectioned(three), [...typed.slice(0, after), 'DIES'], { store });
      expect(first.ending).toEqual({ end: 'interrupted' });
      // What is asked now: the line handed before is asked in its place, where nobody is known to hold the role.
      const left = answersIn(store);
      const more = ['a', 'b', 'c'].filter((id) => !left.some((one) => one.startsWith(id))).map((id) => `late ${id}`);
      const whole = notesIn(store).includes(closed);
      const second = await sit(sectioned(three), whole ? [] : [...more, 'acceptance'], { store, seal: true });
      expect(second.state.sealed?.result, `${after}`).toBe('go');
      expect(answersIn(store).slice(0, left.length)).toEqual(left);
      expect(answersIn(store)).toHaveLength(left.length + more.length);
    }
  });

  it('at any line of the log goes on without asking for what was written down', async () => {
    const whole = memoryStore();
    await sit(sectioned(three), ['one', 'two', 'three', 'acceptance'], { store: whole });
    for (let seq = 3; seq < whole.lines.length; seq += 1) {
      let dead = false;
      const store = memoryStore((at) => (!dead && at === seq ? 'before' : undefined));
      await expect(sit(sectioned(three), ['one', 'two', 'three', 'acceptance'], { store })).rejects.toThrow('disk');
      dead = true;
      const known = answersIn(store).map((one) => one.slice(0, 1));
      const more = ['a', 'b', 'c'].filter((id) => !known.includes(id));
      const called = notesIn(store).length > 0;
      const { asked, state } = await sit(sectioned(three), [...more, 'acceptance'], { store, seal: true });
      expect(state.sealed?.result, `line ${seq}`).toBe('go');
      expect(asked).toHaveLength(more.length + (called ? 0 : 1));
      expect(notesIn(store)).toEqual([closed]);
    }
  });
});

it('nobody who only looks on is asked for the call', async () => {
  const people: People = {
    ...nobody,
    ask: async ({ id }) => ({ answer: id, evidence: '', by: 'ada', source: 'asked' }),
  };
  const { ending } = await play(
    sectioned(three),
    application(() => 200),
    { people },
  );
  expect(ending).toEqual({ end: 'done' });
});
