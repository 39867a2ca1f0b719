// One run that goes the way it has to, up to each of its turns: what the tests of the procedure bend.

import { gate, phase, planOf, step } from '../support/plan.ts';
import { forge, type Forged } from './forged.ts';

export const hour = 3_600_000;
export const none = {
  pass: 0,
  fail: 0,
  error: 0,
  inconclusive: 0,
  skip: 0,
  waived: 0,
  attested: 0,
  deferred: 0,
  open: 0,
};
export const ada = { principal: 'ada', roles: ['net'] };
export const lee = { principal: 'lee', roles: ['lead'] };
export const olga = { principal: 'olga', roles: ['ops'] };
export const eve = { principal: 'eve', roles: ['lead', 'ops'] };
export const roles = [ada, eve, lee, olga];

export const plan = planOf(
  phase('before', [
    step('net', 'looks', { severity: 'critical' }),
    step('disk', 'looks', { owner: 'ops', waive: { by: 'lead', untilMs: hour } }),
    step('told', 'asks'),
  ]),
  phase('cut', [
    step('go', 'decides', { work: gate({ poll: ['lead', 'ops'], differentPeople: true, pointOfNoReturn: true }) }),
    step('switch', 'changes'),
    step('after', 'looks', { severity: 'critical' }),
  ]),
);

/** Up to the poll. */
export function polled(log: Forged = forge(plan, { roles })): Forged {
  log.order({ order: 'open-phase', phase: 'before' });
  log.look('net');
  log.look('disk');
  log.answer('told');
  log.order({ order: 'close-phase', phase: 'before' });
  log.order({ order: 'open-phase', phase: 'cut' });
  log.order({ order: 'start', step: 'go', why: 'due' });
  return log;
}

export const heads = (log: Forged): string[] =>
  Object.values(log.state().steps['go']?.votes ?? {}).map(({ signoff }) => `${signoff}:hash${signoff}`);

/** Up to the change. */
export function approved(log = polled()): Forged {
  log.vote('go', 'lead', 'lee');
  log.vote('go', 'ops', 'olga');
  log.pass('go');
  return log;
}

export function changed(log = approved()): Forged {
  log.intend('switch', heads(log));
  log.result('switch');
  log.pass('switch');
  return log;
}

/** Everything, to its seal. */
export function whole(log = changed()): Forged {
  log.look('after');
  log.order({ order: 'close-phase', phase: 'cut' });
  log.seal();
  return log;
}

/** The sentence of the first breach; `kept` when there is none. */
export const said = (log: Forged, more: Parameters<Forged['breach']>[0] = {}): string =>
  log.breach(more)?.reason ?? 'kept';
