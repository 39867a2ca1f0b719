// How web ACLs are called: by WAF, and by what they stand in front of.

import type { AccountState } from '../account.ts';
import { arn, held, idOf } from '../place.ts';
import type { Place } from '../place.ts';

export type NamedAcl = readonly [name: string, state: AccountState['wafv2']['web_acls'][string]];

/** The id of a web ACL, always the same for a name. */
export function aclId(name: string): string {
  const id = idOf(`web-acl/${name}`, 32);
  return [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join('-');
}

/** Of either scope. */
export function aclArn(place: Place, [name, { scope }]: NamedAcl): string {
  const where = scope === 'CLOUDFRONT' ? 'global' : 'regional';
  return arn(place, 'wafv2', `${where}/webacl/${name}/${aclId(name)}`);
}

/** The ARN of the web ACL with this name; what is no name of one is an ARN already, or empty. */
export function aclArnOf(place: Place, name: string): string {
  const state = held(place.account.wafv2.web_acls, name);
  return state === undefined ? name : aclArn(place, [name, state]);
}
