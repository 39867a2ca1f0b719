// What `npm run test:full` runs: every flip, every kill, every patch. Takes minutes.

import { defineConfig } from 'vitest/config';
import { quickFolder } from './test/support/quick-folder.ts';

// oxlint-disable-next-line import/no-default-export -- the runner asks for it
export default defineConfig({
  test: {
    // Those with a name are sampled in `npm test`, and have no full test of their own.
    include: [
      'test/**/*.full.test.ts',
      'test/docs/verify-sh.test.ts',
      'test/rehearsal/isolation.test.ts',
      'test/pty/{cutover,prompts,signals}.test.ts',
    ],
    globalSetup: ['test/support/build.ts'],
    testTimeout: 1_800_000,
    maxWorkers: 2,
    env: {
      ...quickFolder(),
      GOLIVE_TEST_ALL: 'yes',
      TZ: 'UTC',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  },
});
