// Tasks that were asked for once: how far each has come by now, and what it has written, from the scripts of the world.

import type { AccountState } from './account.ts';
import { spanMs } from './account-parts.ts';
import { held } from './place.ts';

export interface SingleTask {
  /** 32 hex digits. */
  readonly id: string;
  readonly cluster: string;
  /** `family:revision`, and its one container. */
  readonly definition: string;
  readonly container: string;
  readonly command: readonly string[];
  readonly startedBy: string | undefined;
  readonly status: 'PROVISIONING' | 'PENDING' | 'RUNNING' | 'STOPPED';
  /** When it was asked for, when its container runs from and when it stops, in ms; whatever the time is now. */
  readonly created: number;
  readonly runs: number;
  readonly stops: number;
  /** How it ends: with an exit code, or without ever running, for this reason. */
  readonly end: { readonly exit: number } | { readonly reason: string };
  /** All lines it writes, each with its time in ms. */
  readonly log: readonly { readonly at: number; readonly message: string }[];
}

type Script = AccountState['ecs']['task_scripts'][string];

/** Every one of them, oldest first. The first script that fits its command says what becomes of it. */
export function singleTasksOf({ ecs }: AccountState, now: number): readonly SingleTask[] {
  return Object.entries(ecs.tasks).map(([id, state]) => {
    const { cluster, definition, command, started_by: startedBy, started } = state;
    const script = scriptOf(ecs.task_scripts, definition, command) ?? unwritten(definition, command);
    const created = Date.parse(started);
    const takes = spanMs(script.takes);
    const [runs, stops] = [created + Math.floor(takes / 2), created + takes];
    const end = script.stopped === undefined ? { exit: script.exit } : { reason: script.stopped };
    const container = held(ecs.task_definitions, definition)?.container ?? '';
    const log = 'reason' in end ? [] : script.log.map((message, line) => ({ message, at: lineAt(line) }));
    const status = statusAt(now, created, runs, stops, 'reason' in end);
    return { id, cluster, definition, container, command, startedBy, status, created, runs, stops, end, log };

    function lineAt(line: number): number {
      return runs + Math.floor(((stops - runs) * (line + 1)) / (script.log.length + 1));
    }
  });
}

function statusAt(now: number, created: number, runs: number, stops: number, never: boolean): SingleTask['status'] {
  if (now >= stops) return 'STOPPED';
  if (now >= runs && !never) return 'RUNNING';
  return now >= (created + runs) / 2 ? 'PENDING' : 'PROVISIONING';
}

function scriptOf(scripts: AccountState['ecs']['task_scripts'], definition: string, command: readonly string[]) {
  const family = definition.slice(0, definition.indexOf(':'));
  const whole = command.join(' ');
  return Object.values(scripts).find(
    (script) => script.family === family && script.command.every((word) => whole.includes(word)),
  );
}

/** What the world does not know fails, and says why. */
function unwritten(definition: string, command: readonly string[]): Script {
  const line = `The world of this rehearsal has no task_scripts for ${definition} with: ${command.join(' ')}`;
  return { family: '', command: [''], exit: 1, log: [line], takes: '20s' };
}
