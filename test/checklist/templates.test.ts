// Goal: a step that uses a template is the step somebody would have written out, every mistake in it has both its places,
// and what a run keeps needs no library. Method: a library in memory, the real loader.

import { describe, expect, it } from 'vitest';
import { bind } from '../../src/checklist/bind.ts';
import { compose } from '../../src/checklist/compose.ts';
import { checklistDigest } from '../../src/checklist/digest.ts';
import { libraryFolders, shelfOf, type Shelf } from '../../src/checklist/library.ts';
import { lintLibrary } from '../../src/checklist/lint-library.ts';
import { loadChecklist } from '../../src/checklist/load.ts';
import { readChecklist, type Checklist } from '../../src/checklist/read.ts';
import { loadCatalogue } from '../../src/effects/catalogue.ts';
import { frame } from '../../src/render/frame.ts';
import { checklistText, known } from './given.ts';

const web = `library: 1
templates:
  web.page:
    title: "\${url} answers with \${status}"
    summary: A page answers.
    parameters:
      url: { about: The whole address, type: text }
      status: { about: What it answers, type: integer, default: 200 }
      headers: { about: What is sent along, type: any, default: { origin: "\${url}" } }
    severity: critical
    probe: { http: { url: "\${url}", headers: "\${headers}" } }
    wait: { for: 1m }
    expect:
      - { path: status, eq: "\${status}" }
    fix: Look at \${target}.
  web.raw:
    title: Raw
    summary: A page, for others to judge.
    parameters:
      url: { about: The whole address, type: text }
    probe: { http: { url: "\${url}" } }
  web.broken:
    title: Broken
    summary: One with a mistake.
    probe: { http: { url: "https://x.example/" } }
    expect: [{ path: status, eqq: 200 }]
  web.astray:
    title: Astray
    summary: A path that leads nowhere.
    parameters:
      field: { about: A value, type: any }
    probe: { http: { url: "https://x.example/" } }
    expect:
      - { path: statuss, eq: "\${field}" }
`;

/** A shelf with these files; the first folder is the nearer one. */
function shelfWith(files: Readonly<Record<string, string>>): Shelf {
  return shelfOf(
    ['/near', '/far'],
    {
      home: '/',
      readText: async (path) => files[path],
      list: async (folder) => Object.keys(files).flatMap((path) => path.split(`${folder}/`)[1] ?? []),
    },
    (path) => path.slice(1),
  );
}

const shelf = shelfWith({ '/near/web.yaml': web });
const using = (use: string, rest = ''): string => checklistText({ steps: `- id: one\n  use: ${use}${rest}` });
const load = (text: string, from = shelf) => loadChecklist(text, 'demo.yaml', known, loadCatalogue, from);

/** `line:column message (template line:column)`, and the hint. */
async function mistakes(text: string, from = shelf): Promise<readonly string[]> {
  const { problems } = await load(text, from);
  return problems.map(({ line, column, message, hint = '', template }) =>
    [`${line}:${column} ${message}`, template && `(${template.file}:${template.line}:${template.column})`, hint]
      .filter((part) => part !== undefined && part !== '')
      .join(' '),
  );
}

async function whole(text: string, from = shelf): Promise<Checklist> {
  const { checklist, problems } = await load(text, from);
  if (checklist === undefined) throw new Error(problems.map((problem) => frame(problem)).join('\n'));
  return checklist;
}

function planOf(checklist: Checklist) {
  const bound = bind(checklist, known, { target: 'prod', inputs: {} });
  if (!('plan' in bound)) throw new Error(JSON.stringify(bound));
  return bound.plan;
}

