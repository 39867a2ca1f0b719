// `npm run bench`: what golive costs on top of what has to be paid anyway, as ratios of medians from one run. Figures,
// not a test: it ends with 0 whatever they are. Everything stays on loopback and in a temporary folder.

import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appendTimes } from './append.mjs';
import { loadFigures } from './load.mjs';
import { phaseArguments, phaseEnvironment } from './phase.mjs';
import { reportRows } from './report.mjs';
import { pathOf, startServer, startStandIn, timeOf } from './programs.mjs';

const golive = pathOf('dist/main.js');
const loadTitle = 'p95 of http.load against that of the server';
const phaseTitle = 'the phase T-7d at 50 ms against a bare script';
const folder = mkdtempSync(join(tmpdir(), 'golive-bench-'));
const server = await startServer();
try {
  const rows = [
    ...(await measured('golive --version against node -e 0', () => versionRows(40))),
    ...(await measured('25 checks at 50 ms against a bare script', () => checksRows(15))),
    ...(await measured(phaseTitle, () => phaseRows(11))),
    ...(await measured('append against write, fsync, link, fsync, unlink', () => appendRows(600))),
    ...(await measured('a report of a long log', async () =>
      (await reportRows(folder)).map(([what, one, other, aim, unit]) => ratioRow(what, one, other, aim, unit)),
    )),
    ...(await measured(loadTitle, async () => [ratioRow(loadTitle, ...(await loadFigures()), 1.1, ' ms')])),
  ];
  process.stdout.write(tableOf(rows));
} finally {
  server.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** The rows of one measurement; one that could not be made does not hide the others. */
async function measured(what, measure) {
  try {
    return await measure();
  } catch (error) {
    process.stderr.write(`${what}: ${error instanceof Error ? error.message : String(error)}\n`);
    return [[what, '-', '-', '-', '-', 'not measured']];
  }
}

async function versionRows(rounds) {
  const times = await inTurns(
    rounds,
    () => timeOf([golive, '--version']),
    () => timeOf(['-e', '0']),
  );
  return [row('golive --version against node -e 0', times, 1.5)];
}

async function checksRows(rounds) {
  cpSync(pathOf('bench/checklists'), join(folder, 'checklists'), { recursive: true });
  const digest = createHash('sha256')
    .update(readFileSync(pathOf('bench/checklists/bench.yaml')))
    .digest('hex');
  const connect = ['--connect-to', `app.bench.test:80:127.0.0.1:${server.port}`];
  const args = ['run', 'bench-local', '--dry-run', '--allow-endpoint', '--trust-checklist', digest, ...connect];
  const options = { cwd: folder, env: environment(server) };
  const title = '25 checks at 50 ms against a bare script';
  const bare = () => timeOf([pathOf('bench/bare-checks.mjs')], options);
  return askingRows(title, { rounds, aim: 1.5, server }, () => timeOf([golive, ...args], options), bare);
}

/** All looks of a week before, against the stand-in: its answers are kept, so that every one takes the same 50 ms. */
async function phaseRows(rounds) {
  const standIn = await startStandIn(golive, { cwd: folder });
  const proxy = await startServer(standIn.awsUrl);
  try {
    const options = { cwd: folder, env: { ...environment(proxy), ...phaseEnvironment } };
    const args = [golive, ...phaseArguments(standIn)];
    // A part of a run is never a go; and the certificate of the stand-in expires one day.
    const whole = () => timeOf(args, { ...options, exits: [1, 2] });
    const bare = () => timeOf([pathOf('bench/bare-phase.mjs')], options);
    return await askingRows(phaseTitle, { rounds, aim: 1.4, server: proxy }, whole, bare);
  } finally {
    proxy.stop();
    standIn.stop();
  }
}

/** The times of two programs that ask a server for the same, and of golive's requests how many were distinct. */
async function askingRows(title, { rounds, aim, server: asking }, one, other) {
  const asked = { golive: [], bare: [] };
  const noted = (who, run) => async () => {
    const took = await run();
    asked[who].push(await asking.asked());
    return took;
  };
  const times = await inTurns(rounds, noted('golive', one), noted('bare', other));
  const [first] = asked.bare;
  const same = [...asked.golive, ...asked.bare].every(
    ({ distinct }) => distinct.join('\n') === first.distinct.join('\n'),
  );
  if (!same) throw new Error('golive and the bare script did not ask for the same');
  const mean = (of) => asked.golive.reduce((sum, each) => sum + of(each), 0) / asked.golive.length;
  return [
    row(title, times, aim),
    ratioRow(
      'requests against distinct requests, per run',
      mean(({ sent }) => sent),
      mean(({ distinct }) => distinct.length),
      1,
    ),
  ];
}

/** Nothing of the person's own configuration or credentials gets in. */
function environment({ origin }) {
  return {
    PATH: process.env.PATH,
    HOME: folder,
    AWS_ENDPOINT_URL: origin,
    AWS_ACCESS_KEY_ID: 'AKIABENCH',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AWS_EC2_METADATA_DISABLED: 'true',
    BENCH_ORIGIN: origin,
  };
}

async function appendRows(count) {
  return [row('append against write, fsync, link, fsync, unlink', await appendTimes(folder, count), 1.5)];
}

/** Both in turns, so that whatever else the machine does hits both. The first round warms up and is not counted. */
async function inTurns(rounds, first, second) {
  const times = { golive: [], bare: [] };
  for (let round = 0; round <= rounds; round += 1) {
    const one = await first();
    const other = await second();
    if (round === 0) continue;
    times.golive.push(one);
    times.bare.push(other);
  }
  return times;
}

function row(what, times, aim) {
  return ratioRow(what, median(times.golive), median(times.bare), aim, ' ms');
}

function ratioRow(what, one, other, aim, unit = '') {
  const ratio = one / other;
  // Two digits are shown, and what is shown is judged; where there is no aim, it is only shown.
  const verdict = aim === undefined ? '' : Number(ratio.toFixed(2)) <= aim ? 'ok' : 'over';
  const shown = (value) => `${Number(value.toFixed(2))}${unit}`;
  return [what, shown(one), shown(other), ratio.toFixed(2), aim?.toFixed(1) ?? '-', verdict];
}

function median(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function tableOf(rows) {
  const all = [['what', 'golive', 'bare', 'ratio', 'aim', ''], ...rows];
  const widths = all[0].map((_, column) => Math.max(...all.map((cells) => cells[column].length)));
  const line = (cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd();
  return `${all.map(line).join('\n')}\n`;
}
