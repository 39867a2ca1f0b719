// Every step in the HTML report: its verdict in one line, and behind it all that was seen, said, changed and kept.

import { code, el, lines, told, type Child, type Html } from './html.ts';
import { anchorOf, badge, facts, many, moment, section, table } from './report-html-parts.ts';
import type { StepHistory } from './report-history.ts';
import type { Report, ReportPhase, ReportStep } from './report-model.ts';
import { acceptedText, shown } from './report-words.ts';
import { lengthText } from './due.ts';

/** Findings, attempts and deeds of one step beyond so many are in the log only. */
const shownMax = 20;
/** Nobody reads more of what passed. */
const passedText = 300;

type Histories = ReadonlyMap<string, StepHistory>;

/** All phases in order, with all their steps. */
export function stepsHtml({ phases }: Report, history: Histories): Html {
  const count = phases.reduce((sum, { steps }) => sum + steps.length, 0);
  return section('steps', `Every step (${count})`, lines(phases.map((phase, at) => phaseHtml(phase, at, history))));
}

function phaseHtml({ id, title, planned, opened, closed, steps }: ReportPhase, at: number, history: Histories): Html {
  const name = `phase-${at + 1}`;
  return el(
    'section',
    { class: 'phase', 'aria-labelledby': name },
    el('h3', { id: name }, planned === '' ? undefined : [told(planned), ' '], told(title === '' ? id : title)),
    el(
      'p',
      { class: 'quiet' },
      code(id),
      opened !== ''
        ? [', opened ', moment(opened)]
        : steps.some(({ begun }) => begun !== '')
          ? undefined
          : ', not opened',
      closed === '' ? undefined : [', closed ', moment(closed)],
      `, ${many(steps.length, 'step')}`,
    ),
    lines(steps.map((step) => stepHtml(step, history.get(step.id)))),
  );
}

function stepHtml(step: ReportStep, history: StepHistory | undefined): Html {
  const { id, title, word, severity, tookMs, ended } = step;
  const plain = word === 'pass' || word === 'skip' || word === 'deferred' || word === 'open';
  return el(
    'details',
    { class: 'step', id: anchorOf(id), open: plain ? undefined : '' },
    el(
      'summary',
      {},
      badge(word),
      ' ',
      el('h4', {}, code(id), ' ', told(title)),
      severity === 'critical' || severity === 'advisory'
        ? el('span', { class: 'severity' }, ` ${severity}`)
        : undefined,
      ended === '' ? undefined : el('span', { class: 'took' }, ` ${lengthText(tookMs)}`),
    ),
    el('div', { class: 'inside' }, insideOf(step, history)),
  );
}

function insideOf(step: ReportStep, history: StepHistory | undefined): Child {
  const { severity, owner, place, attempt, looks, begun, ended, tookMs, reason, answer, votes } = step;
  const accepted = acceptedText(step);
  return [
    reason === '' ? undefined : el('p', {}, told(reason)),
    accepted === '' ? undefined : el('p', { class: 'accepted' }, told(accepted)),
    findingsOf(step),
    facts(
      [
        [
          'Answered',
          answer === undefined
            ? ''
            : [answer.answer === '' ? 'a secret' : told(answer.answer), ' by ', told(answer.by)],
        ],
        ['Evidence given', answer === undefined || answer.evidence === '' ? '' : told(answer.evidence)],
        ...votes.map(({ role, decision, by }) => ['Vote', [told(role), `: ${decision} by `, told(by)]] as const),
        ['Severity', severity === 'unknown' ? '' : severity],
        ['Owner', owner === '' ? '' : told(owner)],
        ['Begun', moment(begun)],
        ['Decided', moment(ended)],
        ['Took', ended === '' ? '' : `${(tookMs / 1000).toFixed(3)} s`],
        ['Attempt', attempt === 0 ? 'none' : String(attempt)],
        ['Looks', looks > 1 ? String(looks) : ''],
        ['Checklist', place.line === 0 ? '' : code(`${place.file}:${place.line}`)],
      ],
      'meta',
    ),
    history === undefined ? undefined : [attemptsOf(history), deedsOf(history), evidenceOf(history)],
  ];
}

function findingsOf({ findings }: ReportStep): Child {
  if (findings.length === 0) return undefined;
  const rows = findings.slice(0, shownMax).map(({ verdict, expected, observed, hint = '' }) => {
    const most = verdict === 'pass' ? passedText : undefined;
    return [
      told(expected, most),
      [told(observed, most), hint === '' ? undefined : el('p', { class: 'hint' }, 'Hint: ', told(hint))],
      badge(verdict),
    ];
  });
  return [
    table('Expected against observed', ['Expected', 'Observed', 'Verdict'], rows, 'sights stacks'),
    findings.length > shownMax ? el('p', {}, `And ${findings.length - shownMax} more in the log.`) : undefined,
  ];
}

function attemptsOf({ attempts }: StepHistory): Child {
  if (attempts.length < 2) return undefined;
  // Read again and still passed: that is one line.
  if (attempts.every(({ verdict }) => verdict === 'pass'))
    return el(
      'p',
      { class: 'quiet' },
      'Passed at each attempt: ',
      attempts.slice(-shownMax).map(({ why, ended }, at) => [at === 0 ? '' : ', ', `${why} `, moment(ended)]),
    );
  const last = attempts.slice(-shownMax);
  const rows = last.map(({ attempt, why, begun, ended, verdict, reason, findings }) => {
    const missed = findings.find((finding) => finding.verdict !== 'pass');
    const seen =
      missed === undefined
        ? told(reason, passedText)
        : ['expected ', told(missed.expected, passedText), ', observed ', told(missed.observed, passedText)];
    return [
      String(attempt),
      why,
      moment(begun),
      ended === '' ? '' : begun === '' ? '' : lengthText(Date.parse(ended) - Date.parse(begun)),
      verdict === '' ? 'none' : badge(verdict),
      seen,
    ];
  });
  const left = attempts.length - last.length;
  const caption = left > 0 ? `Its last attempts; ${left} before them are in the log` : 'Its attempts';
  return table(caption, ['Attempt', 'Why', 'Begun', 'Took', 'Verdict', 'Because'], rows, 'stacks');
}

function deedsOf({ deeds }: StepHistory): Child {
  if (deeds.length === 0) return undefined;
  const last = deeds.slice(-shownMax);
  const left = deeds.length - last.length;
  const caption = left > 0 ? `Who did what; ${left} before it are in the log` : 'Who did what';
  return table(
    caption,
    ['When', 'What'],
    last.map(({ at, text }) => [moment(at), told(text)]),
    'deeds',
  );
}

function evidenceOf({ evidence }: StepHistory): Child {
  if (evidence.length === 0) return undefined;
  const last = evidence.slice(-shownMax);
  const left = evidence.length - last.length;
  return [
    facts(
      last.map(({ what, digest }) => [`SHA-256 of ${shown(what, passedText)}`, code(digest)]),
      'meta digests',
    ),
    left > 0 ? el('p', {}, `And ${left} more in the log.`) : undefined,
  ];
}
