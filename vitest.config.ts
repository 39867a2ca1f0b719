// What `npm test` runs: sampled, quick, nothing beyond loopback. Whole counts are in `*.full.test.ts`.

import { defineConfig } from 'vitest/config';
import { leftOut } from './test/support/long.ts';
import { quickFolder } from './test/support/quick-folder.ts';

/** They stand in for a module of Node's, which nobody else may see. */
const alone = ['test/effects/dns.test.ts'];

// oxlint-disable-next-line import/no-default-export -- the runner asks for it
export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts'],
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.full.test.ts', 'node_modules/**', ...alone, ...leftOut(process.argv)],
          // Clients of AWS take longer to load than most tests take: files share what is loaded.
          isolate: false,
          testTimeout: 60_000,
          env: { ...quickFolder(), TZ: 'UTC', CI: '', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
        },
      },
      { extends: true, test: { name: 'alone', include: alone, testTimeout: 60_000, env: { TZ: 'UTC', CI: '' } } },
    ],
  },
});
