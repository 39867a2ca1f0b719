// RDS: the settings in a parameter group.

import type { DBParameterGroupDetails, DescribeDBParametersMessage, Parameter } from '@aws-sdk/client-rds';
import { pageOf } from '../pages.ts';
import { held } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { sizeOf } from './rds-snapshots.ts';

/** Only those the state names: a real group has hundreds, which nobody would look at. */
export function DescribeDBParameters(input: DescribeDBParametersMessage, place: Place): DBParameterGroupDetails {
  const size = sizeOf(input.MaxRecords);
  if ((input.Filters ?? []).length > 0) refuse('InvalidParameterValue', 'The stand-in does not filter parameters.');
  const wanted = input.DBParameterGroupName?.split(':').at(-1);
  const group =
    held(place.account.rds.parameter_groups, wanted) ??
    refuse('DBParameterGroupNotFound', `DBParameterGroup not found: ${wanted}`, 404);
  const { Source: source } = input;
  const found = Object.entries(group.parameters).filter(([, each]) => source === undefined || each.source === source);
  const question = `parameters ${wanted} ${source}`;
  const page = pageOf(found, { token: input.Marker, size, question, code: 'InvalidParameterValue' });
  const Parameters = page.items.map(([name, state]): Parameter => ({
    ParameterName: name,
    Source: state.source,
    ApplyType: state.apply,
    ApplyMethod: state.apply === 'static' ? 'pending-reboot' : 'immediate',
    DataType: 'string',
    IsModifiable: true,
    ...(state.value === undefined ? {} : { ParameterValue: state.value }),
  }));
  return { Parameters, Marker: page.next };
}
