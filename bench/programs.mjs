// The programs the bench starts, and nothing else: each run to its end, none outliving the bench.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const longestMs = 60_000;

/** The path of a file of the project. */
export function pathOf(name) {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}

/** Milliseconds from start to end of `node ARGS`. Throws with what it printed when it ends in another way than `exits`. */
export function timeOf(args, { exits = [0], ...options } = {}) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], timeout: longestMs });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const took = performance.now() - began;
      if (exits.includes(code)) resolve(took);
      else reject(new Error(`node ${args.join(' ')} ended with ${signal ?? code}:\n${printed}`));
    });
  });
}

/** `golive stand-in aep-prod`: what it prints for those who are to reach it (`awsUrl`, `dns`, `connectTo`, `ca`), and `stop`. */
export async function startStandIn(golive, options) {
  const stdio = ['ignore', 'pipe', 'inherit'];
  const child = spawn(process.execPath, [golive, 'stand-in', 'aep-prod', '--json'], { ...options, stdio });
  const printed = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error('the stand-in ended')));
    child.stdout.once('data', (chunk) => resolve(chunk));
  });
  return { ...JSON.parse(printed), stop: () => child.kill() };
}

/**
 * The server with its port, what it was asked since the last time (`{ sent, distinct }`), and `stop`. With the address of
 * a stand-in it gives that one's answers.
 */
export async function startServer(...standIn) {
  const args = [pathOf('bench/server.mjs'), ...standIn];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
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
