import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { mergePatch } from '../../src/rehearsal/patch.ts';
import { breakWorld, loadPatch, loadWorld, patchWorld } from '../../src/rehearsal/world.ts';
import { givenWorld, worldPath } from './given.ts';

const text = readFileSync(worldPath, 'utf8');

describe('a world file', () => {
  test('the package’s own names one person per role and a vote for the gate', () => {
    const world = givenWorld();
    expect(Object.keys(world.people)).toEqual(['engineering', 'infrastructure', 'security', 'dns_admin', 'on_call']);
    expect(world.votes['go-no-go']).toEqual({ engineering: 'go', infrastructure: 'go', security: 'go' });
  });

  test('is refused with the path of every mistake', () => {
    const broken = text
      .replace(
        '            desired: 2\n            running: 2\n',
        '            desired: two\n            running: -1\n',
      )
      .replace('budget_enforced: true', 'budget: true');
    expect(() => loadWorld(broken, 'mine.yaml')).toThrowError(
      expect.objectContaining({
        code: 'world',
        exit: 3,
        message: expect.stringMatching(
          /mine\.yaml[^]*account\.ecs\.clusters\.aep-prod\.services\.aep-backend-prod-svc\.desired: [^]*\.running: [^]*application\.backend\.budget_enforced: [^]*application\.backend: .*budget/,
        ),
      }),
    );
  });

  test('is refused when a key is there twice, and says where', () => {
    expect(() => loadWorld(text.replace('rehearsal: 1', 'rehearsal: 1\nrehearsal: 1'), 'mine.yaml')).toThrow(
      /mine\.yaml: Map keys must be unique at line \d+/,
    );
  });

  test('is refused when it is no YAML object at all', () => {
    expect(() => loadWorld('just words', 'mine.yaml')).toThrow(/the whole file/);
    expect(() => loadWorld(`a: ${'x'.repeat(1_048_577)}`, 'mine.yaml')).toThrow(/larger than 1 MiB/);
  });

  test('does not change by being written as JSON and read again', () => {
    const world = givenWorld();
    expect(loadWorld(JSON.stringify(world), 'world.json')).toEqual(world);
  });
});

describe('a world file of several targets', () => {
  test('is the world of the target that is asked for, with its names filled in, and of the first where none is', () => {
    const staging = loadWorld(text, 'aep.yaml', 'staging');
    expect([staging.target, staging.account.id]).toEqual(['staging', '222222222222']);
    expect(Object.keys(staging.account.ecs.clusters)).toEqual(['aep-staging']);
    expect(staging.application.domains).toEqual(['staging.navralabs.com']);
    expect(loadWorld(text, 'aep.yaml')).toEqual(loadWorld(text, 'aep.yaml', 'prod'));
  });

  test('may differ by a patch for one of them', () => {
    const differs = text.replace(/^( {2}staging: \{ )/m, '$1patch: { application: { traffic: { full: 5 } } }, ');
    expect(loadWorld(differs, 'mine.yaml', 'staging').application.traffic.full).toBe(5);
    expect(loadWorld(differs, 'mine.yaml', 'prod').application.traffic.full).not.toBe(5);
  });

  test('says which targets it has, and which name nobody gave', () => {
    expect(() => loadWorld(text, 'mine.yaml', 'dev')).toThrow(
      /mine\.yaml is the world of prod and staging, not of dev/,
    );
    const typo = text.replace('id: "${account}"', 'id: "${acount}"');
    expect(() => loadWorld(typo, 'mine.yaml', 'prod')).toThrow(/mine\.yaml says \$\{acount\}, and no target names it/);
    expect(() => loadWorld(text.replace('names: { account', 'name: { account'), 'mine.yaml')).toThrow(/targets\.prod/);
  });
});

describe('breaks', () => {
  const whole = loadWorld(text, 'aep.yaml');
  const names = Object.keys(whole.breaks);

  test.each(names)('%s changes the world and leaves it whole', (name) => {
    const broken = breakWorld(whole, [name]);
    expect(broken).not.toEqual(whole);
    expect(broken.breaks).toEqual(whole.breaks);
  });

  test('several are applied one after the other', () => {
    const broken = breakWorld(givenWorld(), ['backend-not-ready', 'redis-down']);
    expect(broken.application.backend.checks).toEqual({ db: false, redis: false });
  });

  test('an unknown one is named together with those that are known', () => {
    expect(() => breakWorld(givenWorld(), ['redis-up'])).toThrowError(
      expect.objectContaining({
        code: 'break',
        message: expect.stringContaining('"redis-up"'),
        hint: expect.stringContaining('redis-down'),
      }),
    );
    expect(() => breakWorld(givenWorld(), ['constructor'])).toThrowError(expect.objectContaining({ code: 'break' }));
  });
});

describe('a merge patch', () => {
  // The examples of RFC 7396, appendix A.
  test.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('of %j with %j gives %j', (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });

  test('removes one thing from a world and touches nothing else', () => {
    const world = givenWorld();
    const patched = patchWorld(
      world,
      loadPatch('account: { s3: { buckets: { aep-prod-alb-logs: null } } }', 'p.yaml'),
      'p.yaml',
    );
    expect(patched).toEqual({ ...world, account: { ...world.account, s3: { buckets: {} } } });
  });

  test('that leaves no whole world is refused with the path and the patch’s name', () => {
    const patch = loadPatch(
      'account: { elbv2: { target_groups: { aep-prod-tg-backend: { health_path: null } } } }',
      'p.yaml',
    );
    expect(() => patchWorld(givenWorld(), patch, 'p.yaml')).toThrow(
      /p\.yaml[^]*target_groups\.aep-prod-tg-backend\.health_path/,
    );
    expect(() => loadPatch('- 1', 'p.yaml')).toThrow(/a patch is an object/);
  });

  test('cannot reach a prototype', () => {
    const patch = loadPatch(
      '{ "__proto__": { "polluted": true }, "application": { "__proto__": { "polluted": true } } }',
      'p.yaml',
    );
    expect(() => patchWorld(givenWorld(), patch, 'p.yaml')).toThrow(/__proto__/);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});
