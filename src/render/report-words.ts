// The words that the formats of a report share: the verdict over the run, what a step expected and saw, who accepted it.

import type { Report, ReportStep } from './report-model.ts';
import { resultWords } from './result.ts';
import { visible } from './text.ts';

/** More characters of one text than this are for the log, not for a report. */
const longestText = 1000;
/** How many sights of one step are shown; the log has all. */
const sightsMax = 5;

const headlines: Readonly<Record<Report['result'], string>> = { ...resultWords, '': 'NOT SEALED' };

/** Foreign text, made visible and cut to `most` UTF-16 units; says how much is missing. */
export function shown(text: string, most = longestText): string {
  const whole = visible(text);
  if (whole.length <= most) return whole;
  // Never half a character.
  const front = whole.slice(0, most).replace(/[\ud800-\udbff]$/, '');
  return `${front}… (${whole.length - front.length} more characters in the log)`;
}

/** Holds: what it says counts. Unchecked: nobody vouches for it, or it is not over. Broken: what it says counts for nothing. */
export function standingOf({ verification, signers_given: given }: Report): 'holds' | 'unchecked' | 'broken' {
  const { verdict, rehearsal, broken, procedure, blobs } = verification;
  if (broken !== undefined || typeof procedure === 'object' || (blobs?.missing.length ?? 0) > 0) return 'broken';
  if (verdict === 'SEALED') return rehearsal ? 'unchecked' : 'holds';
  return verdict === 'OPEN' || (verdict === 'UNTRUSTED' && !given) ? 'unchecked' : 'broken';
}

/** `NO-GO`, or that the log does not hold, whatever it says. Words of golive only. */
export function headline(report: Report): string {
  const word = headlines[report.result];
  if (standingOf(report) === 'broken') return `NOT KNOWN (the log does not hold; it says ${word})`;
  const { rehearsal, mode } = report;
  const what = rehearsal
    ? ' (rehearsal)'
    : mode === 'run' || mode === ''
      ? ''
      : ` (${mode === 'survey' ? mode : 'dry run'})`;
  return `${word}${what}`;
}

/** `12 pass · 1 fail`: what there is any of. */
export function countsText({ counts }: Report): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  return some.map(([word, count]) => `${count} ${word}`).join(' · ');
}

export interface Sight {
  readonly expected: string;
  readonly observed: string;
  readonly hint: string;
}

/** What was expected and seen where it did not pass, made fit to show; `more`: how many are left to the log. */
export function sightsOf({ findings }: ReportStep): { readonly sights: readonly Sight[]; readonly more: number } {
  const missed = findings.filter(({ verdict }) => verdict !== 'pass');
  const sights = missed.slice(0, sightsMax).map(({ expected, observed, hint = '' }) => ({
    expected: shown(expected),
    observed: shown(observed),
    hint: shown(hint),
  }));
  return { sights, more: missed.length - sights.length };
}

/** `waived by ada@example.com until …: REASON`; empty where nobody accepted anything. */
export function acceptedText({ overlay, word }: ReportStep): string {
  if (overlay === undefined) return '';
  const until = overlay.until === '' ? '' : ` until ${overlay.until}`;
  const over = word === overlay.type ? '' : ' (this is over)';
  return shown(`${overlay.type} by ${overlay.by}${until}${over}: ${overlay.words}`);
}

/** What is to be done about a step that is red; empty where that is not known, or it is none. */
export function remedyOf({ word, fix }: ReportStep): string {
  return word === 'fail' || word === 'error' || word === 'inconclusive' ? fix : '';
}

/** What a report says of one step in lines of plain text, one fact each: for people who look into it. */
export function stepLines(step: ReportStep): readonly string[] {
  const { sights, more } = sightsOf(step);
  const { reason, answer, votes, place } = step;
  const accepted = acceptedText(step);
  const remedy = remedyOf(step);
  return [
    ...sights.flatMap(({ expected, observed, hint }) => [
      `expected: ${expected}`,
      `observed: ${observed}`,
      ...(hint === '' ? [] : [`hint: ${hint}`]),
    ]),
    ...(more > 0 ? [`and ${more} more in the log`] : []),
    ...(reason === '' ? [] : [`why: ${shown(reason)}`]),
    ...(remedy === '' ? [] : [`do: ${shown(remedy)}`]),
    ...(accepted === '' ? [] : [accepted]),
    ...(answer === undefined ? [] : [`answered by ${shown(answer.by)}: ${shown(answer.answer)}`]),
    ...(answer === undefined || answer.evidence === '' ? [] : [`evidence: ${shown(answer.evidence)}`]),
    ...votes.map(({ role, decision, by }) => `vote of ${shown(by)} for ${shown(role)}: ${decision}`),
    ...(place.line === 0 ? [] : [`where: ${shown(place.file)}:${place.line}`]),
  ];
}

/** One line that says why a step is what it is. */
export function shortReason(step: ReportStep): string {
  const accepted = acceptedText(step);
  if (accepted !== '') return `${accepted} (${step.word})`;
  const [sight] = sightsOf(step).sights;
  if (sight !== undefined) return `${step.word}: expected ${sight.expected}, observed ${sight.observed}`;
  return step.reason === '' ? step.word : `${step.word}: ${shown(step.reason)}`;
}
