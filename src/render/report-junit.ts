// A report as JUnit XML, as GitHub's reporters, GitLab and Jenkins read it. What was not seen to pass is never green.

import { headline, shown, shortReason, standingOf, stepLines } from './report-words.ts';
import type { Report, ReportPhase, ReportStep } from './report-model.ts';
import { verificationLines } from './verification.ts';

interface Case {
  readonly classname: string;
  readonly name: string;
  readonly ms: number;
  readonly outcome: Outcome | undefined;
  /** For whoever looks into it. */
  readonly lines: readonly string[];
}

interface Outcome {
  readonly element: 'failure' | 'error' | 'skipped';
  readonly type: string;
  readonly message: string;
}

interface Suite {
  readonly name: string;
  readonly timestamp: string;
  readonly properties: readonly (readonly [string, string])[];
  readonly cases: readonly Case[];
}

/** One suite for the run itself, with its result and its log as cases, and one for each phase. Times are in seconds. */
export function reportJunit(report: Report): string {
  const suites = [runSuite(report), ...report.phases.map((phase) => phaseSuite(report, phase))];
  const all = suites.flatMap(({ cases }) => cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    // The schema has no place for how many were skipped here.
    `<testsuites name="${xml(report.name)}"${totals(all).replace(/ skipped="\d+"/, '')}>`,
    ...suites.flatMap((suite, id) => suiteLines(suite, id, report.checklist.path)),
    '</testsuites>',
    '',
  ].join('\n');
}

function runSuite(report: Report): Suite {
  const { run, mode, checklist, verification, from, to, name } = report;
  const lines = verificationLines(verification);
  const head = { classname: `${name}.run`, ms: 0 };
  const cases: readonly Case[] = [
    {
      ...head,
      name: 'result',
      outcome: resultOutcome(report),
      lines: [headline(report), ...report.marks.map(({ text }) => shown(text))],
    },
    { ...head, name: 'log', outcome: logOutcome(report, lines[0] ?? ''), lines },
  ];
  const properties = Object.entries({
    run,
    mode,
    result: report.result,
    from,
    to,
    checklist: checklist.path,
    digest: checklist.digest,
  });
  return { name: `${name}.run`, timestamp: from, properties: [...properties, ['log', verification.verdict]], cases };
}

/** A run may come to no-go with every step green: somebody stopped it. */
function resultOutcome(report: Report): Outcome | undefined {
  const outcome = { type: report.result === '' ? 'not-sealed' : report.result, message: headline(report) };
  if (standingOf(report) === 'broken') return { ...outcome, element: 'error' };
  if (report.result === 'no-go') return { ...outcome, element: 'failure' };
  if (report.result === 'undecided') return { ...outcome, element: 'error' };
  return report.result === '' ? { ...outcome, element: 'skipped' } : undefined;
}

function logOutcome(report: Report, verdict: string): Outcome | undefined {
  const stands = standingOf(report);
  if (stands === 'holds') return undefined;
  return {
    element: stands === 'broken' ? 'error' : 'skipped',
    type: report.verification.verdict,
    message: shown(verdict),
  };
}

function phaseSuite(report: Report, { id, opened, steps }: ReportPhase): Suite {
  const name = `${report.name}.${id}`;
  return { name, timestamp: opened, properties: [], cases: steps.map((step) => stepCase(report, name, step)) };
}

function stepCase(report: Report, classname: string, step: ReportStep): Case {
  const name = step.title === '' ? step.id : `${step.id}: ${step.title}`;
  return { classname, name, ms: step.tookMs, outcome: stepOutcome(report, step), lines: stepLines(step) };
}

function stepOutcome(report: Report, step: ReportStep): Outcome | undefined {
  const { word, severity } = step;
  const outcome = { type: word, message: shortReason(step) };
  if (word === 'pass') return undefined;
  if (word === 'waived' || word === 'attested' || word === 'skip' || word === 'deferred')
    return { ...outcome, element: 'skipped' };
  // It does not count for golive either: a run with it can be a go.
  if (severity === 'advisory') return { ...outcome, element: 'skipped', message: `advisory: ${outcome.message}` };
  if (word === 'fail') return { ...outcome, element: 'failure' };
  // Nobody answered: that holds up a run which was to be decided, and says nothing of one that goes on or does without.
  const decided = report.result === 'undecided' || report.result === 'no-go';
  return { ...outcome, element: word === 'open' && !decided ? 'skipped' : 'error' };
}

/** A case has no attribute for its place in the schema that Jenkins holds it to: where it failed, its text says the line. */
function suiteLines({ name, timestamp, properties, cases }: Suite, id: number, path: string): readonly string[] {
  const at = timestamp === '' ? '' : ` timestamp="${xml(timestamp.replace(/\.\d+Z$/, ''))}"`;
  const file = path === '' ? '' : ` file="${xml(path)}"`;
  return [
    `  <testsuite id="${id}" name="${xml(name)}"${file}${at}${totals(cases)}>`,
    ...(properties.length === 0 ? [] : ['    <properties>']),
    ...properties.map(([key, value]) => `      <property name="${xml(key)}" value="${xml(value)}"/>`),
    ...(properties.length === 0 ? [] : ['    </properties>']),
    ...cases.flatMap(caseLines),
    '  </testsuite>',
  ];
}

function caseLines({ classname, name, ms, outcome, lines }: Case): readonly string[] {
  const head = `    <testcase classname="${xml(classname)}" name="${xml(name)}" time="${seconds(ms)}"`;
  const text = xml(lines.join('\n'), true);
  if (outcome === undefined && text === '') return [`${head}/>`];
  const { element = '', type = '', message = '' } = outcome ?? {};
  // GitLab shows what stands in `failure` and `error`, and of what was skipped the message.
  const own = outcome && `      <${element} type="${xml(type)}" message="${xml(message)}">${text}</${element}>`;
  const skipped = outcome && `      <skipped message="${xml(message)}"/>`;
  const out = `      <system-out>${text}</system-out>`;
  const body = outcome === undefined ? [out] : element === 'skipped' ? [skipped, out] : [own];
  return [`${head}>`, ...body.flatMap((one) => one ?? []), '    </testcase>'];
}

function totals(cases: readonly Case[]): string {
  const many = (element: string): number => cases.filter(({ outcome }) => outcome?.element === element).length;
  const ms = cases.reduce((sum, one) => sum + one.ms, 0);
  return ` tests="${cases.length}" failures="${many('failure')}" errors="${many('error')}" skipped="${many('skipped')}" time="${seconds(ms)}"`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text of XML 1.0: cut, made visible, and without what cannot stand there even as an entity. `whole`: was done line by line. */
function xml(text: string, whole = false): string {
  const fit = whole ? text : shown(text);
  return (
    fit
      .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
      .replace(/[&<>"']/g, (found) => entities[found] ?? '')
      // A CI runner that reads its own output would take `##[…]` for a command.
      .replaceAll('##', '#&#35;')
  );
}
