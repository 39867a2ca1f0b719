// What the AWS kinds share: where a call goes, and taking plain JSON answers apart without believing their form.

import type { Performed } from './act.ts';
import { z } from 'zod';
import { isObject } from '../engine/json.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import type { Shape } from '../engine/shape.ts';
import type { AwsRefusal, AwsMissing } from '../world.ts';
import type { Attempt, Seen } from './kind.ts';

/** Which of the target's accounts, and another region than that account's. */
export interface AwsPlace {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/** The fields of `AwsPlace` for the schema of a kind. */
export const placeFields = {
  account: z.string().min(1).optional().describe('a name under `accounts` of the target; its own account otherwise'),
  region: z.string().min(1).optional(),
};

/** The part of an `AwsCall` that says where and how fresh. */
export function placeOf(args: AwsPlace, attempt: Attempt): { account?: string; region?: string; fresh?: boolean } {
  return {
    ...(args.account === undefined ? {} : { account: args.account }),
    ...(args.region === undefined ? {} : { region: args.region }),
    ...(attempt.fresh ? { fresh: true } : {}),
  };
}

/** ` in REGION of the account NAME`, or nothing when the target's own are meant. */
export function placeWords(args: AwsPlace): string {
  const region = args.region === undefined ? '' : ` in ${args.region}`;
  const account = args.account === undefined ? '' : ` of the account ${args.account}`;
  return `${region}${account}`;
}

/** The facts when AWS said that the thing is not there. */
export function missingFacts(answer: AwsMissing, requests: readonly string[]): Seen {
  return { facts: { found: false, error: { ...answer.missing } }, requests };
}

/** The members that every AWS kind has beside its own. */
export const foundShape: Readonly<Record<string, Shape>> = {
  found: { type: 'boolean' },
  error: { type: 'structure', members: () => ({ code: { type: 'string' }, message: { type: 'string' } }) },
};

/** The objects of a list; anything else is left out. */
export function objects(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter((each) => isObject(each)) : [];
}

/** A string, or undefined. */
export function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The shape at the end of these member names, `[]` meaning the element of a list; undefined when there is none. */
export function shapeAt(shape: Shape | undefined, names: readonly string[]): Shape | undefined {
  let at = shape;
  for (const name of names) {
    if (name === '[]') at = at?.type === 'list' ? at.of() : undefined;
    else at = at?.type === 'structure' ? at.members()[name] : undefined;
  }
  return at;
}

/** The members of a structure; none when it is not one. */
export function membersOf(shape: Shape | undefined): Readonly<Record<string, Shape>> {
  return shape?.type === 'structure' ? shape.members() : {};
}

/** A change that AWS did not make. `blind`: it was kept from being asked, which says nothing about the change. */
export function refusalOf({
  refused: { code, message },
  requests,
}: AwsRefusal): Extract<Performed, { refused: string }> {
  const blind = code === 'credentials' || code === 'network';
  return { refused: message, ...(blind && { blind: true }), requests };
}
