// Goal: a page made of a log in which every text is hostile has no element, attribute or style that golive did not write, reads
// as that very text, and needs nothing but itself. Method: the page is well-formed XML too, so a strict reader takes it apart.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { reportHtml } from '../../src/render/report-html.ts';
import { shown, standingOf } from '../../src/render/report-words.ts';
import { strictXml, type Node } from '../support/strict-xml.ts';
import { givenRun, type GivenRun } from './report-given.ts';

const hostile =
  '</title></style><script>alert(1)</script><img src=x onerror=alert(1)> " onload="alert(1)" style="x" \' `` &lt;b&gt; &#60; ' +
  'javascript:alert(1) https://evil.example/x.png <!-- --> ]]> ##[stop] \u202e\u2066\u001b[31m\u0000\u2028\ufffe \ud800 \u05e2\u05d1';
/** What a reader has to see of it: nothing is left out, and what XML has no place for is written out. */
const visibleForm = shown(hostile).replace('\ufffe', '\\ufffe');

const pageOf = ({ report, reported, evidence }: GivenRun): string => reportHtml(report, reported, evidence);
const rootOf = (page: string): Node => strictXml(page.replace(/^<!doctype html>\n/, ''));
const all = (node: Node): readonly Node[] => [node, ...node.children.flatMap(all)];
const wholeText = (page: string): string =>
  all(rootOf(page))
    .map(({ text }) => text)
    .join('\n');
const named = (page: string, name: string): readonly Node[] => all(rootOf(page)).filter((node) => node.name === name);
/** What stands under one heading of the page. */
const sectionOf = (page: string, id: string): readonly Node[] =>
  all(rootOf(page))
    .filter(({ attributes }) => attributes['id'] === id)
    .flatMap(all);
const textOf = (nodes: readonly Node[]): string => nodes.map(({ text }) => text).join('\n');

const plain = pageOf(givenRun('a word'));
const bent = pageOf(givenRun(hostile));

/** All that the page is written with. A new one has to be harmless, and to be added here. */
const elements = (
  'a article bdi body caption circle code dd defs details div dl dt figcaption figure h1 h2 h3 h4 head header html li line link main ' +
  'meta nav p path pattern polyline rect section small span strong style summary svg table tbody td text th thead time title tr ul'
).split(' ');
const written = (
  'aria-hidden aria-label aria-labelledby charset class content cx cy d data-name datetime dy height href http-equiv id lang name open ' +
  'patternTransform patternUnits points preserveAspectRatio r rel role scope text-anchor viewBox width x x1 x2 y y1 y2'
).split(' ');

