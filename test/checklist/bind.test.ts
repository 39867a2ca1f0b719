import { describe, expect, it } from 'vitest';
import { bind, type Binding } from '../../src/checklist/bind.ts';
import { gatherInputs } from '../../src/checklist/inputs.ts';
import { backIdsOf, findStep, stepsOf, type Plan, type Step } from '../../src/engine/plan.ts';
import { checklistText, known, loaded } from './given.ts';

const http = '{ http: { url: "https://${host}/", method: GET } }';
const twoTargets =
  '{ prod: { aws: { account: "111111111111", region: us-east-1 }, values: { host: prod.example, sev: critical } }, staging: { aws: { account: "222222222222", region: eu-west-1 } } }';
const values = 'values: { host: "${target}.example", sev: advisory, count: 3, where: "${host}/${region}" }';

async function bound(parts: Parameters<typeof checklistText>[0], binding: Partial<Binding> = {}): Promise<Plan> {
  const result = bind(await loaded(checklistText(parts)), known, { target: 'prod', inputs: {}, ...binding });
  if (!('plan' in result)) throw new Error(JSON.stringify(result));
  return result.plan;
}

async function firstStep(steps: string, binding: Partial<Binding> = {}, top = values): Promise<Step> {
  const [step] = stepsOf(await bound({ targets: twoTargets, top, steps }, binding));
  if (step === undefined) throw new Error('no step');
  return step;
}

describe('values', () => {
  it('are overridden key by key by a target', async () => {
    const plan = await bound({ targets: twoTargets, top: values });
    expect(plan.names).toMatchObject({
      host: 'prod.example',
      sev: 'critical',
      count: 3,
      where: 'prod.example/us-east-1',
    });
  });

  it('use the target, its account and its region', async () => {
    const plan = await bound({ targets: twoTargets, top: values }, { target: 'staging' });
    expect(plan.names).toMatchObject({
      host: 'staging.example',
      where: 'staging.example/eu-west-1',
      account: '222222222222',
    });
  });

  it('keep their type where they stand alone', async () => {
    const step = await firstStep(
      `- { id: a, title: A, probe: ${http}, expect: [{ path: status, eq: "\${count}" }, { path: text, contains: "\${count} tasks" }] }`,
    );
    expect(step.expect).toEqual([
      { path: 'status', eq: 3 },
      { path: 'text', contains: '3 tasks' },
    ]);
  });

  it('decide a severity, and one that is none is a problem at its place', async () => {
    const step = `- { id: a, title: A, severity: "\${sev}", probe: ${http}, expect: [{ path: status, eq: 200 }] }`;
    expect((await firstStep(step)).severity).toBe('critical');
    expect((await firstStep(step, { target: 'staging' })).severity).toBe('advisory');
    const checklist = await loaded(checklistText({ top: 'values: { sev: high, host: x }', steps: step }));
    expect(bind(checklist, known, { target: 'prod', inputs: {} })).toMatchObject({
      problems: [{ line: 15, message: expect.stringContaining('"high" for this target') }],
    });
  });

  it('make an argument of the wrong form a problem once they are filled in', async () => {
    const checklist = await loaded(
      checklistText({
        top: 'values: { n: "many" }',
        steps:
          '- { id: a, title: A, probe: { http: { url: "https://x/", follow: "${n}" } }, expect: [{ path: status, count: "${n}" }] }',
      }),
    );
    const result = bind(checklist, known, { target: 'prod', inputs: {} });
    expect(result).toMatchObject({
      problems: [{ message: expect.stringContaining('`follow`') }, { message: expect.stringContaining('`count`') }],
    });
  });
});

