// The programs the bench starts, and nothing else: each run to its end, none outliving the bench.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const longestMs = 20_000;

/** The path of a file of the project. */
export function pathOf(name) {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}

/** Milliseconds from start to end of `node ARGS`. Throws with what it printed when it does not exit with 0. */
export function timeOf(args, options = {}) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], timeout: longestMs });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const took = performance.now() - began;
      if (code === 0) resolve(took);
      else reject(new Error(`node ${args.join(' ')} ended with ${signal ?? code}:\n${printed}`));
    });
  });
}

/** The server with its port, what it was asked since the last time (`{ sent, distinct }`), and `stop`. */
export async function startServer() {
  const child = spawn(process.execPath, [pathOf('bench/server.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const port = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error('the server of the bench ended')));
    child.stdout.once('data', (chunk) => resolve(Number(chunk)));
  });
  const origin = `http://127.0.0.1:${port}`;
  return {
    port,
    origin,
    asked: async () => (await fetch(`${origin}/-/asked`, { headers: { connection: 'close' } })).json(),
    stop: () => child.kill(),
  };
}