describe('a step that uses a template', () => {
  it('is the step somebody would have written out', async () => {
    const used = using(
      '{ web.page: { url: "https://${host}/", status: 204 } }',
      '\n  owner: ops\n  fix: Mine.\n  expect: [{ path: text, eq: "" }]',
    );
    const written = checklistText({
      steps: `- id: one
  title: "https://\${host}/ answers with 204"
  severity: critical
  owner: ops
  probe: { http: { url: "https://\${host}/", headers: { origin: "https://\${host}/" } } }
  wait: { for: 1m }
  expect: [{ path: status, eq: 204 }, { path: text, eq: "" }]
  fix: Mine.`,
    });
    expect(planOf(await whole(used))).toEqual(planOf(await whole(written)));
  });

  it('takes defaults with their types, sees the target, and lets its own words win', async () => {
    const [first, second] = planOf(
      await whole(
        checklistText({
          steps: `- { id: one, use: { web.page: { url: "https://a.example/" } } }
- { id: two, title: Mine, severity: advisory, wait: { for: 2m }, use: { web.page: { url: "https://b.example/", headers: {} } } }`,
        }),
      ),
    ).phases.flatMap(({ sections }) => sections.flatMap(({ steps }) => steps));
    expect(first).toMatchObject({
      title: 'https://a.example/ answers with 200',
      fix: 'Look at prod.',
      expect: [{ path: 'status', eq: 200 }],
      work: { call: { args: { headers: { origin: 'https://a.example/' } } } },
    });
    expect(second).toMatchObject({ title: 'Mine', severity: 'advisory', wait: { forMs: 120_000 } });
  });

  it('never expands twice: what a parameter brings is of the checklist', async () => {
    const text = checklistText({
      top: 'values: { url: "https://of.the.checklist/" }',
      steps: '- { id: one, use: { web.page: { url: "${url}" } } }',
    });
    const plan = planOf(await whole(text));
    expect(plan.phases[0]?.sections[0]?.steps[0]).toMatchObject({
      work: { call: { args: { url: 'https://of.the.checklist/' } } },
    });
  });

  it('may be a named probe, where the template has nothing but a probe', async () => {
    const named = (name: string): string =>
      checklistText({
        top: `probes: { page: { use: { ${name}: { url: "https://x.example/" } } } }`,
        steps: '- { id: one, title: One, probe: page, expect: [{ path: status, eq: 200 }] }',
      });
    expect(planOf(await whole(named('web.raw'))).probes['page']?.call.args).toEqual({ url: 'https://x.example/' });
    expect(await mistakes(named('web.page'))).toEqual([
      expect.stringContaining('this template has `expect`, which only a step can have'),
    ]);
  });
});