describe('inputs', () => {
  const top =
    'values: { host: "${sub}.example" }\ninputs: { sub: { question: Which?, text: {} }, n: { question: How many?, integer: { gte: 1 }, default: 2 }, token: { question: Token, secret: true } }';
  const steps =
    '- { id: a, title: A, probe: { http: { url: "https://${host}/", headers: { authorization: "Bearer ${token}" } } }, expect: [{ path: status, eq: "${n}" }] }';

  it('that have no value are named, secrets apart', async () => {
    expect(bind(await loaded(checklistText({ top, steps })), known, { target: 'prod', inputs: {} })).toEqual({
      missing: ['sub', 'n'],
      problems: [],
    });
  });

  it('fill values and steps; a secret stays a lookup and is in no plan', async () => {
    const plan = await bound({ top, steps }, { inputs: { sub: 'www', n: 200, token: 'hunter2' } });
    expect(stepsOf(plan)[0]?.work).toMatchObject({
      call: { args: { url: 'https://www.example/', headers: { authorization: 'Bearer ${token}' } } },
    });
    expect(plan.secrets).toEqual(['token']);
    expect(JSON.stringify(plan)).not.toContain('hunter2');
  });

  it('that a person filled with a lookup are text, not a lookup', async () => {
    const plan = await bound({ top, steps }, { inputs: { sub: '${token}', n: 1 } });
    expect(stepsOf(plan)[0]?.work).toMatchObject({ call: { args: { url: 'https://${host}/' } } });
    expect(plan.names['host']).toBe('${token}.example');
  });

  it('come from the environment before the default, and are checked', async () => {
    const checklist = await loaded(checklistText({ top, steps }));
    const good = gatherInputs(checklist, { env: { GOLIVE_INPUT_N: '5', GOLIVE_INPUT_TOKEN: 'hunter2' }, now: 0 });
    expect(good.given).toEqual({ n: { value: 5, source: 'environment' } });
    expect(good.secrets).toEqual({ token: 'hunter2' });
    expect(good.missing.map(({ name }) => name)).toEqual(['sub']);
    const bad = gatherInputs(checklist, { env: { GOLIVE_INPUT_N: 'five' }, now: 0 });
    expect(bad.problems).toMatchObject([{ message: expect.stringContaining('GOLIVE_INPUT_N must be a whole number') }]);
    const few = gatherInputs(checklist, { env: { GOLIVE_INPUT_N: '0' }, now: 0 });
    expect(few.problems).toHaveLength(1);
  });

  it('may be left open for a plan that is only shown', async () => {
    const plan = await bound({ top, steps }, { partial: true });
    expect(stepsOf(plan)[0]?.work).toMatchObject({ call: { args: { url: 'https://${host}/' } } });
    expect(plan.names['host']).toBe('${sub}.example');
  });
});