describe('a page of a hostile log', () => {
  it('has the elements and attributes of one whose texts are plain, and no other', () => {
    const shape = (page: string): readonly string[] =>
      all(rootOf(page)).map((node) => `${node.name} ${Object.keys(node.attributes).join(' ')}`);
    expect(shape(bent)).toEqual(shape(plain));
    expect([...new Set(all(rootOf(bent)).map(({ name }) => name))].filter((name) => !elements.includes(name))).toEqual(
      [],
    );
    const used = new Set(all(rootOf(bent)).flatMap((node) => Object.keys(node.attributes)));
    expect([...used].filter((name) => !written.includes(name))).toEqual([]);
  });

  it('reads as what the log says, in every place that has room for words of others', () => {
    const places = (page: string, word: string): number => wholeText(page).split(word).length - 1;
    expect(places(plain, 'a word')).toBeGreaterThan(90);
    // A text that is cut says so; all others are there to their end.
    expect(places(bent, visibleForm.slice(0, 60))).toBe(places(plain, 'a word'));
  });

  it('holds nothing that a terminal or a runner of CI obeys where it is printed', () => {
    // eslint-disable-next-line no-control-regex
    expect(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.exec(bent)).toBeNull();
    expect(bent).not.toContain('##');
    expect(bent.split('\n').filter((line) => line.startsWith('::'))).toEqual([]);
  });

  it('leads nowhere but to itself, and every place it leads to is there once', () => {
    const nodes = all(rootOf(bent));
    const ids = nodes.flatMap(({ attributes: { id } }) => id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const links = nodes.filter(({ name }) => name === 'a').map(({ attributes: { href = '' } }) => href);
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((href) => !href.startsWith('#') || !ids.includes(href.slice(1)))).toEqual([]);
    expect(named(bent, 'link').map((node) => node.attributes)).toEqual([{ rel: 'icon', href: 'data:,' }]);
    const labels = nodes.flatMap((node) => node.attributes['aria-labelledby'] ?? []);
    expect(labels.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('gives each step its place, also one whose id is no word', () => {
    const { report, ...rest } = givenRun('a word');
    const odd = {
      ...report,
      phases: report.phases.map((phase, at) => (at > 0 ? phase : { ...phase, steps: phase.steps.map(bend) })),
    };
    const ids = named(pageOf({ report: odd, ...rest }), 'details').map(({ attributes: { id } }) => id);
    expect(ids.slice(0, 3)).toEqual(['step-good', 'step-a~20~b~22~', 'step-a~7e~20~7e~b']);
    function bend<S extends { readonly id: string }>(step: S, at: number): S {
      return { ...step, id: ['good', 'a b"', 'a~20~b'][at] ?? step.id };
    }
  });
});

describe('what the page may do', () => {
  it('is nothing: no script, no load, and the one style that its policy names by its hash', () => {
    const [style, ...others] = named(bent, 'style');
    expect(others).toEqual([]);
    const hash = createHash('sha256')
      .update(/<style>([^]*?)<\/style>/.exec(bent)?.[1] ?? '')
      .digest('base64');
    const [policy] = named(bent, 'meta').filter((node) => node.attributes['http-equiv'] === 'Content-Security-Policy');
    expect(policy?.attributes['content']).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`,
    );
    expect(style?.text).not.toMatch(/@import|url\((?!#)|expression/);
  });

  it('is the same bytes for the same log and evidence', () => {
    expect(pageOf(givenRun('a word'))).toBe(plain);
  });
});

describe('the top', () => {
  const h1 = (page: string): string => textOf(named(page, 'h1').flatMap(all)).replaceAll('\n', '');

  it('says NO-GO, and what takes away from that', () => {
    const page = pageOf(givenRun('a word', { result: 'no-go', verdict: 'SEALED', endpoints: ['127.0.0.1:4566'] }));
    expect(h1(page)).toContain('NO-GO');
    const bands = textOf(named(page, 'header').flatMap(all));
    expect(bands).toContain('This is not evidence about AWS.');
    expect(bands).toContain('It was stopped:');
    expect(bands).not.toContain('This was a rehearsal.');
  });

  it('makes nothing of a log that does not hold, whatever it says', () => {
    const broken = { line: 9, offset: 77, reason: 'the signature is not good' };
    const run = givenRun('a word', { result: 'go', verdict: 'INVALID', exit: 20, broken });
    expect(standingOf(run.report)).toBe('broken');
    const page = pageOf(run);
    expect(h1(page)).toMatch(/^ ?NOT KNOWN .*\(the log does not hold; it says GO\)/);
    expect(named(page, 'div').some(({ attributes: { class: kind } }) => kind === 'verdict bad')).toBe(true);
    expect(textOf(named(page, 'header').flatMap(all))).toContain('INVALID at line 9 (byte 77)');
  });
});

describe('the exceptions', () => {
  it('are the worst first, with what was expected and seen, who accepted it, and what passed only later', () => {
    const cards = named(plain, 'article').filter(({ attributes: { class: kind = '' } }) => kind.startsWith('card'));
    expect(cards.map((card) => card.attributes['aria-labelledby'])).toEqual(
      ['bad', 'watch-bad', 'watch-live', 'blind', 'thin', 'given-in', 'by-eye', 'advice'].map(
        (id) => `step-${id}-exception`,
      ),
    );
    const waived = textOf(cards.slice(5, 6).flatMap(all));
    expect(waived).toContain('waived by ada@example.com: a word');
    expect(waived).toContain('saw a word');
    expect(waived).toContain('a word.yaml:3');
    const said = textOf(sectionOf(plain, 'exceptions'));
    for (const words of ['Open (1)', 'Deferred (1)', 'Skipped (1)', 'stop', 'way back', 'takeover', 'note'])
      expect(said).toContain(words);
  });
});

describe('the timeline', () => {
  it('has planned against actual, and whose time it was, as numbers too', () => {
    const rows = sectionOf(plain, 'timeline')
      .filter(({ name }) => name === 'tr')
      .map((row) => row.children.map((cell) => textOf(all(cell)).replaceAll(/\s+/g, ' ').trim()));
    // A red stood open from minute 4 to 14, and from 15 until the way back at 90; the machine looked in minutes 2, 3, 14, 15, 18 and
    // 20; the word for the change took from 70 to 72.
    expect(rows.slice(1)).toEqual([
      [
        'T-1h Verification a word',
        '2026-03-01 12:00Z',
        '2026-03-01 12:02Z',
        '2m late',
        '2026-03-01 12:35Z',
        '33m',
        '27m',
        '3m',
        '3m',
        '0s',
      ],
      [
        'T-0 Cutover a word',
        '2026-03-01 13:00Z',
        '2026-03-01 13:04Z',
        '4m late',
        'left open',
        '29m',
        '14m',
        '12m',
        '2m',
        '1m',
      ],
      ['T+24h A day after a word', '2026-03-02 13:00Z', 'not opened', '', '', '', '', '', '', ''],
      ['way back', '', '2026-03-01 13:30Z', '', '2026-03-01 13:32Z', '2m', '0s', '0s', '2m', '0s'],
    ]);
  });
});

describe('the watch windows', () => {
  const articles = sectionOf(plain, 'watch').filter(({ name }) => name === 'article');
  const part = (id: string): readonly Node[] =>
    articles.filter(({ attributes }) => attributes['aria-labelledby'] === `step-${id}-watch`).flatMap(all);
  const of = (id: string, kind: string): readonly Node[] =>
    part(id).filter(({ attributes }) => attributes['class'] === kind);

  it('draw a value against its limit, cross what did not hold, and break the line where a sample is missing', () => {
    expect(of('watch-bad', 'cross').length).toBe(3);
    expect(of('watch-bad', 'limit').length).toBe(2);
    expect(of('watch-good', 'cross').length).toBe(0);
    expect(of('watch-good', 'line').length).toBe(3);
    const titles = part('watch-bad')
      .filter(({ name }) => name === 'title')
      .map(({ text }) => text);
    expect(titles[0]).toBe('errors: 10 samples, 3 did not hold, lowest 0, highest 3, last 0; limit < 1');
  });

  it('draw the limit of a part of the window over that part, and none for what was worked out', () => {
    const [limit, ...more] = of('watch-whole', 'limit');
    expect([limit?.attributes['x1'], limit?.attributes['x2'], more]).toEqual(['66.67%', '100%', []]);
    expect(textOf(part('watch-whole'))).toContain('No limit is drawn');
  });

  it('mark samples that have no value, and say why there is no picture', () => {
    expect([of('watch-live', 'held').length, of('watch-live', 'missed').length - 1]).toEqual([7, 3]);
    expect(textOf(part('watch-lost'))).toContain('its evidence is not at hand');
    expect(part('watch-lost').filter(({ name }) => name === 'svg')).toEqual([]);
  });

  it('keep the highest and the lowest of a day of samples, in a picture that stays small', () => {
    const given = givenRun('a word');
    const from = Date.parse('2026-03-01T00:00:00.000Z');
    const moment = (minute: number): string => new Date(from + minute * 60_000).toISOString();
    const samples = Array.from({ length: 2880 }, (_, at) => ({
      at: moment(at),
      errors: at === 1234 ? 0.97 : 0.1,
      healthy: 2,
    }));
    const facts = {
      from: moment(0),
      to: moment(2880),
      expected: 2880,
      obtained: 2880,
      period_s: 60,
      failing: [],
      samples,
      whole: {},
    };
    const evidence = new Map([...given.evidence, ['a'.repeat(64), { facts }]]);
    const page = pageOf({ ...given, evidence });
    const line =
      sectionOf(page, 'watch').find(({ attributes }) => attributes['class'] === 'line')?.attributes['points'] ?? '';
    const heights = line.split(' ').map((pair) => Number(pair.split(',')[1]));
    expect(heights.length).toBeLessThan(520);
    // 0.97 of a picture that ends at the limit, 1.
    expect(Math.min(...heights)).toBeCloseTo(96 - 0.97 * 92, 1);
  });
});

describe('every step', () => {
  it('has its attempts, what was done and said, and the digests of its evidence', () => {
    const step = (id: string): string => textOf(sectionOf(plain, `step-${id}`));
    for (const words of ['retry', '2026-03-01 12:14:00Z', '2'.repeat(64)]) expect(step('bad')).toContain(words);
    for (const words of ['the exact request', '4'.repeat(64), 'change: done, a word', 'marked a word'])
      expect(step('swap')).toContain(words);
    for (const words of ['a word', ' by ', 'attached: a word', '3'.repeat(64)])
      expect(step('question')).toContain(words);
    expect(step('go')).toContain('a word for a word: go: a word');
    const open = named(plain, 'details').filter(({ attributes }) => 'open' in attributes);
    expect(open.map(({ attributes: { id } }) => id)).toContain('step-thin');
    expect(named(plain, 'details').length).toBe(19);
  });
});

describe('the log', () => {
  it('is told as golive verify tells it, with the head to compare', () => {
    const said = textOf(sectionOf(plain, 'log'));
    for (const words of [
      'OPEN: a word',
      'e'.repeat(64),
      'golive verify abcdefghijklmnopqrstuvwxyz',
      'a word stood in for AWS',
    ])
      expect(said).toContain(words);
  });
});
