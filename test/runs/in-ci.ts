// The CI side of a scenario: the whole command line in this process, with nobody to ask, and every report it leaves.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { runCli } from '../../src/cli.ts';
import { testShell } from '../support/shell.ts';
import { against } from './against.ts';
import { filesOfScenarios, type Scenario } from './scenario.ts';

/** Each format, and the file that it is kept in. */
export const reports = {
  junit: 'report.junit.xml',
  markdown: 'report.md',
  github: 'report.github.txt',
  json: 'report.json',
  ndjson: 'report.ndjson',
  html: 'report.html',
} as const;

export type Format = keyof typeof reports;

export interface CiRun {
  readonly exit: number;
  /** Standard output and below it, where there is any, what was complained of. */
  readonly printed: string;
  readonly reports: Readonly<Record<Format, string>>;
}

const formats = Object.keys(reports) as readonly Format[];

/** Plays it in a folder of its own, with every report asked for at once. */
export async function inCi(scenario: Scenario): Promise<CiRun> {
  const place = mkdtempSync(join(tmpdir(), 'golive-ci-'));
  for (const [path, text] of Object.entries(filesOfScenarios())) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), text);
  }
  const job = new AbortController();
  const { words, env, close } = await against(scenario, scenario.ci.command, place);
  const shell = testShell({ cwd: place, env: { CI: 'true', ...env }, signal: job.signal });
  const output = new PassThrough();
  let printed = '';
  output.on('data', (chunk: Buffer) => {
    printed += chunk.toString('utf8');
    const at = scenario.ci.cancelled_at;
    if (at !== undefined && printed.includes(at)) job.abort('SIGTERM');
  });
  // As main.ts sees a job of CI: no colour, no terminal, the time before every line, and room for it.
  const terminal = { ...shell.terminal, output: output as unknown as NodeJS.WriteStream, stamped: true, width: 122 };
  try {
    const asked = formats.flatMap((format) => ['--report', `${format}:${reports[format]}`]);
    const said = { ...shell, terminal, out: (text: string) => void output.write(`${text}\n`) };
    const exit = await runCli([...words, ...asked], said);
    const complained = shell.complained();
    return {
      exit,
      printed: `${printed}${complained === '' ? '' : `--- standard error\n${complained}`}`,
      reports: Object.fromEntries(formats.map((format) => [format, textIn(join(place, reports[format]))])) as Record<
        Format,
        string
      >,
    };
  } finally {
    await close();
    shell.remove();
    rmSync(place, { recursive: true, force: true });
  }
}

/** What stands in a file; nothing where none was written. */
function textIn(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