describe('a step', () => {
  const probe = `probe: ${http}, expect: [{ path: status, eq: 200 }]`;

  it('keeps every matcher of an expectation, each of which must hold (wrong pass 23)', async () => {
    const step = await firstStep(
      `- { id: a, title: A, probe: ${http}, expect: [{ path: status, gte: 200, lt: 300 }] }`,
    );
    expect(step.expect).toEqual([{ path: 'status', gte: 200, lt: 300 }]);
  });

  it('inherits owner, severity and when of its section, and nothing else', async () => {
    const text = checklistText({
      top: values,
      steps: `- { id: a, title: A, ${probe} }\n- { id: b, title: B, owner: ops, severity: advisory, when: { count: 3 }, ${probe} }`,
    }).replace(
      '- title: Checks',
      '- title: Checks\n        owner: lead\n        severity: critical\n        source: doc#1\n        when: { sev: advisory }',
    );
    const result = bind(await loaded(text), known, { target: 'prod', inputs: {} });
    const [a, b] = 'plan' in result ? stepsOf(result.plan) : [];
    expect(a).toMatchObject({ owner: 'lead', severity: 'critical', source: [] });
    expect(b).toMatchObject({ owner: 'ops', severity: 'advisory' });
    expect([a?.skip, b?.skip]).toEqual([undefined, undefined]);
  });

  it('is skipped, with the reason, when its condition does not hold', async () => {
    const step = await firstStep(`- { id: a, title: A, when: { sev: advisory }, ${probe} }`);
    expect(step.skip).toBe('only when sev is "advisory"; it is "critical"');
    expect((await firstStep(`- { id: a, title: A, when: { count: 3 }, ${probe} }`)).skip).toBeUndefined();
  });

  it('looks with a GET and pokes with a POST', async () => {
    expect((await firstStep(`- { id: a, title: A, ${probe} }`)).nature).toBe('looks');
    expect((await firstStep(`- { id: a, title: A, ${probe.replace('GET', 'POST')} }`)).nature).toBe('pokes');
  });

  it('that rechecks takes over expectations, waiting and nature', async () => {
    const steps = `- { id: a, title: A, probe: ${http.replace('GET', 'POST')}, expect: [{ path: status, eq: 200 }] }\n- { id: b, title: B, probe: ${http}, wait: { for: 1m, every: 5s }, expect: [{ path: status, eq: 201 }] }\n- { id: c, title: C, probe: { recheck: a } }\n- { id: d, title: D, probe: { recheck: b } }`;
    const [, , c, d] = stepsOf(await bound({ top: values, steps }));
    expect(c).toMatchObject({ nature: 'pokes', expect: [{ path: 'status', eq: 200 }], work: { recheck: ['a'] } });
    expect(d).toMatchObject({ nature: 'looks', expect: [{ path: 'status', eq: 201 }], wait: { forMs: 60_000 } });
  });

  it('knows the probes and the captures behind it, through other probes too', async () => {
    const top = 'probes: { p: { http: { url: "https://x/" } }, q: { http: { url: "https://x/${p.text}/${seen}" } } }';
    const steps =
      '- { id: a, title: A, probe: p, expect: [{ path: status, eq: 200 }], capture: { seen: text } }\n- { id: b, title: B, probe: q, expect: [{ path: status, eq: 200 }] }\n- { id: c, title: C, probe: { http: { url: "https://x/${q.text}" } }, expect: [{ path: text, eq: "${seen}" }] }';
    const plan = await bound({ top, steps });
    const [a, b, c] = stepsOf(plan);
    expect(a).toMatchObject({ probes: ['p'], readers: [], capture: { seen: 'text' } });
    expect(b).toMatchObject({ probes: ['q', 'p'], readers: ['a'], work: { named: 'q' } });
    expect(c).toMatchObject({ probes: ['q', 'p'], readers: ['a'] });
    expect(plan.probes['q']).toMatchObject({ probes: ['p'], readers: ['a'], nature: 'looks' });
  });

  it('that asks expects a yes, or any answer, unless it says otherwise', async () => {
    expect((await firstStep('- { id: a, title: A, ask: { question: Done?, confirm: {} } }')).expect).toEqual([
      { path: 'answer', eq: true },
    ]);
    const open = await firstStep(
      '- { id: a, title: A, ask: { question: Who?, text: { matches: "^[A-Z]" }, evidence: required } }',
    );
    expect(open).toMatchObject({
      nature: 'asks',
      expect: [{ path: 'answer', ne: null }],
      work: { evidence: true, ask: { check: { matches: '^[A-Z]' } } },
    });
  });

  it('that decides carries its poll', async () => {
    const step = await firstStep(
      '- { id: g, title: G, gate: { recheck: critical, poll: [lead, ops], need: { at_least: 1 }, point_of_no_return: true } }',
    );
    expect(step).toMatchObject({
      nature: 'decides',
      work: { type: 'gate', recheck: 'critical', poll: ['lead', 'ops'], need: { at_least: 1 }, pointOfNoReturn: true },
    });
  });

  it('that turns critical for a target cannot be waived there', async () => {
    const text = checklistText({
      targets: twoTargets,
      top: values,
      steps: `- { id: a, title: A, severity: "\${sev}", waive: { by: lead, until: 90d }, ${probe} }`,
    });
    const checklist = await loaded(text);
    expect(bind(checklist, known, { target: 'prod', inputs: {} })).toMatchObject({
      problems: [{ message: expect.stringContaining('cannot be waived') }],
    });
    expect(bind(checklist, known, { target: 'staging', inputs: {} })).toMatchObject({ plan: {} });
  });
});

