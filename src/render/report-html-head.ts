// The top of the HTML report: what the run came to, what has to be known before that is believed, and what no plain pass was.

import { el, code, lines, told, type Child, type Html } from './html.ts';
import {
  anchorOf,
  badge,
  facts,
  glyph,
  linkTo,
  many,
  moment,
  section,
  table,
  tones,
  words,
} from './report-html-parts.ts';
import type { StepHistory } from './report-history.ts';
import { exceptionsByCause, type Exception } from './report-causes.ts';
import { exceptionsOf, type Report, type ReportStep } from './report-model.ts';
import { acceptedText, headline, remedyOf, sightsOf, standingOf } from './report-words.ts';
import { lengthText } from './due.ts';
import { verificationLines } from './verification.ts';

/** How many steps one short list names. */
const listedMax = 200;

/** The verdict, in letters that are read from across the room, and what the run was. */
export function headHtml(report: Report, t0: string | undefined): Html {
  const { name, title, run, mode, from, to, checklist, counts, verification } = report;
  const took = from === '' ? '' : `, ${lengthText(Date.parse(to) - Date.parse(from))}`;
  const [, said = '', aside = ''] = /^([^(]*)(.*)$/s.exec(headline(report)) ?? [];
  const people = verification.people.map(({ principal }) => principal);
  return el(
    'header',
    {},
    el(
      'div',
      { class: `verdict ${toneOf(report)}` },
      el(
        'h1',
        {},
        el('span', { class: 'word' }, said, aside === '' ? undefined : el('span', { class: 'aside' }, aside)),
        ' ',
        el('span', { class: 'name' }, told(name)),
      ),
      title === '' ? undefined : el('p', {}, told(title)),
    ),
    bandsOf(report),
    el(
      'ul',
      { class: 'counts', 'aria-label': 'Steps by verdict' },
      words.map((word) => countOf(word, tones[word])),
    ),
    facts([
      ['Run', code(run)],
      ['Target', told(name)],
      ['Mode', told(mode)],
      ['From, to', from === '' ? 'without events' : [moment(from), ' to ', moment(to), took]],
      ['T', t0 === undefined ? 'not set' : moment(t0)],
      [
        'Checklist',
        [code(checklist.path), checklist.at_hand ? '' : ' (not at hand: steps have no titles and no lines)'],
      ],
      ['Its SHA-256', code(checklist.digest)],
      ['People', people.length === 0 ? '' : told(people.join(', '))],
      ['Log', told(verificationLines(verification)[0] ?? '')],
    ]),
  );

  function countOf(word: ReportStep['word'], tone: string): Child {
    const count = counts[word];
    if (count === 0) return undefined;
    return el('li', { class: tone }, glyph(word), ' ', el('strong', {}, String(count)), ` ${word}`);
  }
}

function toneOf(report: Report): string {
  const stands = standingOf(report);
  if (stands === 'broken' || report.result === 'no-go') return 'bad';
  if (report.result === 'go') return stands === 'holds' ? 'good' : 'good unchecked';
  return report.result === 'no-objection' ? 'plain' : 'warn';
}

/** What takes away from the verdict, each in a band that cannot be overlooked. */
function bandsOf(report: Report): Child {
  const { verification, rehearsal, marks } = report;
  const [log = ''] = verificationLines(verification);
  const bands: Child[] = [];
  const band = (tone: string, strong: string, ...rest: readonly Child[]): void =>
    void bands.push(el('p', { class: `band ${tone}` }, el('strong', {}, strong), ' ', rest));
  if (standingOf(report) === 'broken')
    band(
      'bad',
      'The log does not hold.',
      told(log),
      verification.broken === undefined
        ? ' What follows is what it says, and counts for nothing.'
        : ' What follows is of the lines before, and counts for nothing.',
    );
  if (rehearsal)
    band(
      'bad',
      'This was a rehearsal.',
      'Nothing real was looked at or changed, and nobody vouches for the keys in it.',
    );
  if (verification.endpoints.length > 0)
    band('bad', 'This is not evidence about AWS.', told(verification.endpoints.join(', ')), ' stood in for AWS.');
  const stop = marks.findLast(({ type }) => type === 'stop');
  if (stop !== undefined) band('bad', 'It was stopped:', told(stop.text));
  const back = marks.findLast(({ type }) => type === 'way back');
  if (back !== undefined) band('bad', 'Way back:', told(back.text));
  for (const { text } of marks.filter(({ type }) => type === 'change')) band('bad', 'It stands:', told(text));
  if (standingOf(report) === 'unchecked' && !rehearsal) band('warn', 'Not vouched for, or not over.', told(log));
  return bands;
}

/** What is no plain pass, worst first, and what people did about the run as a whole. */
export function exceptionsHtml(report: Report, history: ReadonlyMap<string, StepHistory>): Html {
  const all = exceptionsOf(report);
  const cards = exceptionsByCause(report).filter(({ step }) => step.word !== 'open');
  const steps = report.phases.flatMap((phase) => phase.steps);
  const phaseOf = new Map(report.phases.flatMap(({ id, steps: own }) => own.map((step) => [step.id, id])));
  const late = steps.filter(({ id, word }) => word === 'pass' && missesOf(id) > 0);
  return section(
    'exceptions',
    exceptionsTitle(report),
    all.length === 0
      ? el(
          'p',
          {},
          standingOf(report) === 'broken'
            ? 'None in what is left of the log.'
            : 'None: every step that was taken is a plain pass.',
        )
      : undefined,
    lines(cards.map((exception) => card(exception, phaseOf.get(exception.step.id) ?? ''))),
    marksOf(report),
    listOf(
      'Open',
      all.filter(({ word }) => word === 'open'),
      ({ reason }) => reason,
    ),
    listOf(
      'Deferred',
      steps.filter(({ word }) => word === 'deferred'),
      ({ reason }) => reason,
    ),
    listOf(
      'Skipped',
      steps.filter(({ word }) => word === 'skip'),
      ({ reason }) => reason,
    ),
    listOf(
      'Passed, but not at once',
      late,
      ({ id }) => `${many(missesOf(id), 'attempt')} before came to something else`,
    ),
  );

  function missesOf(id: string): number {
    const attempts = history.get(id)?.attempts ?? [];
    return attempts.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'skip' && verdict !== '').length;
  }
}

