// A report as Markdown, for a ticket or a step summary: the verdict, the log, what was no plain pass, then every phase.

import { alsoText, exceptionsByCause, type Exception } from './report-causes.ts';
import type { Report, ReportPhase, ReportStep } from './report-model.ts';
import { countsText, headline, shown, standingOf, stepLines } from './report-words.ts';
import { verificationLines } from './verification.ts';

/** GitHub refuses the whole summary of a step that is larger than 1 MiB; in bytes, with room for what else is in it. */
const mostBytes = 1_000_000;

/** The page, with a line feed at its end. What would make it too large for a step summary is left out at its end, and counted. */
export function reportMarkdown(report: Report): string {
  const log = logLines(report);
  const lines = [
    ...headLines(report),
    ...exceptionLines(exceptionsByCause(report)),
    ...report.phases.flatMap(phaseLines),
  ];
  const left = mostBytes - bytesOf(log);
  let size = 0;
  const fits = lines.findIndex((line) => (size += bytesOf([line])) > left);
  if (fits === -1) return [...lines, ...log, ''].join('\n');
  const cut = `**Cut here**: ${lines.length - fits} more lines. \`golive report\` has all of it in another format.`;
  return [...lines.slice(0, fits), '', cut, '', ...log, ''].join('\n');
}

/** Of the lines with their line feeds, in UTF-8. */
function bytesOf(lines: readonly string[]): number {
  return lines.reduce((size, line) => size + new TextEncoder().encode(line).length + 1, 0);
}

function headLines(report: Report): readonly string[] {
  const { name, title, run, mode, from, to, checklist, verification, marks } = report;
  const [log = ''] = verificationLines(verification);
  const stands = standingOf(report);
  const { endpoints } = verification;
  return [
    `# ${headline(report)}: ${md(name)}`,
    '',
    ...(title === '' ? [] : [md(`Checklist: ${title}`), '']),
    `- run ${md(run)}${mode === 'run' ? '' : `, ${md(mode.replace('-', ' '))}`}, ${from === '' ? 'without events' : `${from} to ${to}`}`,
    `- steps: ${countsText(report)}`,
    `- checklist: ${md(checklist.path)}, SHA-256 ${md(checklist.digest)}${checklist.at_hand ? '' : ' (not at hand: steps have no titles and no lines here)'}`,
    `- log: ${stands === 'broken' ? '**does not hold**: ' : ''}${md(log)}`,
    ...(endpoints.length === 0
      ? []
      : [`- ${md(endpoints.join(', '))} stood in for AWS: this is not evidence about AWS`]),
    ...marks.map(({ type, at, text }) => `- ${type} at ${at}: ${md(text)}`),
    '',
  ];
}

function exceptionLines(exceptions: readonly Exception[]): readonly string[] {
  if (exceptions.length === 0) return ['## Exceptions', '', 'None: every step that was taken is a plain pass.', ''];
  return [
    '## Exceptions',
    '',
    '| step | verdict | what was expected and seen, and what people said |',
    '| --- | --- | --- |',
    ...exceptions.map((exception) => {
      const { step } = exception;
      const said = [...stepLines(step).map((line) => md(line)), md(alsoText(exception), 4000)];
      return row([nameOf(step), verdictOf(step), said.filter((line) => line !== '').join('<br>')]);
    }),
    '',
  ];
}

function phaseLines({ id, title, planned, opened, closed, steps }: ReportPhase): readonly string[] {
  const times = [
    ...(planned === '' ? [] : [`planned ${md(planned)}`]),
    opened === '' ? 'not opened' : `opened ${opened}`,
    ...(closed === '' ? [] : [`closed ${closed}`]),
  ];
  const head = [`## Phase ${md(id)}${title === '' ? '' : `: ${md(title)}`}`, '', times.join(', '), ''];
  if (steps.length === 0) return head;
  return [
    ...head,
    '| step | verdict | attempt | begun | took | what was said |',
    '| --- | --- | --- | --- | --- | --- |',
    ...steps.map((step) =>
      row([
        nameOf(step),
        verdictOf(step),
        step.attempt === 0 ? '' : String(step.attempt),
        step.begun,
        step.ended === '' ? '' : `${(step.tookMs / 1000).toFixed(3)} s`,
        saidOf(step),
      ]),
    ),
    '',
  ];
}

function logLines({ verification }: Report): readonly string[] {
  return ['## Log', '', ...verificationLines(verification).map((line) => `- ${md(line.trim().replace(/ +/g, ' '))}`)];
}

function nameOf({ id, title }: ReportStep): string {
  return title === '' ? md(id) : `${md(id)}: ${md(title)}`;
}

function verdictOf({ word, severity }: ReportStep): string {
  const strong = word === 'pass' || word === 'skip' || word === 'deferred' ? word : `**${word}**`;
  return severity === 'advisory' || severity === 'critical' ? `${strong} (${severity})` : strong;
}

/** What was seen where it passed: the exceptions have the rest. */
function saidOf(step: ReportStep): string {
  const { word, findings, answer, votes, reason } = step;
  if (word === 'skip' || word === 'deferred') return md(reason);
  if (word !== 'pass') return 'see above';
  const seen = findings.slice(0, 3).map(({ expected, observed }) => md(`${expected}: ${observed}`, 200));
  const more = findings.length > 3 ? [`and ${findings.length - 3} more in the log`] : [];
  const answered = answer === undefined ? [] : [md(`answered by ${answer.by}: ${answer.answer}`)];
  const voted = votes.map(({ role, decision, by }) => md(`${role}: ${decision} by ${by}`));
  if (answer !== undefined) return answered.join('<br>');
  // What a gate saw is its votes.
  return (voted.length > 0 ? voted : [...seen, ...more]).join('<br>');
}

/** One row of a table, of cells that are Markdown already. */
function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', $: '&#36;' };
/** A space of no width, written so that whoever reads the source sees it. */
const apart = '&#8203;';
const special =
  /[&<>$\\`*_[\]|~#@]|[!%](?=\w)|:(?=\/\/|[a-z+-][\w+-]*:|\d[\w+-]*[a-z][\w+-]*:|1(?:00|234):)|www(?=\.)|GH-(?=\d)/gi;

/**
 * Text of others as text of Markdown: made visible, cut, and without markup. What GitHub and GitLab look for in the finished
 * text (mentions, references to issues, addresses, emoji by name) is taken apart: a backslash does not keep them from it.
 */
function md(text: string, most?: number): string {
  return shown(text, most).replace(special, (found, at: number, whole: string) => {
    const entity = entities[found];
    if (entity !== undefined) return entity;
    if (found === '#') return /^\w/.test(whole.slice(at + 1, at + 2)) ? `\\#${apart}` : '\\#';
    return /^[\\`*_[\]|~]$/.test(found) ? `\\${found}` : `${found}${apart}`;
  });
}
