// Facts as a block of text: what was seen, as JSON that a person can read, capped.

import type { Json } from '../engine/json.ts';
import { fit, type Page } from './layout.ts';
import { visible } from './text.ts';

/** How many lines of facts are shown; the blob has all. */
const linesMax = 30;

/** What one attempt saw. */
export function factLines(page: Page, facts: Json | undefined): string[] {
  if (facts === undefined) return [page.theme.dim('      nothing was seen')];
  const lines = JSON.stringify(facts, null, 2).split('\n');
  const shown = lines.slice(0, linesMax).map((line) => page.theme.dim(fit(page, `      ${visible(line)}`)));
  if (lines.length > linesMax) shown.push(page.theme.dim(`      and ${lines.length - linesMax} more lines in the log`));
  return shown;
}
