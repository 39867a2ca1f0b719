// STS: who is asking.

import type { GetCallerIdentityRequest, GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import { idOf, lastSegment } from '../place.ts';
import type { Place } from '../place.ts';

export const sts = { GetCallerIdentity };

function GetCallerIdentity(_input: GetCallerIdentityRequest, place: Place): GetCallerIdentityResponse {
  const { id, caller } = place.account;
  return { Account: id, Arn: caller, UserId: `AROA${idOf(caller, 17).toUpperCase()}:${lastSegment(caller)}` };
}
