// Load and page vitals of a rehearsal: the world says what comes of them, and nothing else is reached.

import { describe, expect, test } from 'vitest';
import { BlindError } from '../../src/errors.ts';
import { rehearsedBrowser, rehearsedLoad } from '../../src/rehearsal/load.ts';
import type { JsonObject } from '../../src/engine/json.ts';
import { givenWorld } from './given.ts';

const url = 'https://app.example.com/';
const signal = new AbortController().signal;

function given(patch: JsonObject) {
  const slept: number[] = [];
  const clock = {
    now: () => 0,
    sleep: async (ms: number) => void slept.push(ms),
    task: <T>(work: () => Promise<T>) => work(),
    rest: <T>(promise: Promise<T>) => promise,
  };
  const world = givenWorld(patch);
  return {
    slept,
    load: rehearsedLoad(() => world, [url], clock),
    browser: rehearsedBrowser(() => world, clock),
  };
}

const asked = { url, users: 20, forMs: 60_000, headers: {}, timeoutMs: 10_000 };

describe('load', () => {
  const home = { url, requests: 1000, errors: 12, timeouts: 2, p50_ms: 20, p95_ms: 90 };

  test('comes to what the world says, in as much time as it is asked for', async () => {
    const { load, slept } = given({ load: { home } });
    expect(await load.run({ ...asked, url: 'https://app.example.com' }, signal)).toEqual({
      requests: 1000,
      errors: 12,
      timeouts: 2,
      statuses: { 200: 988, 503: 10 },
      latency: { p50: 20, p95: 90, p99: 90, max: 90 },
      durationMs: 60_000,
      capped: false,
    });
    expect(slept).toEqual([60_000]);
  });

  test('on what nobody answers for, or no target lists, it is refused with what to do', async () => {
    const { load } = given({ load: { home } });
    await expect(load.run({ ...asked, url: `${url}other` }, signal)).rejects.toMatchObject({
      code: 'refused',
      hint: expect.stringContaining('`load:`') as unknown,
    });
    await expect(load.run({ ...asked, url: 'https://other.example.com/' }, signal)).rejects.toThrow(/does not list/);
  });

  test('that is called off has no answer', async () => {
    const { load } = given({ load: { home } });
    await expect(load.run(asked, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});

describe('vitals', () => {
  const home = { url, lcp_ms: 1800, cls: 0.02, inp_ms: 90 };
  const visited = { url, device: 'desktop', timeoutMs: 60_000 } as const;

  test('are those of the world, and the click only where somebody clicks', async () => {
    const { browser, slept } = given({ vitals: { home } });
    const quiet = await browser.vitals(visited, signal);
    expect(quiet).toMatchObject({ lcpMs: 1800, cls: 0.02, status: 200 });
    expect(quiet).not.toHaveProperty('inpMs');
    expect(quiet).not.toHaveProperty('fcpMs');
    expect(await browser.vitals({ ...visited, interact: 'button' }, signal)).toMatchObject({ inpMs: 90 });
    expect(slept).toEqual([5000, 5000]);
  });

  test('of a phone may be others', async () => {
    const { browser } = given({
      vitals: { phone: { url, device: 'mobile', lcp_ms: 4000 }, desk: { url, device: 'desktop', lcp_ms: 1000 } },
    });
    expect(await browser.vitals(visited, signal)).toMatchObject({ lcpMs: 1000 });
    expect(await browser.vitals({ ...visited, device: 'mobile' }, signal)).toMatchObject({ lcpMs: 4000 });
  });

  test('of no page, without a browser, and of a page that answers 503 there are none', async () => {
    const { browser } = given({
      vitals: { none: { url, missing: true }, broken: { url: `${url}broken`, status: 503, lcp_ms: 10 } },
    });
    await expect(browser.vitals({ ...visited, url: `${url}other` }, signal)).rejects.toMatchObject({
      code: 'refused',
      hint: expect.stringContaining('`vitals:`') as unknown,
    });
    await expect(browser.vitals(visited, signal)).rejects.toThrow(BlindError);
    await expect(browser.vitals(visited, signal)).rejects.toThrow('no Chromium');
    await expect(browser.vitals({ ...visited, url: `${url}broken` }, signal)).rejects.toThrow('503');
  });
});