describe('a mistake', () => {
  it.each([
    [
      'a template that is not there',
      using('{ web.pag: { url: x } }'),
      ['16:20 there is no template `web.pag` did you mean `web.page`?'],
    ],
    [
      'a file that is not there',
      using('{ wep.page: { url: x } }'),
      ['16:20 there is no template `wep.page` did you mean `web.page`?'],
    ],
    [
      'a parameter that is not there',
      using('{ web.page: { url: "https://x.example/", statu: 1 } }'),
      ['16:59 the template has no parameter `statu` (near/web.yaml:4:5) did you mean `status`?'],
    ],
    [
      'a parameter that is missing',
      using('{ web.page: {} }'),
      ['16:20 `url` is missing (near/web.yaml:7:7) The whole address'],
    ],
    [
      'a parameter of another type',
      using('{ web.page: { url: "https://x.example/", status: soon } }'),
      ['16:67 `status` must be a whole number, or a lone `${name}` (near/web.yaml:8:7) What it answers'],
    ],
    [
      'two templates',
      using('{ web.page: { url: x }, web.raw: { url: x } }'),
      ['16:18 `use` is one template with its parameters: { NAME: { PARAMETER: VALUE } }'],
    ],
    [
      'a probe beside it',
      using('{ web.page: { url: "https://x.example/" } }', '\n  probe: { http: { url: "https://x.example/" } }'),
      ['17:13 `use` brings the probe: there is no `probe` beside it'],
    ],
    [
      'a template with a mistake',
      using('{ web.broken: {} }'),
      ['16:20 the template has a mistake: `eqq` is not known here (near/web.yaml:26:30) did you mean `eq`?'],
    ],
    [
      'what lint finds in what it brings',
      using('{ web.astray: { field: 1 } }'),
      [expect.stringMatching(/^16:20 the path `statuss`: .*\(near\/web\.yaml:34:17\)/)],
    ],
    [
      'what is wrong with a value it is given',
      using('{ web.page: { url: "ftp://x.example/" } }'),
      [expect.stringMatching(/^16:37 `url`: give a whole address.*\(near\/web\.yaml:11:27\)/)],
    ],
    [
      'a name in a parameter that leads nowhere',
      using('{ web.raw: { url: "https://${hots}/" } }', '\n  expect: [{ path: status, eq: 200 }]'),
      [expect.stringMatching(/^16:36 nothing is called `hots` \(near\/web\.yaml:\d+:\d+\) did you mean `host`\?/)],
    ],
  ])('%s: has its place, and that of the template', async (_, text, wanted) => {
    expect(await mistakes(text)).toEqual(wanted);
  });

  it('is shown with both places', async () => {
    const { problems } = await load(using('{ web.astray: { field: 1 } }'));
    expect(problems.map((problem) => frame(problem))[0]).toMatch(
      /^demo\.yaml:16:20: the path `statuss`.* \(template web\.astray, near\/web\.yaml:34:17\)\n +16 \| +use: \{ web\.astray/,
    );
  });

  it('that makes more than can be read is refused', async () => {
    const bomb = `library: 1
templates:
  web.bomb:
    title: Bomb
    summary: Much from little.
    parameters: { p: { about: Anything, type: any } }
    probe: { http: { url: "https://x.example/", json: [${'"${p}", '.repeat(2000)}1] } }
    expect: [{ path: status, eq: 200 }]
`;
    const text = using(`{ web.bomb: { p: [${'1, '.repeat(2000)}1] } }`);
    expect(await mistakes(text, shelfWith({ '/near/web.yaml': bomb }))).toContainEqual(
      expect.stringContaining('all that templates bring is too much to read'),
    );
  });
});

describe('where templates come from', () => {
  const far = web.replace('A page answers.', 'From afar.').replace('web.page', 'web.far');

  it('is the folder beside the checklist, and then that of golive', async () => {
    const both = shelfWith({ '/near/web.yaml': web, '/far/web.yaml': far });
    expect((await both.find('web.raw'))?.source.file).toBe('near/web.yaml');
    expect((await both.find('web.far'))?.source.file).toBe('far/web.yaml');
    expect((await both.all()).size).toBe(5);
    expect(libraryFolders('/x/checklists/demo.yaml', '/golive/')).toEqual([
      '/x/checklists/library',
      '/golive/checklists/library',
    ]);
  });

  it('is told when the file is no library', async () => {
    const broken = shelfWith({ '/near/web.yaml': 'library: 2\ntemplates: {}\n' });
    expect(await mistakes(using('{ web.page: { url: "https://x.example/" } }'), broken)).toEqual([
      expect.stringContaining(
        'the template has a mistake: `library` is `1`, the only format there is (near/web.yaml:1:10)',
      ),
    ]);
  });
});

describe('what a run keeps', () => {
  const text = using('{ web.page: { url: "https://${host}/" } }');

  it('has its templates in itself, and makes the same plan without a library', async () => {
    const checklist = await whole(text);
    const copy = checklist.source.text;
    expect(copy.startsWith(text)).toBe(true);
    expect(copy).not.toContain('web.raw');
    const again = readChecklist(copy, 'demo.yaml');
    expect(again.problems).toEqual([]);
    expect(again.checklist?.digest).toBe(checklist.digest);
    if (again.checklist === undefined) throw new Error('not read');
    expect(planOf(again.checklist)).toEqual(planOf(checklist));
    // And as a checklist of its own, beside another library.
    const other = shelfWith({ '/near/web.yaml': web.replace('default: 200', 'default: 500') });
    expect((await whole(copy, other)).digest).toBe(checklist.digest);
    expect(planOf(await whole(copy, other))).toEqual(planOf(checklist));
  });

  it('has another digest when a template it uses changes, and not when another one does', async () => {
    const { digest } = await whole(text);
    const changed = async (from: string, to: string): Promise<string> =>
      (await whole(text, shelfWith({ '/near/web.yaml': web.replace(from, to) }))).digest;
    expect(await changed('default: 200', 'default: 500')).not.toBe(digest);
    expect(await changed('statuss', 'text')).toBe(digest);
    expect(await changed('library: 1', '# moved\nlibrary: 1')).toBe(digest);
  });

  it('is the checklist itself when it uses nothing', async () => {
    const plain = checklistText();
    expect((await compose(plain, 'demo.yaml', shelf)).text).toBe(plain);
    expect((await whole(plain)).digest).toBe(checklistDigest(plain));
  });

  it('ends well however the file ends', async () => {
    for (const end of [
      '',
      '\n',
      '\n\n# the end',
      '\nrollback:\n  - { id: back, title: B, ask: { question: "Q", text: {} }, fix: "x" }',
    ]) {
      const made = await whole(text.trimEnd() + end);
      expect(readChecklist(made.source.text, 'demo.yaml').problems).toEqual([]);
    }
    expect(await mistakes(`${text}...\n`)).toEqual([
      expect.stringContaining('cannot stand in braces, nor end in `...`'),
    ]);
  });

  it('says of an altered copy what is wrong with it', () => {
    const without = readChecklist(text, 'copy.yaml').problems;
    expect(without.map(({ message }) => message)).toEqual(['there is no template `web.page`']);
    const bent = `${text}library: { web.page: { title: T, summary: S, probe: { http: {} }, expect: [] } }\n`;
    expect(readChecklist(bent, 'copy.yaml').problems.length).toBeGreaterThan(0);
  });
});

describe('lint of a library file', () => {
  const lintOf = async (lines: string, stem = 'web'): Promise<readonly string[]> =>
    (await lintLibrary(`library: 1\ntemplates:\n${lines}`, 'web.yaml', stem, known, loadCatalogue)).map(
      ({ line, message }) => `${line} ${message}`,
    );
  const one = (parameters: string, more = '', name = 'web.one'): string =>
    `  ${name}:\n    title: One\n    summary: S\n    parameters: ${parameters}\n    probe: { http: { url: "https://x.example/" } }\n    expect: [{ path: status, eq: 200 }]\n${more}`;

  it.each([
    [
      'a parameter that nothing uses',
      one('{ p: { about: A, type: text } }'),
      ['6 nothing of the template uses `${p}`'],
    ],
    [
      'a name of the checklist',
      one('{}', '    fix: Look at ${host}.\n'),
      ['9 a template sees its parameters and nothing called `host`'],
    ],
    [
      'a name inside a parameter',
      one('{ p: { about: A, type: any } }', '    fix: See ${p.x}.\n'),
      [
        '6 nothing of the template uses `${p}`',
        '9 a template sees its parameters and nothing called `p.x`: `p` is looked up whole',
      ],
    ],
    [
      'a default of another type',
      one('{ p: { about: A, type: integer, default: 1.5 } }', '    fix: "${p}"\n'),
      ['6 `default` must be a whole number'],
    ],
    [
      'a parameter called like what is built in',
      one('{ region: { about: A, type: text } }', '    fix: "${region}"\n'),
      ['6 `region` is built in, and cannot be the name of a parameter'],
    ],
    ['a name that belongs into another file', one('{}', '', 'tls.one'), ['4 `tls.one` is looked for in tls.yaml']],
    ['a name of a kind', one('{}', '', 'test.gauge'), ['4 `test.gauge` is the name of a kind']],
    ['a name without a file', one('{}', '', 'one'), [expect.stringContaining('3 `one` cannot be a name here')]],
    [
      'a path with a parameter in it',
      one('{ p: { about: A, type: text } }').replace('path: status', 'path: "${p}"'),
      [expect.stringContaining('must not hold a `${}`')],
    ],
    [
      'a path that leads nowhere',
      one('{}').replace('path: status', 'path: statuss'),
      [expect.stringContaining('8 the path `statuss`')],
    ],
    [
      'an operation that is not there',
      one('{}')
        .replace('http: { url: "https://x.example/" }', 'aws.call: { operation: "s3:GetBuckets" }')
        .replace('status, eq: 200', 'found, eq: true'),
      [expect.stringMatching(/^7 .*GetBuckets/)],
    ],
    ['an unknown key', one('{}', '    exepct: []\n'), ['9 `exepct` is not known here']],
  ])('tells of %s', async (what, lines, wanted) => {
    expect(await lintOf(lines, what === 'a name of a kind' ? 'test' : 'web')).toEqual(wanted);
  });

  it('holds a token to an input that is secret', async () => {
    const lines = `  web.token:
    title: T
    summary: S
    parameters: { token: { about: A, type: secret } }
    probe: { http: { url: "https://x.example/", headers: { authorization: "\${token}" } } }
    expect: [{ path: status, eq: 200 }]
`;
    expect(await lintOf(lines)).toEqual([]);
    const from = shelfWith({ '/near/web.yaml': `library: 1\ntemplates:\n${lines}` });
    expect(await mistakes(using('{ web.token: { token: "Bearer 123" } }'), from)).toEqual([
      expect.stringContaining('`token` must be a lone `${name}`, of an input with `secret: true`'),
    ]);
  });
});

describe('warnings', () => {
  const warned = async (steps: string): Promise<readonly string[]> => {
    const { warnings, checklist } = await load(checklistText({ steps }));
    expect(checklist).toBeDefined();
    return warnings.map(({ line, column, message, hint = '' }) => `${line}:${column} ${message}: ${hint}`);
  };
  const ask = (id: number, more = ''): string =>
    `- { id: ask-${id}, title: T, owner: ops, ask: { question: Q, text: {} }${more} }`;

  it('tell of sections with more than nine asks', async () => {
    const asks = (count: number): string => Array.from({ length: count }, (_, id) => ask(id)).join('\n');
    expect(await warned(asks(9))).toEqual([]);
    expect(await warned(asks(10))).toEqual([
      '13:16 this section asks 10 times: split it: people stop reading after nine',
    ]);
  });

  it('tell of critical questions that a bare yes answers', async () => {
    const critical = (form: string): string =>
      `- { id: one, title: T, owner: ops, severity: critical, ask: { question: Q, ${form} } }`;
    expect(await warned(critical('confirm: {}'))).toEqual([
      expect.stringMatching(/^15:\d+ a bare yes passes this, and it is critical/),
    ]);
    expect(await warned(critical('confirm: {}, evidence: required'))).toEqual([]);
    expect(await warned(critical('number: { gte: 1 }'))).toEqual([]);
    expect(await warned(critical('confirm: {}').replace('critical', 'required'))).toEqual([]);
  });

  it('tell of steps that are nobody’s: one by one, or the section when all of them are', async () => {
    expect(await warned(`${ask(1)}\n${ask(2).replace('owner: ops, ', '')}`)).toEqual([
      '16:19 `ask-2` has no owner: say whose it is: `owner: ROLE`, here or at its section',
    ]);
    const nobody = [1, 2].map((id) => ask(id).replace('owner: ops, ', '')).join('\n');
    expect(await warned(nobody)).toEqual([
      '13:16 no step of this section has an owner: say whose it is: `owner: ROLE`',
    ]);
    expect(await warned('- { id: one, title: T, gate: { poll: [lead] } }')).toEqual([]);
  });
});
