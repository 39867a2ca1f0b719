// golive itself in a terminal: a folder of its own to work in, and what stands in it afterwards.

import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { mergePatch } from '../../src/rehearsal/patch.ts';
import { aroundTheCutover, withPhases } from '../support/phases.ts';
import { refuseBreaches } from '../support/procedure.ts';
import { home } from '../support/shell.ts';
import { start, type Terminal } from './terminal.ts';

const main = join(home, 'dist/main.js');

/** A folder in which golive is run, with `checklists/` in it so that paths on the screen are short and always the same. */
export interface Place {
  readonly folder: string;
  /** Starts golive in a terminal of its own. */
  open(words: readonly string[], look?: Look): Promise<Terminal>;
  /** Runs golive without a terminal. */
  run(
    words: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;
  /** Id of the only run here. */
  runId(): string;
  /** How many events there are: none before there is a run. */
  events(): number;
  /** The text of every file of the run. */
  texts(): readonly string[];
  /** The kinds of its events, in order. */
  kinds(): readonly string[];
  /** The bodies of its events of one kind, in order. */
  bodies(kind: string): readonly unknown[];
  /** Changes the world of the rehearsal while it goes on, by a merge patch. */
  mend(patch: JsonObject): void;
  /** Closes its terminals, looks whether its runs kept to the procedure, and removes the folder. */
  remove(): Promise<void>;
}

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** A new place with AEP's checklist from the day before the cutover to the thirty minutes after it. */
export function placeAroundTheCutover(): Place {
  const place = newPlace();
  const path = join(place.folder, 'checklists', 'aep.yaml');
  writeFileSync(path, withPhases(readFileSync(path, 'utf8'), aroundTheCutover));
  return place;
}

/** What golive sees of an environment: nothing of this machine's. */
const bare = { TZ: 'UTC', LC_ALL: '', LANG: 'C.UTF-8', NO_COLOR: '', FORCE_COLOR: '0', npm_command: '' };

/** A new place with these files in it, or else with the checklists of the package. */
export function newPlace(files?: Readonly<Record<string, string>>): Place {
  const folder = mkdtempSync(join(tmpdir(), 'golive-play-'));
  if (files === undefined) cpSync(join(home, 'checklists'), join(folder, 'checklists'), { recursive: true });
  for (const [name, text] of Object.entries(files ?? {})) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const terminals: Terminal[] = [];
  const env = {
    ...bare,
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, '.config'),
    XDG_STATE_HOME: join(folder, '.state'),
  };
  const runsDir = join(folder, '.golive', 'runs');
  const eventsDir = (): string => join(runsDir, place.runId(), 'events');
  const eventNames = (): readonly string[] =>
    readdirSync(eventsDir())
      .filter((name) => name.endsWith('.json'))
      .toSorted();
  const events = (): readonly { readonly kind: string; readonly body: unknown }[] =>
    eventNames().map((name) => JSON.parse(readFileSync(join(eventsDir(), name), 'utf8')).e);
  const place: Place = {
    folder,
    async open(words, look = {}) {
      const terminal = await start([process.execPath, main, ...words], {
        width: look.width ?? 80,
        height: look.height ?? 50,
        cwd: folder,
        env: { ...env, ...look.env },
      });
      terminals.push(terminal);
      return terminal;
    },
    async run(words, more = {}) {
      const options = { cwd: folder, env: { PATH: process.env['PATH'] ?? '', ...env, ...more } };
      try {
        return { code: 0, ...(await promisify(execFile)(process.execPath, [main, ...words], options)) };
      } catch (error) {
        const failed = error as { code: number; stdout: string; stderr: string };
        return { code: failed.code, stdout: failed.stdout, stderr: failed.stderr };
      }
    },
    runId() {
      const [id, ...others] = readdirSync(runsDir);
      if (id === undefined || others.length > 0) throw new Error(`expected one run in ${runsDir}`);
      return id;
    },
    events: () => (existsSync(runsDir) ? eventNames().length : 0),
    texts: () =>
      readdirSync(runsDir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')),
    kinds: () => events().map(({ kind }) => kind),
    bodies: (kind) => events().flatMap((event) => (event.kind === kind ? [event.body] : [])),
    mend(patch) {
      const path = join(runsDir, place.runId(), 'local', 'world.json');
      const mended = mergePatch(JSON.parse(readFileSync(path, 'utf8')) as JsonObject, patch);
      writeFileSync(`${path}.mended`, JSON.stringify(mended));
      renameSync(`${path}.mended`, path);
    },
    async remove() {
      await Promise.all(terminals.map((terminal) => terminal.close()));
      try {
        // Whatever was played here: nothing of it may look as if somebody had gone another way.
        await refuseBreaches(runsDir);
      } finally {
        rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
      }
    },
  };
  return place;
}

/** The terminal is as it was before golive ran in it. */
export async function expectSane(terminal: Terminal): Promise<void> {
  const { before, after } = await terminal.modes();
  expect(before).toMatch(/ icanon\b/);
  expect(before).toMatch(/ echo\b/);
  expect(after).toBe(before);
  expect((await terminal.cursor()).visible).toBe(true);
}
