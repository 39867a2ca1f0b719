// CloudWatch Logs: queries of Logs Insights, those that somebody ran lately and those that are saved.

import type {
  DescribeQueriesRequest,
  DescribeQueriesResponse,
  DescribeQueryDefinitionsRequest,
  DescribeQueryDefinitionsResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import { spanMs } from '../account-parts.ts';
import { pageOf } from '../pages.ts';
import { uuidOf } from '../place.ts';
import type { Place } from '../place.ts';

const invalid = 'InvalidParameterException';
const perPage = 50;

export function DescribeQueries(input: DescribeQueriesRequest, place: Place): DescribeQueriesResponse {
  const { logGroupName: group, status, nextToken: token, maxResults: size = perPage } = input;
  const found = Object.entries(place.account.logs.queries).filter(
    ([, query]) => (group === undefined || query.group === group) && (status === undefined || query.status === status),
  );
  const page = pageOf(found, { token, size, question: `queries ${group ?? ''} ${status ?? ''}`, code: invalid });
  return {
    queries: page.items.map(([name, query]) => ({
      queryLanguage: 'CWLI',
      queryId: uuidOf(`query/${name}`),
      queryString: query.text,
      status: query.status,
      createTime: place.now - spanMs(query.ago),
      logGroupName: query.group,
    })),
    nextToken: page.next,
  };
}

export function DescribeQueryDefinitions(
  input: DescribeQueryDefinitionsRequest,
  place: Place,
): DescribeQueryDefinitionsResponse {
  const { queryDefinitionNamePrefix: prefix = '', nextToken: token, maxResults: size = perPage } = input;
  const found = Object.entries(place.account.logs.query_definitions).filter(([name]) => name.startsWith(prefix));
  const page = pageOf(found, { token, size, question: `query definitions ${prefix}`, code: invalid });
  return {
    queryDefinitions: page.items.map(([name, { groups, text }]) => ({
      queryLanguage: 'CWLI',
      queryDefinitionId: uuidOf(`query-definition/${name}`),
      name,
      queryString: text,
      logGroupNames: groups,
    })),
    nextToken: page.next,
  };
}
