// What `npm run test:full` runs: every flip, every kill, every patch. Takes minutes.

import { defineConfig } from 'vitest/config';
import { sampled } from './test/support/long.ts';
import { quickFolder } from './test/support/quick-folder.ts';

// oxlint-disable-next-line import/no-default-export -- the runner asks for it
export default defineConfig({
  test: {
    // The long ones are drawn by lot in `npm test`, and sampled within themselves.
    include: ['test/**/*.full.test.ts', ...sampled],
    globalSetup: ['test/support/build.ts'],
    testTimeout: 1_800_000,
    maxWorkers: 2,
    env: {
      ...quickFolder(),
      GOLIVE_TEST_ALL: 'yes',
      TZ: 'UTC',
      CI: '',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  },
});
