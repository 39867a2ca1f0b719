// A small whole checklist around the part a test is about, and everything lint says of it.

import { loadChecklist } from '../../src/checklist/load.ts';
import type { Checklist } from '../../src/checklist/read.ts';
import { loadCatalogue } from '../../src/effects/catalogue.ts';
import { kinds } from '../../src/steps/index.ts';

/** The lines of a checklist, with `parts` instead of the usual ones; `steps` stand at column 11, from line 15 on. */
export function checklistText(parts: { steps?: string; top?: string; targets?: string } = {}): string {
  const steps =
    parts.steps ??
    '- { id: one, title: One, probe: { http: { url: "https://x.example/" } }, expect: [{ path: status, eq: 200 }] }';
  return `golive: 1
name: demo
title: A demonstration
documents: { doc: The paper }
targets: ${parts.targets ?? '{ prod: { aws: { account: "111111111111", region: us-east-1 } } }'}
roles: { lead: { title: Lead }, ops: { title: Operations } }
${parts.top ?? 'values: { host: x.example }'}
phases:
  - id: first
    title: First
    at: T-1h
    sections:
      - title: Checks
        steps:
${indented(steps)}
`;
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `          ${line}`)
    .join('\n');
}

/** What is wrong with a checklist, as `line:column message (hint)`. */
export async function mistakesIn(text: string): Promise<readonly string[]> {
  const { problems } = await loadChecklist(text, 'demo.yaml', kinds, loadCatalogue);
  return problems.map(
    ({ line, column, message, hint }) => `${line}:${column} ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );
}

/** A checklist that must be without mistakes. */
export async function loaded(text: string): Promise<Checklist> {
  const { checklist, problems } = await loadChecklist(text, 'demo.yaml', kinds, loadCatalogue);
  if (checklist === undefined) throw new Error(problems.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return checklist;
}
