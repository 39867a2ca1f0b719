// How many requests are under way at once: counted as AWS counts them, by service.

import { expect, it } from 'vitest';
import { ask, rehearse, serve } from './aws-server.ts';

it('at most eight requests to one service are under way, and they do not hold up another service', async () => {
  const nine = gate();
  const release = gate();
  const server = await serve(async (_request, nth) => {
    if (nth === 9) nine.resolve();
    await release.promise;
    return {};
  });
  const session = await rehearse(server.endpoint);
  try {
    const names = Array.from({ length: 9 }, (_, at) => `cluster-${at}`);
    const answers = [
      ...names.map((name) => ask(session, 'ecs:DescribeClusters', { clusters: [name] })),
      ask(session, 'logs:DescribeLogGroups', {}),
    ];
    await nine.promise;
    const asked = server.seen.map(({ operation }) => operation);
    expect(asked.filter((operation) => operation === 'DescribeClusters')).toHaveLength(8);
    expect(asked.filter((operation) => operation === 'DescribeLogGroups')).toHaveLength(1);
    release.resolve();
    await Promise.all(answers);
    expect(server.seen).toHaveLength(10);
  } finally {
    release.resolve();
    await session.close();
    await server.close();
  }
});

function gate(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
