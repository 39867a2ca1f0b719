// Goal: the way back hangs on nothing but the log: not on what the arguments of the act referred to when it was taken.

import { expect, it } from 'vitest';
import type { People } from '../../src/runner/people.ts';
import { agreeing, newSide, swaps } from '../support/act.ts';
import { phase, planOf } from '../support/plan.ts';
import { application, looks, play } from '../support/run.ts';

const call = { kind: 'http', args: { url: 'http://app.test/where' }, words: 'asks where' };
const named = { name: 'where', call, nature: 'looks', probes: [], readers: [] } as const;
const cut = swaps('cut', { probes: ['where'] }, { to: '${where.text}' });
const plan = { ...planOf(phase('p', [cut, looks('errors')])), probes: { where: named } };

it('what the act was told then is put back, though it cannot be read any more, or says something else now', async () => {
  for (const later of [503, new Error('gone'), { status: 200, body: 'red' }]) {
    const side = newSide();
    let changed = false;
    const http = application((path) => {
      if (path === 'errors') {
        changed = true;
        return 503;
      }
      return changed ? later : { status: 200, body: 'green' };
    });
    const red: People['red'] = async ({ id }) => ({ leave: 'rollback', step: id });
    const { state } = await play(plan, http, { people: agreeing({ red }), seal: true });
    expect(side.sent.map((sent) => sent.split(' ')[0])).toEqual(['blue→green', 'green→blue']);
    expect(side.values).toEqual({ site: 'blue' });
    expect(state.rollback?.result).toBe('done');
  }
});
