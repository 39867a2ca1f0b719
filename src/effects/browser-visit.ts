// One visit of a page: it loads, comes to rest, is clicked, and Google's own library says what it measured.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { devices } from '../steps/devices.ts';
import type { VitalsAnswer, VitalsRequest } from '../wire.ts';
import { nothingThere, pageRefused } from './browser-errors.ts';

/** At rest: nothing under way and nothing new for so long. */
const quietMs = 2000;
/** A page that never comes to rest is watched for so long after it was loaded. */
const longestMs = 15_000;
const clickMs = 5000;

interface Heard {
  readonly name: string;
  readonly value: number;
  /** When its document began: tells the documents of one visit apart. */
  readonly page: number;
}

/** Visits a page in a context of its own. Throws BlindError for an answer of 400 and more, and where nothing can be clicked. */
export async function visit(
  browser: Browser,
  { url, device, interact, timeoutMs }: VitalsRequest,
  signal: AbortSignal,
): Promise<VitalsAnswer> {
  const context = await browser.newContext(contextFor(device, browser.version()));
  context.setDefaultTimeout(timeoutMs);
  const page = await context.newPage();
  const heard: Heard[] = [];
  const activity = { underWay: 0, changed: performance.now() };
  const change = (by: number) => (): void => {
    activity.underWay = Math.max(0, activity.underWay + by);
    activity.changed = performance.now();
  };
  await page.exposeBinding('goliveVital', (_, said: Heard) => {
    heard.push(said);
    activity.changed = performance.now();
  });
  await page.addInitScript({ content: await measuring() });
  page.on('request', change(1));
  page.on('requestfinished', change(-1));
  page.on('requestfailed', change(-1));
  await slowDown(page, device);
  const response = await page.goto(url, { waitUntil: 'load' });
  const status = response?.status() ?? 0;
  if (status >= 400) throw pageRefused(url, status);

  const loaded = performance.now();
  while (activity.underWay > 0 || performance.now() - activity.changed < quietMs) {
    if (performance.now() - loaded > longestMs) break;
    await after(50, undefined, { signal });
  }
  const began: number = await page.evaluate('performance.timeOrigin');
  const where = page.url();
  if (interact !== undefined)
    await click(page, interact, device, () => heard.some(({ name }) => name === 'INP'), signal);
  const last = (wanted: string): number | undefined =>
    heard.findLast(({ name, page: of }) => name === wanted && of === began)?.value;
  const vitals = { lcpMs: last('LCP'), cls: last('CLS'), inpMs: last('INP'), fcpMs: last('FCP'), ttfbMs: last('TTFB') };
  return {
    ...(Object.fromEntries(
      Object.entries(vitals).filter(
        ([name, value]) => value !== undefined && (name !== 'inpMs' || interact !== undefined),
      ),
    ) as Partial<VitalsAnswer>),
    url: where,
    status,
    browser: `Chromium ${browser.version()}`,
  };
}

/** Clicks, and waits until the paint after it was measured; whoever never hears of one has nothing to tell. */
async function click(
  page: Page,
  selector: string,
  device: VitalsRequest['device'],
  measured: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  const element = page.locator(`css=${selector}`).first();
  // It returns when its handlers have run.
  const done = device === 'mobile' ? element.tap({ timeout: clickMs }) : element.click({ timeout: clickMs });
  await done.catch((error: unknown) => {
    signal.throwIfAborted();
    throw nothingThere(selector, error);
  });
  const clicked = performance.now();
  while (!measured() && performance.now() - clicked < clickMs) await after(50, undefined, { signal });
  // Later events of the same click may take longer than the first.
  await after(1000, undefined, { signal });
}

async function slowDown(page: Page, device: VitalsRequest['device']): Promise<void> {
  const { throttle } = devices[device];
  if (throttle === undefined) return;
  const protocol = await page.context().newCDPSession(page);
  await protocol.send('Emulation.setCPUThrottlingRate', { rate: throttle.cpu });
  await protocol.send('Network.enable');
  await protocol.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: throttle.latencyMs,
    downloadThroughput: (throttle.downKbps * 1000) / 8,
    uploadThroughput: (throttle.upKbps * 1000) / 8,
  });
}

function contextFor(device: VitalsRequest['device'], version: string): BrowserContextOptions {
  const { width, height, scale, mobile } = devices[device];
  const major = version.split('.', 1)[0] ?? '';
  const agent = `Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Mobile Safari/537.36`;
  return {
    viewport: { width, height },
    deviceScaleFactor: scale,
    isMobile: mobile,
    hasTouch: mobile,
    ...(mobile && { userAgent: agent }),
    acceptDownloads: false,
    serviceWorkers: 'block',
  };
}

/** What runs in the page before anything of its own. Frames inside it are none of the page's vitals. */
async function measuring(): Promise<string> {
  const require = createRequire(import.meta.url);
  const main = require.resolve('web-vitals');
  const library = await readFile(join(dirname(main), 'web-vitals.iife.js'), 'utf8');
  return `(() => {
  if (window.top !== window) return;
  ${library}
  const say = ({ name, value }) => window.goliveVital({ name, value, page: performance.timeOrigin });
  const all = { reportAllChanges: true };
  webVitals.onLCP(say, all);
  webVitals.onCLS(say, all);
  webVitals.onFCP(say, all);
  webVitals.onTTFB(say, all);
  webVitals.onINP(say, { ...all, durationThreshold: 16 });
})();`;
}
