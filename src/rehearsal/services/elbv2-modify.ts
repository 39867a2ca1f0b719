// Elastic Load Balancing: changing what a listener does by default.

import type { Action, ModifyListenerInput, ModifyListenerOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ListenerAction } from '../account.ts';
import { balancersOf } from '../fleet.ts';
import { held } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { listener, listenerByArn } from './elbv2-listeners.ts';
import type { Found } from './elbv2-listeners.ts';
import { groupByArn } from './elbv2-targets.ts';

const invalid = 'ValidationError';

export function ModifyListener(input: ModifyListenerInput, place: Place): ModifyListenerOutput {
  const found = listenerByArn(place, input.ListenerArn ?? '');
  const other = Object.entries(input).find(
    ([member, value]) => value !== undefined && member !== 'ListenerArn' && member !== 'DefaultActions',
  );
  if (other !== undefined) refuse(invalid, `The stand-in does not modify the ${other[0]} of a listener.`);
  const { DefaultActions: actions } = input;
  const state = actions === undefined ? found.state : { ...found.state, default: actionOf(actions, found, place) };
  const { world } = place;
  const { elbv2 } = world.account;
  const balancer = held(elbv2.load_balancers, found.balancer);
  if (balancer === undefined) throw new Error(`The load balancer ${found.balancer} is not in the world.`);
  const listeners = { ...balancer.listeners, [found.port]: state };
  const balancers = { ...elbv2.load_balancers, [found.balancer]: { ...balancer, listeners } };
  const after = { ...world, account: { ...world.account, elbv2: { ...elbv2, load_balancers: balancers } } };
  if (actions !== undefined) place.change(after);
  const now: Place = { ...place, world: after, account: after.account };
  return { Listeners: [listener(now, { ...found, state })] };
}

/** A listener ends in exactly one action; what else may stand before it the stand-in does not play. */
function actionOf(actions: readonly Action[], found: Found, place: Place): ListenerAction {
  const [action, ...more] = actions;
  if (action === undefined) refuse(invalid, 'A default action must be specified');
  if (more.length > 0) refuse(invalid, 'The stand-in plays listeners with one default action.');
  switch (action.Type) {
    case 'forward':
      return { forward: groupOf(action, found, place) };
    case 'fixed-response':
      return fixedOf(action);
    case 'redirect':
      return redirectOf(action);
    default:
      return refuse(invalid, `The stand-in does not play actions of the type ${action.Type ?? ''}.`);
  }
}

function groupOf({ TargetGroupArn: own, ForwardConfig: config }: Action, found: Found, place: Place): string {
  const listed = (config?.TargetGroups ?? []).map(({ TargetGroupArn }) => TargetGroupArn);
  const arns = [...new Set([...(own === undefined ? [] : [own]), ...listed])];
  if (arns.length === 0) refuse(invalid, 'A target group ARN must be specified');
  if (arns.length > 1) refuse(invalid, 'The stand-in forwards to one target group.');
  const [name] = groupByArn(place, arns[0]);
  if (balancersOf(place.world, name).some((balancer) => balancer !== found.balancer)) {
    const rule = 'The following target groups cannot be associated with more than one load balancer';
    refuse('TargetGroupAssociationLimit', `${rule}: ${arns[0] ?? ''}`);
  }
  return name;
}

function fixedOf({ FixedResponseConfig: fixed }: Action): ListenerAction {
  const code = fixed?.StatusCode ?? '';
  if (!/^[245]\d\d$/.test(code)) refuse(invalid, `'${code}' is not a valid status code of a fixed response`);
  return { fixed: { code: Number(code), body: fixed?.MessageBody ?? '' } };
}

function redirectOf({ RedirectConfig: redirect }: Action): ListenerAction {
  const { Protocol, Port, Host = '#{host}', Path = '/#{path}', Query = '#{query}', StatusCode } = redirect ?? {};
  const whole = [Protocol, Port, Path, Query, StatusCode].join(' ');
  if (whole !== 'HTTPS 443 /#{path} #{query} HTTP_301')
    refuse(invalid, 'The stand-in redirects whole paths to HTTPS, port 443, with HTTP_301.');
  return { redirect: Host === '#{host}' ? 'https' : { host: Host } };
}
