// What `npm test` runs: sampled, quick, nothing beyond loopback. Whole counts are in `*.full.test.ts`.

import { defineConfig } from 'vitest/config';
import { quickFolder } from './test/support/quick-folder.ts';

// oxlint-disable-next-line import/no-default-export -- the runner asks for it
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.full.test.ts', 'node_modules/**'],
    globalSetup: ['test/support/build.ts'],
    testTimeout: 60_000,
    maxWorkers: 2,
    env: { ...quickFolder(), TZ: 'UTC', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});
