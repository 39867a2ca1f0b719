// Holds the run whose local/ is the first argument, says what came of it, and lives until it is killed.

import { holdRun } from '../../../dist/effects/holder.js';

const who = () => ({ principal: 'ada@example.com', host: 'desk', since: '2026-03-01T12:00:00.000Z', what: 'looking' });
const hold = await holdRun(process.argv[2], { who, stop: () => undefined });
process.stdout.write(`${JSON.stringify(hold)}\n`);
setInterval(() => undefined, 60_000);