function card({ step, same }: Exception, phase: string): Html {
  const remedy = remedyOf(step);
  const { id, title, word, severity, owner, place, reason, answer } = step;
  const { sights, more } = sightsOf(step);
  const accepted = acceptedText(step);
  const seen = sights.map(({ expected, observed, hint }) => [
    told(expected),
    [told(observed), hint === '' ? undefined : el('p', { class: 'hint' }, 'Hint: ', told(hint))],
  ]);
  return el(
    'article',
    { class: `card ${tones[word]}`, 'aria-labelledby': `${anchorOf(id)}-exception` },
    el('h3', { id: `${anchorOf(id)}-exception` }, badge(word), ' ', linkTo(step), ' ', told(title)),
    accepted === '' ? undefined : el('p', { class: 'accepted' }, told(accepted)),
    reason === '' ? undefined : el('p', {}, told(reason)),
    seen.length === 0 ? undefined : table('What was expected and seen', ['Expected', 'Observed'], seen, 'sights'),
    more > 0 ? el('p', {}, `And ${more} more in the log.`) : undefined,
    remedy === '' ? undefined : el('p', { class: 'hint' }, 'Do: ', told(remedy)),
    same.length === 0
      ? undefined
      : [
          el('p', {}, `${many(same.length, 'more step')} for the same reason:`),
          el(
            'ul',
            { class: 'steps' },
            same.map((other) => el('li', {}, linkTo(other), ' ', told(other.title, 200))),
          ),
        ],
    facts(
      [
        ['Severity', severity === 'unknown' ? '' : severity],
        ['Phase', code(phase)],
        ['Owner', owner === '' ? '' : told(owner)],
        ['Answered', answer === undefined ? '' : [told(answer.answer), ' by ', told(answer.by)]],
        ['Checklist', place.line === 0 ? '' : code(`${place.file}:${place.line}`)],
      ],
      'meta',
    ),
  );
}

/** `Exceptions (3), 50 open`. */
export function exceptionsTitle(report: Report): string {
  const all = exceptionsOf(report);
  const open = all.filter(({ word }) => word === 'open').length;
  return `Exceptions (${all.length - open})${open === 0 ? '' : `, ${open} open`}`;
}

/** Steps of which there is one thing to say each: once for all of whom it is the same. */
function listOf(title: string, steps: readonly ReportStep[], why: (step: ReportStep) => string): Child {
  if (steps.length === 0) return undefined;
  const groups = new Map<string, ReportStep[]>();
  for (const step of steps.slice(0, listedMax)) groups.set(why(step), [...(groups.get(why(step)) ?? []), step]);
  const more = steps.length - listedMax;
  return [
    el('h3', {}, `${title} (${steps.length})`),
    [...groups].map(([reason, alike]) => [
      el('p', { class: 'quiet' }, told(reason, 300)),
      el(
        'ul',
        { class: 'steps' },
        alike.map((step) => el('li', {}, linkTo(step), ' ', told(step.title, 200))),
      ),
    ]),
    more > 0 ? el('p', {}, `And ${more} more, among all steps below.`) : undefined,
  ];
}

function marksOf({ marks }: Report): Child {
  if (marks.length === 0) return undefined;
  const rows = marks.map(({ at, type, text }) => [moment(at), type, told(text)]);
  return table(
    'What people did about the run as a whole, or said of it',
    ['When', 'What', 'In their words'],
    rows,
    'stacks',
  );
}
