// Elastic Load Balancing: listeners, and what they do with a request.

import type {
  Action,
  DescribeListenersInput,
  DescribeListenersOutput,
  Listener,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ListenerAction, ListenerState, LoadBalancerState } from '../account.ts';
import { pageOf } from '../pages.ts';
import { arn, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';
import { badToken, balancerArn, balancerByArn, balancers, pageSize } from './elbv2-names.ts';
import { groupArn } from './elbv2-targets.ts';

/** A listener where it stands: of a load balancer, by its port. */
export interface Found {
  readonly balancer: string;
  readonly port: string;
  readonly state: ListenerState;
}

/** All of one load balancer. */
export function listenersOf(name: string, state: LoadBalancerState): readonly Found[] {
  return Object.entries(state.listeners).map(([port, each]) => ({ balancer: name, port, state: each }));
}

/** `arn:…:listener/app/NAME/ID/ID` */
export function listenerArn(place: Place, { balancer: name, port }: Found): string {
  return arn(place, 'elasticloadbalancing', `listener/app/${name}/${idOf(name, 16)}/${idOf(`${name}:${port}`, 16)}`);
}

/** Throws a refusal when there is none. */
export function listenerByArn(place: Place, named: string): Found {
  const all = balancers(place).flatMap(([name, state]) => listenersOf(name, state));
  return (
    all.find((each) => listenerArn(place, each) === named) ??
    refuse('ListenerNotFound', `Listener '${named}' not found`)
  );
}

export function DescribeListeners(input: DescribeListenersInput, place: Place): DescribeListenersOutput {
  const { LoadBalancerArn: of, ListenerArns: arns } = input;
  if ((of === undefined) === (arns === undefined)) {
    refuse('ValidationError', 'You must specify either a load balancer or one or more listeners');
  }
  const found = arns?.map((each) => listenerByArn(place, each)) ?? listenersOf(...balancerByArn(place, of));
  const page = pageOf(found, {
    token: input.Marker,
    size: input.PageSize ?? pageSize,
    question: `listeners ${of ?? ''}`,
    code: badToken,
  });
  return { Listeners: page.items.map((each) => listener(place, each)), NextMarker: page.next };
}

/** As DescribeListeners gives it. */
export function listener(place: Place, found: Found): Listener {
  const { certificate, protocol, ssl_policy: SslPolicy } = found.state;
  const shared: Listener = {
    ListenerArn: listenerArn(place, found),
    LoadBalancerArn: balancerArn(place, found.balancer),
    Port: Number(found.port),
    Protocol: protocol,
    DefaultActions: [action(place, found.state.default)],
  };
  if (certificate === undefined) return shared;
  return { ...shared, Certificates: [{ CertificateArn: certificate }], SslPolicy };
}

/** As it is described, from the state. */
export function action(place: Place, state: ListenerAction): Action {
  if ('forward' in state) {
    const TargetGroupArn = groupArn(place, state.forward);
    return { Type: 'forward', TargetGroupArn, ForwardConfig: { TargetGroups: [{ TargetGroupArn, Weight: 1 }] } };
  }
  if ('fixed' in state) {
    return {
      Type: 'fixed-response',
      FixedResponseConfig: { StatusCode: String(state.fixed.code), MessageBody: state.fixed.body },
    };
  }
  const host = state.redirect === 'https' ? '#{host}' : state.redirect.host;
  const redirect = { Protocol: 'HTTPS', Port: '443', Host: host, Path: '/#{path}', Query: '#{query}' };
  return { Type: 'redirect', RedirectConfig: { ...redirect, StatusCode: 'HTTP_301' } };
}