describe('a step that acts', () => {
  const act = (beside: string, top = values) =>
    firstStep(`- { id: a, title: A, act: { test.valve: { to: "\${host}" } }${beside} }`, {}, top);

  it('changes, is confirmed with a word unless it says otherwise, and has a way back', async () => {
    expect(await act(', budget: 5m')).toMatchObject({
      nature: 'changes',
      expect: [],
      work: {
        type: 'act',
        call: { kind: 'test.valve', args: { to: 'prod.example' }, words: 'Turn the valve to prod.example' },
        confirm: 'key',
        budgetMs: 300_000,
      },
    });
    expect(await act('')).not.toHaveProperty('work.budgetMs');
    expect(await act('')).not.toHaveProperty('work.noUndo');
  });

  it('is confirmed with what it says, values filled in', async () => {
    expect(await act(', confirm: target')).toMatchObject({ work: { confirm: 'target' } });
    expect(await act(', confirm: { phrase: "open ${target}" }')).toMatchObject({
      work: { confirm: { phrase: 'open prod', people: 1 } },
    });
  });

  it('without a way back is confirmed with the target, and keeps the reason', async () => {
    expect(await act(', undo: { none: "${host} is gone" }')).toMatchObject({
      work: { confirm: 'target', noUndo: 'prod.example is gone' },
    });
  });

  it('knows the probes and captures its arguments read', async () => {
    const top = 'probes: { p: { http: { url: "https://x/" } } }';
    const steps =
      '- { id: a, title: A, probe: p, expect: [{ path: status, eq: 200 }], capture: { seen: text } }\n- { id: b, title: B, act: { test.valve: { to: "${seen}", turns: "${p.status}" } } }';
    const [, b] = stepsOf(await bound({ top, steps }));
    expect(b).toMatchObject({ probes: ['p'], readers: ['a'], work: { call: { args: { to: '${seen}' } } } });
  });

  it('carries how it is verified and how it is taken back, in the order that is written', async () => {
    const look = 'probe: { http: { url: "https://${host}/" } }, expect: [{ path: status, eq: "${count}" }]';
    const beside = `undo: [{ test.valve: { to: shut } }, { test.pump: { to: "\${host}" }, verify: { ${look} } }]`;
    const steps = `- { id: a, title: A, act: { test.pump: { to: on } }, confirm: { phrase: go, people: 2 }, verify: { ${look}, wait: { for: 5m, every: 10s } }, ${beside} }`;
    const [a] = stepsOf(await bound({ targets: twoTargets, top: values, steps }));
    const call = { kind: 'http', args: { url: 'https://prod.example/' } };
    const expected = [{ path: 'status', eq: 3 }];
    expect(a?.work).toMatchObject({
      confirm: { phrase: 'go', people: 2 },
      verify: {
        call,
        nature: 'looks',
        expect: expected,
        wait: { forMs: 300_000, everyMs: { min: 10_000, max: 10_000 } },
      },
      back: [
        { kind: 'test.valve', args: { to: 'shut' }, words: 'Turn the valve to shut' },
        { kind: 'test.pump', args: { to: 'prod.example' }, verify: { call, nature: 'looks', expect: expected } },
      ],
    });
    expect(a?.work).not.toHaveProperty('noUndo');
    expect(a?.work).not.toHaveProperty('back.1.verify.wait');
    expect(a && backIdsOf(a)).toEqual(['a.undo.1', 'a.undo.2']);
  });

  it('knows the probes and captures behind what verifies it and takes it back', async () => {
    const top = 'probes: { p: { http: { url: "https://x/" } }, q: { http: { url: "https://y/" } } }';
    const steps =
      '- { id: a, title: A, probe: { http: { url: "https://z/" } }, expect: [{ path: status, eq: 200 }], capture: { seen: text } }\n- { id: b, title: B, act: { test.pump: { to: on } }, verify: { probe: q, expect: [{ path: status, eq: 200 }] }, undo: [{ test.pump: { to: "${seen}", turns: "${p.status}" } }] }';
    const [, b] = stepsOf(await bound({ top, steps }));
    expect(b).toMatchObject({ probes: ['q', 'p'], readers: ['a'], work: { verify: { named: 'q' } } });
  });

  it('without a way back may be confirmed by two people, which is more than the target', async () => {
    expect(await act(', undo: { none: gone }, confirm: { phrase: go, people: 2 }')).toMatchObject({
      work: { confirm: { phrase: 'go', people: 2 }, noUndo: 'gone' },
    });
  });

  it('with an argument of the wrong form, once it is filled in, is a problem', async () => {
    const steps = '- { id: a, title: A, act: { test.valve: { to: open, turns: "${many}" } } }';
    const checklist = await loaded(checklistText({ top: 'values: { many: lots }', steps }));
    expect(bind(checklist, known, { target: 'prod', inputs: {} })).toMatchObject({
      problems: [{ line: 15, message: expect.stringContaining('`turns`') }],
    });
  });
});

