// How near the percentiles of `http.load` come to those of a server that waits for as long as is known beforehand.

import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { pathOf } from './programs.mjs';

/** Of fifty answers in a row 45 take 20 ms, four 120 and one 200: the 95th of a hundred is in the midst of those of 120. */
const waits = [...Array.from({ length: 45 }, () => 20), 120, 120, 120, 120, 200];

/** The 95th percentile that was measured, and the one that the server was made for, both in ms. */
export async function loadFigures() {
  const { openLoad } = await import(pathToFileURL(pathOf('dist/effects/load.js')).href);
  let served = 0;
  const server = createServer((_, response) => {
    const wait = waits[served % waits.length];
    served += 1;
    setTimeout(() => response.end('ok'), wait);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const origin = `http://127.0.0.1:${server.address().port}`;
    const load = openLoad({ connectTo: [], env: {} }, [origin]);
    const request = { url: `${origin}/`, users: 20, forMs: 8000, headers: {}, timeoutMs: 5000 };
    const { latency, requests, errors } = await load.run(request, new AbortController().signal);
    if (errors > 0 || requests !== served) throw new Error(`${served} served, ${requests} counted, ${errors} errors`);
    const known = Array.from({ length: served }, (_, index) => waits[index % waits.length]).toSorted((a, b) => a - b);
    return [latency.p95, known[Math.ceil(0.95 * served) - 1]];
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
