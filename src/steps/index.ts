// The list of kinds, nothing else.

import type { JsonObject } from '../engine/json.ts';
import { awsCall } from './aws-call.ts';
import { awsEcsService } from './aws-ecs-service.ts';
import { awsLogs } from './aws-logs.ts';
import { awsTargetHealth } from './aws-target-health.ts';
import { http } from './http.ts';
import type { Kind } from './kind.ts';

/** A kind whose arguments are only known to its own schema: check them with it before handing them over. */
export type AnyKind = Kind<JsonObject>;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only place where a kind meets arguments of another type; its schema guards it
export const kinds = [http, awsCall, awsEcsService, awsTargetHealth, awsLogs] as unknown as readonly AnyKind[];

/** The kind of this name (`aws.call`), or undefined. */
export function findKind(name: string): AnyKind | undefined {
  return kinds.find((kind) => kind.name === name);
}
