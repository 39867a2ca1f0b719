// Makes a verdict fit a line: what others wrote may be too much, and that must not stop a run.

import type { Bodies } from '../engine/events.ts';

/** Lengths that texts of findings are cut to, one after the other, until the body fits. */
const cuts = [500, 200, 80, 30];
/** Bytes of the body as JSON; the rest of a line of 64 KiB is for the fields around it and the signature. */
const room = 60_000;
const mostFindings = 100;
const mostRequests = 50;

/**
 * `body` with texts of at most 500 characters, 100 findings and 50 request ids; with shorter texts when that is still
 * too much. What is cut is in the facts.
 */
export function fitted(body: Bodies['step.verdict']): Bodies['step.verdict'] {
  let short = body;
  for (const length of cuts) {
    short = cutTexts(short, length);
    if (Buffer.byteLength(JSON.stringify(short)) <= room) break;
  }
  return short;
}

function cutTexts(body: Bodies['step.verdict'], length: number): Bodies['step.verdict'] {
  const cut = (text: string): string => (text.length <= length ? text : `${text.slice(0, length - 1)}…`);
  const findings = body.findings.slice(0, mostFindings).map((finding) => {
    const { hint, ...texts } = finding;
    const short = { ...texts, expected: cut(texts.expected), observed: cut(texts.observed) };
    return hint === undefined ? short : { ...short, hint: cut(hint) };
  });
  return { ...body, findings, reason: cut(body.reason), requests: body.requests.slice(0, mostRequests) };
}
