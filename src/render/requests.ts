// The requests a plan makes as a table: what is asked, how often at least, and for which steps.

import type { PlanRequests, Requests } from '../checklist/requests.ts';
import type { Page } from './layout.ts';
import { tableLines, type Column } from './table.ts';
import { columns, visible, wrap } from './text.ts';

/** What is asked takes at most this share of the page, so that there is room for the steps. */
const widestShare = 0.5;
const indent = 2;

/** By phase and in total, no wider than the page. `accounts`: how many AWS is asked about at the start. */
export function requestLines(
  page: Page,
  { phases, total, atLeast }: PlanRequests,
  accounts: number,
): readonly string[] {
  const layout = layoutOf(page, total);
  const lines = phases.flatMap((phase) => {
    const head = `${phase.at}  ${visible(phase.title)} (${phase.id}): ${counted(phase.atLeast, 'request')}`.trimStart();
    return [page.theme.bold(head), ...rowsOf(phase.requests, layout), ''];
  });
  const operations = new Set(total.flatMap(({ type, what }) => (type === 'aws' ? [what] : []))).size;
  const others = counted(total.length - operations, 'other');
  const sum = `In all ${counted(atLeast, 'request')}: ${counted(operations, 'operation')} of AWS, ${others}.`;
  const least =
    'At least: pages, retries and whatever has to be waited for come on top, and what could not go out together.';
  const start = `Every session begins with sts:GetCallerIdentity${accounts > 1 ? ` in ${accounts} accounts` : ''}.`;
  return [...lines, page.theme.bold(sum), ...wrap(`${least} ${start}`, page.width)];
}

function layoutOf(page: Page, all: readonly Requests[]): readonly Column[] {
  const longest = Math.max(0, ...all.map(({ what }) => columns(visible(what))));
  const what = Math.min(longest, Math.floor(page.width * widestShare));
  const number = Math.max(1, ...all.map(({ atLeast }) => String(atLeast).length));
  const steps = page.width - indent - what - number - 4;
  return [{ width: what }, { width: number, align: 'right' }, { width: steps, paint: page.theme.dim }];
}

function rowsOf(requests: readonly Requests[], layout: readonly Column[]): readonly string[] {
  const rows = requests.map(({ what, atLeast, steps }) => [what, String(atLeast), steps.join(', ')]);
  return tableLines(rows, layout, indent);
}

function counted(number: number, word: string): string {
  return `${number === 0 ? 'no' : number} ${word}${number === 1 ? '' : 's'}`;
}
