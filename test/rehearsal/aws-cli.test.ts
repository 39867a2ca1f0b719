// Three of the things somebody does with the stock `aws` command, drawn with a printed seed.

import { describe, test } from 'vitest';
import { drawn } from '../support/drawn.ts';
import { awsCases, awsIsHere } from './aws-cli-cases.ts';

describe.runIf(awsIsHere)('the stock aws command', () => {
  for (const [title, run] of drawn('aws', awsCases, 1)) test(title, run);
});
