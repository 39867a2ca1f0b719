// How many requests of a session are under way at once, whatever they ask.

import { expect, it } from 'vitest';
import { ask, rehearse, serve } from './aws-server.ts';

it('at most eight requests of a session are under way, to whatever service, and they hold up no other session', async () => {
  const [eight, nine] = [gate(), gate()];
  const release = gate();
  const server = await serve(async (_request, nth) => {
    if (nth === 8) eight.resolve();
    if (nth === 9) nine.resolve();
    await release.promise;
    return {};
  });
  const session = await rehearse(server.endpoint);
  const other = await rehearse(server.endpoint);
  try {
    const answers = [
      ...Array.from({ length: 5 }, (_, at) => ask(session, 'ecs:DescribeClusters', { clusters: [`cluster-${at}`] })),
      ...Array.from({ length: 5 }, (_, at) => ask(session, 'logs:DescribeLogGroups', { logGroupNamePrefix: `/${at}` })),
    ];
    await eight.promise;
    // This one has its client yet to make: a ninth of the first session would be there before it.
    answers.push(ask(other, 'secretsmanager:ListSecrets', {}));
    await nine.promise;
    expect(server.seen.filter(({ operation }) => operation !== 'ListSecrets')).toHaveLength(8);
    release.resolve();
    await Promise.all(answers);
    expect(server.seen).toHaveLength(11);
  } finally {
    release.resolve();
    await Promise.all([session.close(), other.close()]);
    await server.close();
  }
});

function gate(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
