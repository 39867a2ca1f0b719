// An act against the stand-in through the real clients: prepared, performed and looked at, in a time that only a test moves.

import { expect, onTestFinished } from 'vitest';
import { openAws } from '../../src/effects/aws.ts';
import { openDns } from '../../src/effects/dns.ts';
import { judge } from '../../src/engine/judge.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import { rehearsedFolders } from '../../src/rehearsal/folders.ts';
import type { ActAttempt, ActKind, ActWorld, Pending, Prospect, Sees, WayBack } from '../../src/steps/act.ts';
import { givenStandIn } from '../rehearsal/given.ts';
import { noPrograms, noTls, untouched } from '../support/outside.ts';
import { attempt } from './aws-world.ts';

export const making: ActAttempt = { ...attempt, output: () => undefined };

/** How a kind sees its effect by itself; a test of one that does not would be about nothing. */
export function seesOf<Args>({ name, sees }: ActKind<Args>): Sees<Args> {
  if (sees === undefined) throw new Error(`${name} does not see its effect`);
  return sees;
}

/** The way back of a kind that works it out by itself. */
export function backOf<Args>({ name, back }: ActKind<Args>): WayBack<Args> {
  if (back === undefined) throw new Error(`${name} has no way back`);
  return back;
}

/** A stand-in with this patch of its world, and what can be done to it with a kind. */
export async function givenPlayed<Args>(kind: ActKind<Args>, patch: JsonObject = {}) {
  let now = Date.parse('2026-03-03T11:00:00Z');
  const standIn = await givenStandIn(patch, () => now);
  const clock = {
    now: () => now,
    sleep: () => Promise.resolve(),
    task: <T>(work: () => Promise<T>) => work(),
    rest: <T>(promise: Promise<T>) => promise,
  };
  const folders = rehearsedFolders(() => standIn.world());
  const aws = await openAws({
    folders,
    accounts: { '': { account: '111111111111', region: 'us-east-1' } },
    env: {},
    allowEndpoint: false,
    clock,
    rehearsal: { endpoint: standIn.awsUrl },
  });
  onTestFinished(() => aws.close());
  const dns = openDns({ server: standIn.dns, rehearsal: true });
  const http = { send: () => Promise.reject(new Error('no HTTP here')) };
  const world: ActWorld = {
    clock,
    aws,
    dns,
    http,
    tls: noTls,
    programs: noPrograms,
    ...untouched,
    folders,
    changes: aws,
  };
  const prepare = (args: Args, pending?: Pending): Promise<Prospect> => kind.prepare(args, world, making, pending);
  /** Makes it whatever comes of it. */
  const act = async (args: Args) => {
    const prospect = await prepare(args);
    expect(prospect.stands).toBe('ready');
    const performed = await kind.perform(args, prospect, 'golive run/7', world, making);
    return { prospect, performed };
  };
  /** Makes it, and it has to be accepted. */
  const accept = async (args: Args) => {
    const { prospect, performed } = await act(args);
    if (!('change' in performed)) throw new Error(JSON.stringify(performed));
    return { prospect, change: performed.change };
  };
  const look = async (args: Args, change: string) => {
    const { facts } = await seesOf(kind).look(args, { change, mark: 'golive run/7' }, world, making);
    const { expect: expected, wait } = seesOf(kind).effect(args);
    const { verdict } = judge(expected, facts, now);
    const over = wait.stopIf.some((condition) => judge([condition], facts, now).verdict === 'pass');
    return { facts, verdict, over };
  };
  return { standIn, world, prepare, act, accept, look, pass: (seconds: number) => void (now += seconds * 1000) };
}
