// A report as annotations of GitHub Actions: workflow commands that point at the checklist's own lines.

import { alsoText, exceptionsByCause, type Exception } from './report-causes.ts';
import type { Report, ReportStep } from './report-model.ts';
import { countsText, headline, shown, standingOf, stepLines } from './report-words.ts';
import { verificationLines } from './verification.ts';

/** GitHub shows ten of each level for a step of a workflow, so the tenth says how many there are more. */
const mostAnnotations = 9;

interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly place?: ReportStep['place'];
  readonly title: string;
  /** Lines, each fit to show. */
  readonly lines: readonly string[];
}

/** The worst nine as annotations, each for all of one cause, one for how many more there are, and the verdict as a last line for the log of the job. */
export function reportGithub(report: Report): string {
  const [log = '', ...about] = verificationLines(report.verification);
  const own: Annotation = {
    level: standingOf(report) === 'broken' ? 'error' : 'notice',
    title: `log of ${report.name}`,
    lines: [log],
  };
  const steps = exceptionsByCause(report).map(annotationOf);
  const all = standingOf(report) === 'broken' ? [own, ...steps] : [...marksOf(report), ...steps];
  const worst = all.slice(0, mostAnnotations);
  const left = all.length - worst.length;
  const more: Annotation = {
    level: all.slice(mostAnnotations).some(({ level }) => level === 'error') ? 'error' : 'warning',
    title: `${left} more`,
    lines: [`${left} more of ${report.name}: \`golive report ${report.run}\` has all of them.`],
  };
  const said = [...worst, ...(left > 0 ? [more] : [])].map(command);
  const words = [
    `${headline(report)}  ${report.name}  ${countsText(report)}`,
    `log: ${log}`,
    ...about.map((line) => line.trim()),
  ];
  return [...said, ...words.map(plain), ''].join('\n');
}

/** A run that somebody stopped is a no-go with nothing red in it; and what it changed and left stands in no step. */
function marksOf({ result, marks, name }: Report): readonly Annotation[] {
  return marks
    .filter(({ type }) => type === 'change' || (result === 'no-go' && (type === 'stop' || type === 'way back')))
    .map(({ type, text }) => ({ level: 'error', title: `${name}: ${type}`, lines: [shown(text)] }));
}

function annotationOf(exception: Exception): Annotation {
  const { step, same } = exception;
  const others = same.length === 0 ? '' : ` and ${same.length} more`;
  const title = `${step.word}: ${step.id}${others}${step.title === '' ? '' : `: ${step.title}`}`;
  const also = alsoText(exception);
  const lines = [...stepLines(step), ...(also === '' ? [] : [also])];
  return { level: levelOf(step), place: step.place, title, lines: lines.length === 0 ? [step.word] : lines };
}

function levelOf({ word, severity }: ReportStep): Annotation['level'] {
  if (word === 'waived' || word === 'attested') return 'notice';
  return severity === 'advisory' || word === 'open' ? 'warning' : 'error';
}

function command({ level, place, title, lines }: Annotation): string {
  const { file = '', line = 0, column = 0 } = place ?? {};
  const properties = [
    ...(file === '' ? [] : [`file=${property(file)}`]),
    ...(line === 0 ? [] : [`line=${line}`]),
    ...(line === 0 || column === 0 ? [] : [`col=${column}`]),
    `title=${property(title)}`,
  ];
  return `::${level} ${properties.join(',')}::${data(lines.join('\n'))}`;
}

function data(text: string): string {
  return apart(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(shown(text, 500)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** Older forms of commands, and those of other runners, are found anywhere in a line. */
function apart(text: string): string {
  return text.replaceAll('##', '#\\x23');
}

/** A line of the job's log that no runner takes for a command. */
function plain(line: string): string {
  return `golive: ${apart(shown(line, 4000))}`;
}
