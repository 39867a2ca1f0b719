// The rule about tokens: one comes from an input that is secret, so that it stands in no file, plan or log.

import { callOf, probesIn } from './calls.ts';
import { isTemplate, referencesIn, rootOf } from './interpolate.ts';
import type { Lint } from './lint.ts';

const hint = 'inputs: { github_token: { question: …, secret: true } }, and here token: "${github_token}"';

export function lintTokens(lint: Lint): void {
  for (const container of probesIn(lint.body, lint.steps)) {
    const { name, args } = callOf(container, lint.kinds) ?? {};
    if (name !== 'github' || args === undefined || typeof args['token'] !== 'string') continue;
    const { token } = args;
    const [path = ''] = isTemplate(token) ? referencesIn(token) : [];
    const defined = lint.names.get(rootOf(path));
    // What is called by no name at all is another rule's mistake.
    if (path !== '' && defined === undefined) continue;
    if (defined?.sort === 'secret' && token === `\${${rootOf(path)}}`) continue;
    lint.report.value(args, 'token', 'a token comes from an input with `secret: true`, by itself', hint);
  }
}
