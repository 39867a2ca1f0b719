// Goal: whoever reads a report of a run that is no go reads what it changed and did not take back. Method: runs in memory.

import { describe, expect, it } from 'vitest';
import { changeMarks } from '../../src/render/report-marks.ts';
import { agreeing, newSide, swaps } from '../support/act.ts';
import { phase, planOf } from '../support/plan.ts';
import { application, looks, play } from '../support/run.ts';

const plan = planOf(phase('p', [swaps('cut'), looks('after')]));

describe('a change in a report', () => {
  it('is told where the run is no go and it stands', async () => {
    newSide();
    const played = await play(
      plan,
      application(() => 500),
      { people: agreeing() },
    );
    expect(played.state.steps['after']?.verdict?.verdict).toBe('fail');
    const sent = played.events.find(({ kind }) => kind === 'act.intent');
    expect(changeMarks(plan, played.state)).toEqual([
      { type: 'change', at: sent?.at, text: 'cut: changed, and not taken back' },
    ]);
    expect(changeMarks(undefined, played.state)).toEqual([]);
  });

  it('is what a go is for, and not told', async () => {
    newSide();
    const played = await play(
      plan,
      application(() => 200),
      { people: agreeing(), seal: true },
    );
    expect(played.state.sealed?.result).toBe('go');
    expect(changeMarks(plan, played.state)).toEqual([]);
  });

  it('that was never made is none', async () => {
    newSide();
    const first = planOf(phase('p', [looks('before'), swaps('cut')]));
    const played = await play(
      first,
      application(() => 500),
      { people: agreeing() },
    );
    expect(changeMarks(first, played.state)).toEqual([]);
  });
});
