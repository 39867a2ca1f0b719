// The acts of the fault test, of every class: how each is written, how it looks on its way, and how often it was made.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/engine/json.ts';
import type { CrashPlace } from './crash-place.ts';
import type { Standing } from './crash-stand-in.ts';
import { listenerArn, network, old, portOf } from './crash-world.ts';

export interface CrashAct {
  /** As written in a checklist. */
  readonly name: string;
  readonly class: 'compare' | 'token' | 'observable' | 'opaque';
  /** The keys of the step, for the case with this number in this folder. */
  readonly yaml: (n: number, folder: string) => string;
  /** How its call looks to `fail-point.mjs`: part of a request, or the program. */
  readonly call: string;
  /** The operation that reaches the stand-in; absent for a program, whose every start counts. */
  readonly operation?: string;
  /** It works out its own way back. */
  readonly takenBack?: true;
  /** How often something was changed, as somebody sees who looks at the other side. */
  readonly made: (standing: Standing, place: CrashPlace, n: number) => number;
}

const set = (value: string): string => `{ Type: A, TTL: 60, ResourceRecords: [{ Value: ${value} }] }`;
const anew = '203.0.113.99';

export const replaceRecord: CrashAct = {
  name: 'route53.replace_record',
  class: 'compare',
  yaml: (n) => `act:
  route53.replace_record:
    zone: crash.example
    private: true
    name: n${n}.crash.example
    from: [${set(old)}]
    to: [${set(anew)}]`,
  call: 'POST /2013-04-01/hostedzone/ZCRASH/rrset',
  operation: 'route53:ChangeResourceRecordSets',
  takenBack: true,
  made: (standing, _place, n) => changesOf(standing, `n${n}.crash.example`),
};

const setTtl: CrashAct = {
  name: 'route53.set_ttl',
  class: 'compare',
  yaml: (n) => `act: { route53.set_ttl: { zone: ttl.example, private: true, name: n${n}.ttl.example, ttl: 5 } }`,
  call: 'POST /2013-04-01/hostedzone/ZTTL/rrset',
  operation: 'route53:ChangeResourceRecordSets',
  takenBack: true,
  made: (standing, _place, n) => changesOf(standing, `n${n}.ttl.example`),
};

const runTask: CrashAct = {
  name: 'ecs.run_task',
  class: 'token',
  yaml: (n) => `act:
  ecs.run_task:
    cluster: crash
    task_definition: web
    container: web
    command: [migrate, case-${n}]
    subnets: [${network.subnet}]
    security_groups: [${network.group}]
undo: { none: a task that ran has run }`,
  call: '.RunTask ',
  operation: 'ecs:RunTask',
  made: (standing, _place, n) => {
    const tasks = Object.values(partOf(standing, 'ecs', 'tasks'));
    return tasks.filter((task) => JSON.stringify(task).includes(`"case-${n}"`)).length;
  },
};

const updateService: CrashAct = {
  name: 'ecs.update_service',
  class: 'observable',
  yaml: (n) => `act: { ecs.update_service: { cluster: crash, service: s${n}, task_definition: "web:2" } }`,
  call: '.UpdateService ',
  operation: 'ecs:UpdateService',
  takenBack: true,
  made: (standing, _place, n) => {
    const { updates } = partOf(standing, 'ecs', 'clusters', 'crash', 'services', `s${n}`);
    return Array.isArray(updates) ? updates.length : 0;
  },
};

const modifyListener: CrashAct = {
  name: 'aws.call',
  class: 'opaque',
  yaml: (n) => `act:
  aws.call:
    operation: elbv2:ModifyListener
    input:
      ListenerArn: ${listenerArn(n)}
      DefaultActions: [{ Type: fixed-response, FixedResponseConfig: { StatusCode: "503", MessageBody: after } }]
undo: { none: the page stays as it is }`,
  call: 'Action=ModifyListener',
  operation: 'elbv2:ModifyListener',
  made: (standing, _place, n) => {
    const { default: page } = partOf(standing, 'elbv2', 'load_balancers', 'web', 'listeners', portOf(n));
    return Number(JSON.stringify(page).includes('after'));
  },
};

const command: CrashAct = {
  name: 'command',
  class: 'opaque',
  yaml: (_n, folder) => `act: { command: { argv: [sh, ${join(folder, 'write.sh')}] } }
undo: { none: a line that was written stays }`,
  call: 'write.sh',
  made: (_standing, place) => linesWritten(place),
};

/** In the order of the table. */
export const crashActs: readonly CrashAct[] = [replaceRecord, setTtl, runTask, updateService, modifyListener, command];

/** How often the change has reached the other side so far. */
export function reachedBy(act: CrashAct, standing: Standing, place: CrashPlace): number {
  return act.operation === undefined ? linesWritten(place) : standing.reached(act.operation);
}

/** The program of the opaque act: it says on the disk that it ran. */
export const program = (folder: string): string => `echo ran >> '${written(folder)}'\n`;

const written = (folder: string): string => join(folder, 'written');

function linesWritten({ folder }: CrashPlace): number {
  return existsSync(written(folder)) ? readFileSync(written(folder), 'utf8').split('\n').length - 1 : 0;
}

/** How many changes of records there were that touched this name. */
function changesOf(standing: Standing, name: string): number {
  return Object.values(partOf(standing, 'route53', 'changes')).filter((change) =>
    JSON.stringify(change).includes(`"${name}"`),
  ).length;
}

/** A part of the stand-in's account, by the names on the way to it; empty where there is none. */
function partOf(standing: Standing, ...path: readonly string[]): JsonObject {
  let part: JsonObject = standing.account();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the world was checked when the stand-in wrote it
  for (const name of path) part = (part[name] ?? {}) as JsonObject;
  return part;
}
