// SNS: topics, and who is told: a subscription that nobody confirmed has no ARN.

import type {
  GetSubscriptionAttributesInput,
  GetSubscriptionAttributesResponse,
  GetTopicAttributesInput,
  GetTopicAttributesResponse,
  ListSubscriptionsByTopicInput,
  ListSubscriptionsByTopicResponse,
  ListSubscriptionsInput,
  ListSubscriptionsResponse,
  ListTopicsInput,
  ListTopicsResponse,
} from '@aws-sdk/client-sns';
import type { AccountState } from '../account.ts';
import { pageOf } from '../pages.ts';
import { arn, held, uuidOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';

export const sns = {
  ListTopics,
  GetTopicAttributes,
  ListSubscriptions,
  ListSubscriptionsByTopic,
  GetSubscriptionAttributes,
};

type TopicState = AccountState['sns']['topics'][string];
type SubscriptionState = TopicState['subscriptions'][string];

const invalid = 'InvalidParameter';
/** SNS gives so many at a time, and nobody can ask for fewer. */
const perPage = 100;

/** The parts of an ARN of this account. Refuses what is none, and what belongs to somebody else. */
function resourceOf(place: Place, wanted: string, member: string): readonly string[] {
  const parts = wanted.split(':');
  if (parts.length < 6 || parts[0] !== 'arn')
    refuse(invalid, `Invalid parameter: ${member} Reason: An ARN must have at least 6 elements, not ${parts.length}`);
  if (parts[2] !== 'sns') refuse(invalid, `Invalid parameter: ${member}`);
  if (parts[3] !== place.region) refuse(invalid, `Invalid parameter: ${member}`);
  if (parts[4] !== place.account.id)
    refuse('AuthorizationError', `User: ${place.account.caller} is not authorized to perform this on ${wanted}`, 403);
  return parts.slice(5);
}

function topicOf(place: Place, wanted = ''): readonly [name: string, state: TopicState] {
  const [name = '', more] = resourceOf(place, wanted, 'TopicArn');
  const state = more === undefined ? held(place.account.sns.topics, name) : undefined;
  return [name, state ?? refuse('NotFound', 'Topic does not exist', 404)];
}

function ListTopics(input: ListTopicsInput, place: Place): ListTopicsResponse {
  const page = pageOf(Object.keys(place.account.sns.topics), pageRequest(input.NextToken, 'topics'));
  return { Topics: page.items.map((name) => ({ TopicArn: arn(place, 'sns', name) })), NextToken: page.next };
}

function GetTopicAttributes(input: GetTopicAttributesInput, place: Place): GetTopicAttributesResponse {
  const [name, { display, key, deleted, subscriptions }] = topicOf(place, input.TopicArn);
  const confirmed = Object.values(subscriptions).filter((each) => each.confirmed).length;
  return {
    Attributes: {
      TopicArn: arn(place, 'sns', name),
      Owner: place.account.id,
      DisplayName: display,
      SubscriptionsConfirmed: String(confirmed),
      SubscriptionsPending: String(Object.keys(subscriptions).length - confirmed),
      SubscriptionsDeleted: String(deleted),
      ...(key === undefined ? {} : { KmsMasterKeyId: key }),
    },
  };
}

function ListSubscriptionsByTopic(
  input: ListSubscriptionsByTopicInput,
  place: Place,
): ListSubscriptionsByTopicResponse {
  const [topic, { subscriptions }] = topicOf(place, input.TopicArn);
  const page = pageOf(Object.entries(subscriptions), pageRequest(input.NextToken, `subscriptions ${topic}`));
  return {
    Subscriptions: page.items.map(([name, state]) => subscription(place, topic, name, state)),
    NextToken: page.next,
  };
}

function ListSubscriptions(input: ListSubscriptionsInput, place: Place): ListSubscriptionsResponse {
  const all = Object.entries(place.account.sns.topics).flatMap(([topic, { subscriptions }]) =>
    Object.entries(subscriptions).map(([name, state]) => subscription(place, topic, name, state)),
  );
  const page = pageOf(all, pageRequest(input.NextToken, 'subscriptions'));
  return { Subscriptions: [...page.items], NextToken: page.next };
}

function subscriptionArn(place: Place, topic: string, name: string): string {
  return arn(place, 'sns', `${topic}:${uuidOf(`subscription/${topic}/${name}`)}`);
}

function subscription(place: Place, topic: string, name: string, state: SubscriptionState) {
  return {
    SubscriptionArn: state.confirmed ? subscriptionArn(place, topic, name) : 'PendingConfirmation',
    Owner: place.account.id,
    Protocol: state.protocol,
    Endpoint: state.endpoint,
    TopicArn: arn(place, 'sns', topic),
  };
}

function GetSubscriptionAttributes(
  input: GetSubscriptionAttributesInput,
  place: Place,
): GetSubscriptionAttributesResponse {
  const wanted = input.SubscriptionArn ?? '';
  const [topic = ''] = resourceOf(place, wanted, 'SubscriptionArn');
  const found = Object.entries(held(place.account.sns.topics, topic)?.subscriptions ?? {}).find(
    ([name, { confirmed }]) => confirmed && subscriptionArn(place, topic, name) === wanted,
  );
  if (found === undefined) return refuse('NotFound', 'Subscription does not exist', 404);
  const { raw, dead_letter: queue } = found[1];
  return {
    Attributes: {
      ...subscription(place, topic, ...found),
      PendingConfirmation: 'false',
      ConfirmationWasAuthenticated: 'false',
      RawMessageDelivery: String(raw),
      ...(queue === undefined ? {} : { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queue }) }),
    },
  };
}

function pageRequest(token: string | undefined, question: string) {
  return { token, size: perPage, question, code: invalid };
}
