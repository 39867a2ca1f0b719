// Rules about load: what is written out is an address that a target lists. What is filled in is held against it later.

import { entryProblem, isListed } from '../steps/load-list.ts';
import { callOf, probesIn } from './calls.ts';
import { isTemplate } from './interpolate.ts';
import type { Lint } from './lint.ts';

export function lintLoads({ body, steps, kinds, report }: Lint): void {
  const targets = Object.values(body.targets);
  for (const { load = [] } of targets) {
    for (const [index, entry] of load.entries()) {
      const wrong = isTemplate(entry) ? undefined : entryProblem(entry);
      if (wrong !== undefined) report.value(load, index, `\`load\`: ${entry.slice(0, 200)} ${wrong}`);
    }
  }
  const entries = targets.flatMap(({ load = [] }) => load);
  if (entries.some(isTemplate)) return;
  for (const container of probesIn(body, steps)) {
    const call = callOf(container, kinds);
    const url = call?.kind.loads === undefined ? undefined : call.args['url'];
    if (call === undefined || typeof url !== 'string' || isTemplate(url) || isListed(url, entries)) continue;
    const hint = 'add `load: [URL]` to a target, if the owner of that address agrees';
    report.value(call.args, 'url', `no target lists ${url.slice(0, 200)} under \`load\``, hint);
  }
}
