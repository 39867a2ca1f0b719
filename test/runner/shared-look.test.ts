// Two steps that share one look wait for the same one, also in a rehearsal, whose time moves on only while nobody works.

import { expect, test } from 'vitest';
import { checklistText } from '../checklist/given.ts';
import { playText } from '../wrong-passes/given.ts';

test('a shared look that takes its time is taken once, and both steps get its facts', async () => {
  const text = checklistText({
    top: 'probes: { page: { web_vitals: { url: "https://app.navralabs.com/" } } }',
    steps: `- { id: lcp, title: LCP, probe: page, expect: [{ path: lcp_ms, lt: 2500 }] }
- { id: cls, title: CLS, probe: page, expect: [{ path: cls, lt: 0.1 }] }`,
  });
  const vitals = { page: { url: 'https://app.navralabs.com/', lcp_ms: 1800, cls: 0.3, takes: '5s' } };
  const played = await playText(text, { patch: { vitals } });
  expect([played.exit, played.verdicts]).toEqual([1, { lcp: 'pass', cls: 'fail' }]);
});
