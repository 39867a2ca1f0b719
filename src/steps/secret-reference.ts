// Where the secrets of a container come from: what `valueFrom` names, and what Secrets Manager says of it.

import { isObject } from '../engine/json.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import type { AwsAnswer, AwsMissing } from '../world.ts';
import { text } from './aws-facts.ts';
import { whyValue } from './secret-looks.ts';

/** What stands under `valueFrom`, taken apart. */
export type Reference =
  | {
      readonly from: 'secretsmanager';
      /** As ECS is given it: the whole ARN, or one without its random end. */
      readonly secret: string;
      readonly region: string;
      /** As the ARN has it: its random end is not told from a name's own. */
      readonly name: string;
      /** The member of the secret's JSON that is taken; empty when it is the whole secret. */
      readonly key: string;
      readonly stage: string;
      readonly version: string;
    }
  | { readonly from: 'ssm'; readonly name: string }
  /** Somebody wrote the secret itself where its name belongs. */
  | { readonly from: 'itself'; readonly why: string }
  | { readonly from: 'neither'; readonly name: string };

/**
 * Takes `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME[:KEY:STAGE:VERSION]` apart, or the ARN or name of a parameter.
 * What is no ARN is a parameter's name to ECS.
 */
export function referenceOf(valueFrom: string): Reference {
  const [arn, , service = '', region = '', , kind = '', name = '', key = '', stage = '', version = ''] =
    valueFrom.split(':');
  if (arn === 'arn' && service === 'secretsmanager' && kind === 'secret' && name !== '') {
    const secret = valueFrom.split(':').slice(0, 7).join(':');
    return { from: 'secretsmanager', secret, region, name, key, stage, version };
  }
  if (arn === 'arn' && service === 'ssm') return { from: 'ssm', name: kind.replace(/^parameter/, '') };
  const why = whyValue(valueFrom);
  if (why !== undefined) return { from: 'itself', why };
  return arn === 'arn' || valueFrom === '' ? { from: 'neither', name: valueFrom } : { from: 'ssm', name: valueFrom };
}

/**
 * Whether a reference leads somewhere, and why, from DescribeSecret's answer. Only that the secret and the version are
 * there is seen, never its value: whether its JSON has `key` is not.
 */
export function standingOf(
  reference: Extract<Reference, { from: 'secretsmanager' }>,
  answer: AwsAnswer | AwsMissing,
): JsonObject {
  const { key, stage, version } = reference;
  if ('missing' in answer) return { resolves: false, reason: 'there is no such secret' };
  const { DeletedDate: deleted, VersionIdsToStages: versions, Name: name } = answer.output;
  const called = text(name) === undefined ? {} : { name: text(name) ?? '' };
  if (deleted !== undefined && deleted !== null)
    return { ...called, resolves: false, reason: `it is to be deleted on ${text(deleted) ?? 'a day AWS did not say'}` };
  const stages = isObject(versions) ? versions : {};
  if (version !== '') {
    // A version without a stage is not listed, and may be there all the same.
    if (!Object.hasOwn(stages, version))
      return {
        ...called,
        unresolved_because: 'AWS does not list versions without a stage, and the reference names one',
      };
    if (stage !== '' && !staged(stages[version], stage))
      return { ...called, resolves: false, reason: `the version it names is not staged ${stage}` };
    return { ...called, resolves: true, reason: `the version it names is there${unseen(key)}` };
  }
  const wanted = stage === '' ? 'AWSCURRENT' : stage;
  if (!Object.values(stages).some((each) => staged(each, wanted)))
    return { ...called, resolves: false, reason: `no version of it is staged ${wanted}` };
  return { ...called, resolves: true, reason: `a version of it is staged ${wanted}${unseen(key)}` };
}

function staged(stages: Json | undefined, wanted: string): boolean {
  return Array.isArray(stages) && (stages as readonly Json[]).includes(wanted);
}

function unseen(key: string): string {
  return key === '' ? '' : `; whether its JSON has the member ${key} was not looked at`;
}
