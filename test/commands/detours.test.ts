// --connect-to and --dns-server: how they are written, and that they never stand beside an act that changes something real.

import { describe, expect, it } from 'vitest';
import { detourWords, parseDetours, refuseDetours, refuseOtherSide } from '../../src/commands/detours.ts';
import { phase, planOf, step } from '../support/plan.ts';

const plan = planOf(phase('verify', [step('look')]), phase('cutover', [step('switch-dns', 'changes')]));
const detours = { connectTo: ['app.example.com:443:10.0.0.7:443'], dnsServer: '127.0.0.1:5353' };

describe('a detour', () => {
  it('is read from the command line', () => {
    expect(parseDetours({ connectTo: ['a.example:443:[::1]:8443'], dnsServer: '[::1]:5353' })).toEqual({
      connectTo: [{ host: 'a.example', port: 443, toAddress: '::1', toPort: 8443 }],
      dnsServer: { address: '::1', port: 5353 },
    });
    expect(parseDetours({ dnsServer: '192.0.2.53' }).dnsServer).toEqual({ address: '192.0.2.53', port: 53 });
    expect(parseDetours({})).toEqual({ connectTo: [] });
  });

  it.each(['', 'localhost:53', 'ns.example.com', '127.0.0.1:', '127.0.0.1:70000'])(
    '--dns-server %j is refused',
    (dnsServer) => {
      expect(() => parseDetours({ dnsServer })).toThrow(expect.objectContaining({ code: 'usage', exit: 3 }));
    },
  );

  it('is told in words: whole in the log, in one row on the first screen', () => {
    const one = '--dns-server 127.0.0.1:5353, --connect-to app.example.com:443:10.0.0.7:443';
    expect(detourWords(detours)).toEqual({ shown: one, whole: one });
    const three = detourWords({ connectTo: ['a:1:b:2', 'c:3:d:4', 'e:5:f:6'] });
    expect(three?.shown).toBe('--connect-to for 3 places');
    expect(three?.whole).toBe('--connect-to a:1:b:2, --connect-to c:3:d:4, --connect-to e:5:f:6');
    expect(detourWords({ connectTo: [] })).toBeUndefined();
  });
});

describe('beside an act', () => {
  const refusal =
    (phases: readonly string[], options: Parameters<typeof refuseDetours>[2], played = false) =>
    () =>
      refuseDetours(plan, phases, options, played);

  it('each of them is refused, with the act and the reason', () => {
    expect(refusal([], { connectTo: detours.connectTo })).toThrow(
      expect.objectContaining({
        code: 'detour',
        exit: 3,
        message: '--connect-to cannot be used in a run that changes something (switch-dns)',
        hint: expect.stringContaining('would not go the way users go'),
      }),
    );
    expect(refusal([], { dnsServer: detours.dnsServer })).toThrow('--dns-server cannot be used');
    expect(refusal(['cutover'], detours)).toThrow('--connect-to and --dns-server cannot be used');
  });

  it('they are taken where this machine plays all of AWS, where nothing is changed, and where there are none', () => {
    expect(refusal([], detours, true)).not.toThrow();
    expect(refusal(['verify'], detours)).not.toThrow();
    expect(refusal([], { connectTo: [] })).not.toThrow();
  });
});

describe('a run goes on against the side it was begun against', () => {
  const refusal = (before: readonly string[], now: readonly string[]) => () =>
    refuseOtherSide(before, now, 'golive run aep-prod --new');

  it('never from a stand-in to AWS, nor from AWS to a stand-in', () => {
    expect(refusal(['127.0.0.1:4566'], [])).toThrow(
      expect.objectContaining({
        code: 'endpoint',
        exit: 3,
        message: 'this run was begun against this machine, and here AWS would answer',
        hint: expect.stringContaining('golive run aep-prod --new'),
      }),
    );
    expect(refusal([], ['127.0.0.1:4566'])).toThrow(
      'this run was begun against AWS, and here this machine would answer',
    );
    expect(refusal(['127.0.0.1:4566'], ['other.example'])).toThrow('here other.example would answer');
  });

  it('with AWS all along, or with a stand-in that has another port now', () => {
    expect(refusal([], [])).not.toThrow();
    expect(refusal(['127.0.0.1:4566'], ['127.0.0.1:4577'])).not.toThrow();
  });
});