describe('the way back of a checklist', () => {
  const rolledBack = async (...rollback: readonly string[]): Promise<Plan> => {
    const steps = `- { id: a, title: A, probe: ${http}, expect: [{ path: status, eq: 200 }], capture: { seen: text } }\n- { id: b, title: B, act: { test.valve: { to: open } } }`;
    const text = `${checklistText({ targets: twoTargets, top: values, steps })}rollback:\n${rollback.map((one) => `  - ${one}\n`).join('')}`;
    const result = bind(await loaded(text), known, { target: 'prod', inputs: {} });
    if (!('plan' in result)) throw new Error(JSON.stringify(result));
    return result.plan;
  };

  it('is empty where there is none', async () => {
    expect(await bound({ targets: twoTargets, top: values })).toMatchObject({ rollback: [], undoNames: {} });
  });

  it('is a list of steps of a phase of its own, in no phase of the plan', async () => {
    const plan = await rolledBack(
      `{ id: c, title: "Look at \${host}", source: doc#1, owner: ops, severity: critical, probe: ${http}, expect: [{ path: status, eq: 200 }] }`,
      '{ id: d, title: D, needs: [c], when: { sev: advisory }, ask: { question: Done?, confirm: {} } }',
      '{ id: e, title: E, probe: { recheck: a } }',
    );
    expect(plan.rollback).toMatchObject([
      {
        id: 'c',
        title: 'Look at prod.example',
        phase: 'rollback',
        source: ['doc#1'],
        owner: 'ops',
        severity: 'critical',
      },
      { id: 'd', phase: 'rollback', severity: 'required', needs: [{ step: 'c', lagMs: 0 }], skip: expect.any(String) },
      { id: 'e', phase: 'rollback', work: { recheck: ['a'] }, expect: [{ path: 'status', eq: 200 }] },
    ]);
    expect(stepsOf(plan).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(findStep(plan, 'c')).toBe(plan.rollback[0]);
  });

  it('reads what was captured on the way there, and asks for the target unless it says otherwise', async () => {
    const plan = await rolledBack(
      '{ id: c, title: C, act: { test.pump: { to: "${seen}" } }, budget: 20m }',
      '{ id: d, title: D, act: { test.valve: { to: shut } }, confirm: key }',
      '{ id: e, title: E, act: { test.valve: { to: shut } }, undo: { none: what came in since is lost }, confirm: { phrase: lose it } }',
    );
    expect(plan.rollback).toMatchObject([
      {
        nature: 'changes',
        readers: ['a'],
        work: { confirm: 'target', budgetMs: 1_200_000, noUndo: expect.any(String) },
      },
      { work: { confirm: 'key' } },
      { work: { confirm: { phrase: 'lose it', people: 1 }, noUndo: 'what came in since is lost' } },
    ]);
    expect(plan.rollback[1]?.work).not.toHaveProperty('noUndo');
  });

  it('names the way back of acts by lines of the paper', async () => {
    const plan = await rolledBack('{ id: c, title: "Turn ${host} back", source: [doc#7, doc#8], undo_of: b }');
    expect(plan.rollback).toEqual([]);
    expect(plan.undoNames).toEqual({ b: { id: 'c', title: 'Turn prod.example back', source: ['doc#7', 'doc#8'] } });
  });
});

describe('a hold', () => {
  const watched = async (hold: string, probe = 'test.gauge: {}', rest = '') => {
    const expected = probe.startsWith('http') ? '{ path: status, eq: 200 }' : '{ path: errors, eq: 0 }';
    const steps = `- { id: a, title: A, probe: ${http}, expect: [{ path: status, eq: 200 }] }\n- { id: b, title: B, probe: { ${probe} }, expect: [${expected}], hold: ${hold}${rest} }`;
    const [, b] = stepsOf(await bound({ top: values, steps }));
    return b;
  };

  it('fills in what it does not say', async () => {
    expect((await watched('{ for: 30m }'))?.hold).toEqual({
      forMs: 1_800_000,
      everyMs: 60_000,
      coverage: 0.9,
      maxGapMs: 180_000,
      settleMs: 180_000,
      tolerate: 0,
      sample: 'each',
    });
  });

  it('keeps what it says, and waits for the step it counts from', async () => {
    const said =
      '{ for: 1h, since: a, every: 30s, coverage: 75%, max_gap: 5m, settle: 10m, tolerate: 2, sample: whole }';
    expect(await watched(said)).toMatchObject({
      needs: [{ step: 'a', lagMs: 0 }],
      hold: {
        forMs: 3_600_000,
        everyMs: 30_000,
        since: 'a',
        coverage: 0.75,
        maxGapMs: 300_000,
        settleMs: 600_000,
        tolerate: 2,
        sample: 'whole',
      },
    });
  });

  it('needs the step it counts from once, with the lag that was asked for', async () => {
    const step = await watched('{ for: 30m, since: a }', 'test.gauge: {}', ', needs: [{ step: a, lag: 10m }]');
    expect(step?.needs).toEqual([{ step: 'a', lagMs: 600_000 }]);
  });

  it('waits for no latecomer where the source has no clock of its own', async () => {
    expect((await watched('{ for: 30m }', 'http: { url: "https://x/" }'))?.hold?.settleMs).toBe(0);
  });
});

describe('the target', () => {
  it('must exist', async () => {
    expect(bind(await loaded(checklistText()), known, { target: 'prd', inputs: {} })).toMatchObject({
      problems: [{ hint: 'did you mean `prod`?' }],
    });
  });

  it('needs an account, from the file or from --values', async () => {
    const checklist = await loaded(checklistText({ targets: '{ prod: { aws: { region: us-east-1 } } }' }));
    expect(bind(checklist, known, { target: 'prod', inputs: {} })).toMatchObject({
      problems: [{ line: 5, message: 'the account is missing' }],
    });
    expect(bind(checklist, known, { target: 'prod', inputs: {}, account: '333333333333' })).toMatchObject({
      plan: { aws: { account: '333333333333' } },
    });
  });
});

describe('a `when` that can never hold', () => {
  const steps = `- { id: a, title: A, severity: critical, when: { redis: true }, probe: ${http}, expect: [{ path: status, eq: 200 }] }`;
  const boundWith = async (redis: string) =>
    bind(await loaded(checklistText({ top: `values: { host: x, redis: ${redis} }`, steps })), known, {
      target: 'prod',
      inputs: {},
    });

  it.each(['"true"', '1', 'yes', '[true]'])(
    'for a value of another type (%s) is a mistake, and leaves no step out',
    async (redis) => {
      const result = await boundWith(redis);
      expect('plan' in result ? [] : result.problems).toMatchObject([
        { message: expect.stringContaining('`when` compares redis with true') },
      ]);
    },
  );

  it.each(['false', 'null'])(
    'for a value of its type, or for none (%s), leaves the step out with a reason',
    async (redis) => {
      const result = await boundWith(redis);
      expect('plan' in result ? stepsOf(result.plan)[0]?.skip : undefined).toContain('only when redis is true');
    },
  );
});
