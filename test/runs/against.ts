// What `golive run` of a scenario works against: a stand-in in this process, and the words and variables that lead to it.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openChecklist } from '../../src/commands/open-checklist.ts';
import type { Shell } from '../../src/commands/shell.ts';
import { findWorld } from '../../src/rehearsal/find-world.ts';
import { startStandIn } from '../../src/rehearsal/stand-in.ts';
import { worldToday } from '../../src/rehearsal/today.ts';
import { folder, wordsOf, type Scenario } from './scenario.ts';

export interface Against {
  /** The whole command line, without `golive`. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** What leads a command of this scenario, given in `place`, to where it belongs: a rehearsal brings its own. */
export async function against(scenario: Scenario, command: string, place: string): Promise<Against> {
  const words = wordsOf(command);
  if (words[0] !== 'run') return { words, env: {}, close: async () => undefined };
  const { world } = findWorld({ checklist: 'shop', target: 'staging', cwd: folder, breaks: scenario.stand_in });
  const standIn = await startStandIn({ world: worldToday(world, Date.now()), now: Date.now });
  writeFileSync(join(place, 'ca.pem'), standIn.caPem);
  // The address that a load balancer says it has; whatever goes by DNS finds its own way.
  const balancer = standIn.connectTo.filter(({ host }) => host.endsWith('.amazonaws.com'));
  const ways = balancer.flatMap(({ host, port, toAddress, toPort }) => [
    '--connect-to',
    `${host}:${port}:${toAddress}:${toPort}`,
  ]);
  const dns = ['--dns-server', `${standIn.dns.address}:${standIn.dns.port}`];
  const { checklist } = await openChecklist('shop-staging', quiet(place));
  const trust = ['--trust-checklist', checklist.digest];
  return {
    words: [...words, '--as', 'lena@shop.example', '--allow-endpoint', '--ca', 'ca.pem', ...dns, ...ways, ...trust],
    env: {
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_ACCESS_KEY_ID: 'STANDIN',
      AWS_SECRET_ACCESS_KEY: 'STANDIN',
      AWS_ENDPOINT_URL: standIn.awsUrl,
    },
    close: () => standIn.close(),
  };
}

/** A shell that nothing is said to. */
function quiet(cwd: string): Shell {
  return { out: () => undefined, err: () => undefined, env: {}, cwd };
}
