// Any changing operation of AWS, sent once as it is written out. Nothing of AWS shows in general whether it happened.

import { z } from 'zod';
import { isObject, type Json } from '../engine/json.ts';
import type { ActKind, Prospect } from './act.ts';
import { membersOf, placeFields, placeOf, placeWords, refusalOf } from './aws-facts.ts';
import { iamActions } from './aws-iam.ts';
import { operationFields, splitOperation, writtenOperation, type OperationArgs } from './aws-operation.ts';

const schema: z.ZodType<OperationArgs> = z.strictObject({ ...operationFields, ...placeFields });

const longestLine = 300;

/**
 * Facts: what AWS answered, with sensitive members as `(redacted)`. That it answered says that it took the change and not
 * that the change has taken effect: that is for the step's `verify`. After a lost answer nobody can tell, so a person is
 * asked. Which operations are not for a checklist is said by lint and again right before the call.
 */
export const awsCallAct: ActKind<OperationArgs> = {
  name: 'aws.call',
  summary: 'Any changing operation of AWS, but for those no checklist should make; `verify` sees what came of it.',
  example: `act:
  aws.call:
    operation: elbv2:ModifyListener
    input:
      ListenerArn: "\${https.ListenerArn}"
      DefaultActions: [{ Type: forward, TargetGroupArn: "\${group.TargetGroupArn}" }]
confirm: target
undo:
  - aws.call:
      operation: elbv2:ModifyListener
      input: { ListenerArn: "\${https.ListenerArn}", DefaultActions: "\${actions_before}" }`,
  schema,
  class: 'opaque',
  describe: (args) => `Make the change ${args.operation}${placeWords(args)} as it is written out`,
  permissions: (args) => iamActions(writtenOperation(args)),
  operations: writtenOperation,
  facts: (args, catalogue) => {
    const { service, operation } = splitOperation(args.operation);
    const shapes = catalogue.shapes(service, operation);
    if (shapes === undefined) return { type: 'any' };
    return { type: 'structure', members: () => membersOf(shapes.output) };
  },
  accepted: 'AWS accepts it',
  prepare: (args, _world, _attempt, pending) => Promise.resolve(prospectOf(args, pending !== undefined)),
  perform: async (args, { request }, _mark, world, attempt) => {
    const { service, operation } = splitOperation(args.operation);
    const { input = null } = request;
    const sent = isObject(input) ? input : {};
    const call = { service, operation, input: sent, written: true, ...placeOf(args, attempt) };
    const answer = await world.changes.change(call, attempt.signal);
    if ('refused' in answer) return refusalOf(answer);
    return { change: '', facts: answer.output, requests: answer.requests };
  },
};

/** The state is not known, so a change that may have been sent can neither be found nor be missed. */
function prospectOf({ operation, input = {} }: OperationArgs, pending: boolean): Prospect {
  return {
    stands: pending ? 'foreign' : 'ready',
    before: {},
    request: { operation, input },
    lines: [`+ ${operation}`, ...Object.entries(input).map(([name, value]) => line(name, value))],
    expected: `it can be seen whether ${operation} was made`,
    observed: pending ? 'nothing AWS says would show it' : 'it was not sent yet',
    requests: [],
  };
}

function line(name: string, value: Json): string {
  const text = `+   ${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`;
  return text.length > longestLine ? `${text.slice(0, longestLine - 1)}…` : text;
}
