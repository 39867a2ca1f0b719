// The vitals kind against a scripted browser, and the port where there is no browser to be found.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openBrowser } from '../../src/effects/browser.ts';
import { findChromium } from '../../src/effects/chromium.ts';
import { judge } from '../../src/engine/judge.ts';
import { BlindError } from '../../src/errors.ts';
import { webVitals } from '../../src/steps/web-vitals.ts';
import type { VitalsAnswer, VitalsRequest } from '../../src/wire.ts';
import { attempt, scripted } from './aws-world.ts';

const url = 'https://x.example/';
const page = { url: 'https://x.example/home', status: 200, browser: 'Chromium 1.2.3' };

async function look(args: object, answers: readonly Partial<VitalsAnswer>[]) {
  const asked: VitalsRequest[] = [];
  const vitals = (request: VitalsRequest): Promise<VitalsAnswer> => {
    asked.push(request);
    return Promise.resolve({ ...page, ...answers[asked.length - 1] });
  };
  const whole = webVitals.schema.parse({ url, ...args });
  const { facts } = await webVitals.run(whole, { ...scripted({}).world, browser: { vitals } }, attempt);
  return { facts, asked };
}

describe('the facts', () => {
  test('are medians over the runs, with every run beside them', async () => {
    const answers = [
      { lcpMs: 1000, cls: 0.1, fcpMs: 900, ttfbMs: 50 },
      { lcpMs: 9000, cls: 0.30004, fcpMs: 700, ttfbMs: 40 },
      { lcpMs: 2000.04, cls: 0, fcpMs: 800, ttfbMs: 60 },
    ];
    const { facts, asked } = await look({}, answers);
    expect(asked).toEqual([1, 2, 3].map(() => ({ url, device: 'desktop', timeoutMs: 60_000 })));
    expect(facts).toMatchObject({
      lcp_ms: 2000,
      cls: 0.1,
      fcp_ms: 800,
      ttfb_ms: 50,
      device: 'desktop',
      cpu_slowdown: 1,
    });
    expect(facts).toMatchObject({
      url: page.url,
      status: 200,
      browser: 'Chromium 1.2.3',
      runs: [{}, { cls: 0.3 }, {}],
    });
    expect(facts).not.toHaveProperty('inp_ms');
  });

  test('have nothing that one run lacked, so that nothing passes on it', async () => {
    const { facts } = await look({ runs: 2, interact: 'a' }, [{ lcpMs: 10, inpMs: 8 }, { lcpMs: 30 }]);
    expect(facts).toMatchObject({ lcp_ms: 20 });
    for (const path of ['inp_ms', 'cls', 'fcp_ms', 'ttfb_ms'])
      expect(judge([{ path, lte: 10_000 }], facts, 0).verdict, path).not.toBe('pass');
  });

  test('say how slow a phone was', async () => {
    const { facts, asked } = await look({ runs: 1, device: 'mobile' }, [{ lcpMs: 10 }]);
    expect(asked[0]).toMatchObject({ device: 'mobile' });
    expect(facts).toMatchObject({ cpu_slowdown: 4, latency_ms: 562.5, down_kbps: 1474.6, up_kbps: 675 });
  });
});

test('it looks, and pokes where it clicks', () => {
  expect(webVitals.nature({ url })).toBe('looks');
  expect(webVitals.nature({ url, interact: 'button' })).toBe('pokes');
});

describe('Chromium', () => {
  const empty = mkdtempSync(join(tmpdir(), 'golive-chromium-'));

  test('that is not there is no fact: it says how to get one', async () => {
    const signal = new AbortController().signal;
    const browser = openBrowser({ connectTo: [], env: { PATH: empty } });
    const error: unknown = await browser
      .vitals({ url, device: 'desktop', timeoutMs: 1000 }, signal)
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(BlindError);
    expect(error).toMatchObject({ code: 'invalid', transient: false });
    expect((error as BlindError).hint).toMatch(/apt install chromium.*GOLIVE_CHROMIUM/);
    await expect(findChromium({ PATH: empty, GOLIVE_CHROMIUM: join(empty, 'gone') })).rejects.toThrow(/gone/);
    await expect(findChromium({})).rejects.toThrow(BlindError);
  });

  test('is found by GOLIVE_CHROMIUM first, then by its usual names in PATH', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'golive-chromium-'));
    const [chrome, browser] = ['google-chrome', 'chromium-browser'].map((name) => join(folder, name));
    writeFileSync(chrome ?? '', '', { mode: 0o755 });
    expect(await findChromium({ PATH: `${empty}:${folder}` })).toBe(chrome);
    writeFileSync(browser ?? '', '', { mode: 0o755 });
    expect(await findChromium({ PATH: `${empty}:${folder}` })).toBe(browser);
    expect(await findChromium({ PATH: folder, GOLIVE_CHROMIUM: chrome })).toBe(chrome);
  });
});
