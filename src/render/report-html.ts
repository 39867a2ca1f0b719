// A report as one page of HTML that needs nothing else: no script, no address, one style sheet that is named by its hash.

import { toBase64 } from '../log/base64.ts';
import { digest } from '../log/canonical.ts';
import { el, lines, sheet, type Html } from './html.ts';
import { exceptionsHtml, exceptionsTitle, headHtml } from './report-html-head.ts';
import { logHtml } from './report-html-log.ts';
import { stepsHtml } from './report-html-steps.ts';
import { reportStyle } from './report-html-style.ts';
import { timelineHtml } from './report-html-timeline.ts';
import { watchHtml } from './report-html-watch.ts';
import { historyOf } from './report-history.ts';
import type { Report, Reported } from './report-model.ts';
import { timelineOf } from './report-timeline.ts';
import type { KeptEvidence } from './report-watch.ts';
import { headline, shown } from './report-words.ts';

/**
 * The page, with a line feed at its end: the same for the same log and evidence. `evidence` has what `drawnDigests` asks for, as
 * far as it is there. It is HTML and well-formed XML at once.
 */
export function reportHtml(report: Report, reported: Reported, evidence: KeptEvidence): string {
  const history = historyOf(reported.events);
  const { t0 } = reported.state;
  const body = el(
    'body',
    {},
    el('a', { class: 'skip', href: '#exceptions' }, 'To the exceptions'),
    patterns(),
    lines([
      headHtml(report, t0),
      contentsOf(report),
      el(
        'main',
        {},
        lines([
          exceptionsHtml(report, history),
          timelineHtml(timelineOf(report, reported), {
            t0: t0 === undefined ? undefined : Date.parse(t0),
            rehearsal: report.rehearsal,
          }),
          watchHtml(report, reported, history, evidence),
          stepsHtml(report, history),
          logHtml(report),
        ]),
      ),
    ]),
  );
  const page = el('html', { lang: 'en' }, lines([headOf(report), body]));
  return `<!doctype html>\n${page.markup}\n`;
}

function headOf(report: Report): Html {
  const { name, run } = report;
  return el(
    'head',
    {},
    lines([
      el('meta', { charset: 'utf-8' }),
      el('meta', { 'http-equiv': 'Content-Security-Policy', content: policyOf(reportStyle) }),
      el('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      el('meta', { name: 'color-scheme', content: 'light dark' }),
      el('meta', { name: 'referrer', content: 'no-referrer' }),
      // Otherwise a browser asks whoever serves this page for a picture of its own.
      el('link', { rel: 'icon', href: 'data:,' }),
      el('title', {}, shown(`${headline(report)}: ${name}, ${run}`, 300)),
      sheet(reportStyle),
    ]),
  );
}

/** Nothing is loaded and nothing is run, whatever a log brings with it. Who may frame it cannot be said from inside a page. */
function policyOf(style: string): string {
  const hash = toBase64(Uint8Array.from(digest(style).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
  return `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
}

function contentsOf(report: Report): Html {
  const places = [
    ['exceptions', exceptionsTitle(report)],
    ['timeline', 'Timeline'],
    ['watch', 'Watch windows'],
    ['steps', 'Every step'],
    ['log', 'The log'],
  ] as const;
  return el(
    'nav',
    { 'aria-label': 'Contents' },
    el(
      'ul',
      {},
      places.map(([id, words]) => el('li', {}, el('a', { href: `#${id}` }, words))),
    ),
  );
}

/** What bars are filled with that have to be told apart without colours. */
function patterns(): Html {
  const pattern = (id: string, under: string, over: string): Html =>
    el(
      'pattern',
      { id, width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
      el('rect', { class: under, width: 6, height: 6 }),
      el('rect', { class: over, width: 3, height: 6 }),
    );
  return el(
    'svg',
    { class: 'patterns', width: 0, height: 0, 'aria-hidden': 'true' },
    el('defs', {}, pattern('both-fill', 'machine', 'people'), pattern('unclosed-fill', 'track', 'actual')),
  );
}
