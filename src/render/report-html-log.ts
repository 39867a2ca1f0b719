// The end of the HTML report: what the verification of the log says, its head, and how somebody else comes to the same.

import { code, el, told, type Html } from './html.ts';
import { facts, section } from './report-html-parts.ts';
import type { Report } from './report-model.ts';
import { verificationLines } from './verification.ts';

/** Where the names of the lines end that `golive verify` prints. */
const nameEnds = 12;

/** All that `golive verify` says, and what to do with it. */
export function logHtml({ verification, run, rehearsal }: Report): Html {
  const [verdict = '', ...rest] = verificationLines(verification);
  const rows = rest.map((line) => [line.slice(0, nameEnds).trim(), told(line.slice(nameEnds), 4000)] as const);
  const { head } = verification;
  return section(
    'log',
    'The log',
    el('p', { class: 'log-verdict' }, el('strong', {}, told(verdict, 4000))),
    facts(
      rows.map(([name, text]) => [name === '' ? 'head, to compare' : name, text]),
      'facts wide',
    ),
    el('h3', {}, 'How to verify it'),
    el(
      'p',
      {},
      'This page was made from the log and is no evidence itself: whoever doubts it asks the log. With the run at hand, or the ' +
        'folder that was exported with its evidence:',
    ),
    el(
      'ul',
      { class: 'commands' },
      el('li', {}, code(`golive verify ${run === '' ? 'RUN' : run}${rehearsal ? ' --rehearsal' : ''}`)),
      el('li', {}, code('golive verify PATH-OF-THE-BUNDLE --allowed-signers FILE')),
    ),
    el(
      'p',
      {},
      head.seq < 0
        ? 'There is no head to compare.'
        : [
            'It has to come to the head ',
            code(`${head.seq}:${head.hash}`),
            ', the same as anybody else has noted of this run.',
          ],
    ),
  );
}
