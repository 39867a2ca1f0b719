// All that somebody does with the stock `aws` command.

import { describe, test } from 'vitest';
import { awsCases, awsIsHere } from './aws-cli-cases.ts';

describe.runIf(awsIsHere)('the stock aws command', () => {
  for (const [title, run] of awsCases) test(title, run);
});
