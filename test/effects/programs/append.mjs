// Appends to a run until it is killed, and says every line that the store acknowledged.

import { writeSync } from 'node:fs';
import { fileStore } from '../../../dist/effects/store-file.js';

const [root, run, name, count] = process.argv.slice(2);
const store = fileStore(root);
for (let seq = 0, mine = 0; mine < Number(count); seq += 1) {
  const line = Buffer.from(`${name} ${mine}`);
  const answer = await store.append(run, seq, line);
  if (typeof answer === 'object') continue;
  writeSync(1, `${seq} ${line.toString()}\n`);
  mine += 1;
}
