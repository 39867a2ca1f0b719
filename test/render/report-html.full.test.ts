// Goal: the page of a run stands in a real browser as it was meant: nothing said, nothing asked for, nothing to scroll sideways
// to, everything with a name, in both schemes readable, and whole on paper. Method: headless Chromium, of a server that counts.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, launchOptions } from '../../src/effects/chromium.ts';
import type { Verification } from '../../src/log/verify.ts';
import { reportHtml } from '../../src/render/report-html.ts';
import { givenRun } from './report-given.ts';

const env = { ...process.env };
const program = await findChromium(env).catch(() => undefined);
if (program === undefined) process.stderr.write('not checked: there is no Chromium here, so no report was looked at\n');

const hostile =
  '</style><img src=http://127.0.0.1:1/x onerror=alert(1)> " onload=x \u202e javascript:alert(1) W'.padEnd(200, 'W');
const texts = { plain: 'a word of somebody', hostile };
const pageOf = (word: string, change: Partial<Verification>): string => {
  const { report, reported, evidence } = givenRun(word, change);
  return reportHtml(report, reported, evidence);
};
const pages: Readonly<Record<string, string>> = {
  '/plain': pageOf(texts.plain, { result: 'no-go', verdict: 'SEALED' }),
  '/hostile': pageOf(texts.hostile, { result: 'no-go', verdict: 'SEALED' }),
  '/go': pageOf(texts.plain, { result: 'go', verdict: 'SEALED' }),
  '/rehearsal': pageOf(texts.plain, { result: 'go', verdict: 'SEALED', rehearsal: true }),
  '/undecided': pageOf(texts.plain, { result: 'undecided', verdict: 'UNTRUSTED' }),
};
const steps = givenRun('').report.phases.flatMap((phase) => phase.steps.map(({ id }) => id));

const asked: string[] = [];
const server = createServer(({ url = '' }, response) => {
  asked.push(url);
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(pages[url] ?? '');
});
let browser: Browser | undefined;
let base = '';

beforeAll(async () => {
  if (program === undefined) return;
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  base = `http://127.0.0.1:${port}`;
  const { proxy: _, ...options } = launchOptions(program, { env, proxy: '', keys: [] });
  browser = await chromium.launch(options);
});
afterAll(async () => {
  await browser?.close();
  server.close();
});

/** A page as somebody has it open, and what it said or failed to get. */
async function opened(
  path: string,
  { width = 1280, colorScheme = 'light' }: { readonly width?: number; readonly colorScheme?: 'light' | 'dark' } = {},
): Promise<{ readonly page: Page; readonly said: readonly string[] }> {
  if (browser === undefined) throw new Error('no browser');
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const page = await context.newPage();
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('requestfailed', (request) => said.push(request.url()));
  page.on('dialog', (dialog) => said.push(dialog.message()));
  await page.goto(`${base}${path}`, { waitUntil: 'networkidle' });
  return { page, said };
}

/** What sticks out to the right; within a picture marks may. */
const over = `[...document.querySelectorAll("body *")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && one.closest("svg") === null)
  .map((one) => one.outerHTML.slice(0, 80))`;

describe.runIf(program !== undefined).each(Object.keys(texts))('the page with %s texts', (name) => {
  test('says nothing to the console, and asks for nothing but itself', async () => {
    asked.length = 0;
    const { page, said } = await opened(`/${name}`);
    expect(said).toEqual([]);
    expect(asked).toEqual([`/${name}`]);
    // Its style counts: the policy names it.
    expect(await page.evaluate('getComputedStyle(document.querySelector(".verdict")).borderTopWidth')).toBe('3px');
    expect(await page.evaluate('document.querySelectorAll("script, img, iframe, object, embed, [style]").length')).toBe(
      0,
    );
  });

  test.each([400, 640, 800, 1280])('has nothing to scroll sideways to at %i px', async (width) => {
    const { page } = await opened(`/${name}`, { width });
    await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })');
    expect(await page.evaluate(over)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });

  test('prints every step with all that is behind it', async () => {
    const { page } = await opened(`/${name}`);
    const closed = '[...document.querySelectorAll("details:not([open]) .inside")].map((one) => one.checkVisibility())';
    expect(new Set(await page.evaluate<boolean[]>(closed))).toEqual(new Set([false]));
    // What is outlined are the headings as they came to stand on paper.
    const pdf = (await page.pdf({ preferCSSPageSize: true, outline: true, tagged: true })).toString('latin1');
    const titles = [...pdf.matchAll(/\/Title \(((?:[^()\\]|\\[^])*)\)/g)].map(([, title = '']) =>
      title.replaceAll('\\', ''),
    );
    expect(steps.filter((id) => !titles.some((title) => title.includes(id)))).toEqual([]);
    await page.emulateMedia({ media: 'print' });
    // As wide as paper is between its margins.
    await page.setViewportSize({ width: 703, height: 900 });
    expect(await page.evaluate(over)).toEqual([]);
    expect(new Set(await page.evaluate<boolean[]>(closed))).toEqual(new Set([true]));
  });
});

interface AxNode {
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
}

describe.runIf(program !== undefined)('whoever cannot see it', () => {
  test.each([1280, 400])(
    'finds a name on everything that needs one, and tables that are tables, at %i px',
    async (width) => {
      const { page } = await opened('/plain', { width });
      await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })');
      const protocol = await page.context().newCDPSession(page);
      const { nodes } = (await protocol.send('Accessibility.getFullAXTree')) as unknown as {
        readonly nodes: readonly AxNode[];
      };
      const there = nodes.filter(({ ignored }) => !ignored);
      const roleOf = ({ role }: AxNode): string => role?.value ?? '';
      const count = (wanted: string): number => there.filter((node) => roleOf(node) === wanted).length;
      const needy = new Set([
        'image',
        'img',
        'table',
        'link',
        'heading',
        'region',
        'article',
        'navigation',
        'rowheader',
        'columnheader',
      ]);
      const nameless = there.filter((node) => needy.has(roleOf(node)) && (node.name?.value ?? '').trim() === '');
      expect(nameless.map(roleOf)).toEqual([]);
      for (const role of [
        'banner',
        'navigation',
        'main',
        'image',
        'table',
        'row',
        'cell',
        'rowheader',
        'link',
        'heading',
      ])
        expect([role, count(role) > 0]).toEqual([role, true]);
      expect(await page.evaluate('document.querySelectorAll("table").length')).toBe(count('table'));
      expect(await page.title()).toMatch(/^NO-GO: aep-a word of somebody, abcdef/);
    },
  );

  test('meets headings in order', async () => {
    const { page } = await opened('/plain');
    const levels = await page.evaluate<number[]>(
      '[...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((one) => Number(one.tagName[1]))',
    );
    expect(levels[0]).toBe(1);
    expect(levels.filter((level) => level === 1).length).toBe(1);
    expect(levels.filter((level, at) => at > 0 && level > (levels[at - 1] ?? 0) + 1)).toEqual([]);
  });
});

/** Contrast of every text with what it stands on, as WCAG has it; what is seen through is not asked for. */
const contrasts = `(() => {
  const parse = (text) => { const [r, g, b, a = 1] = (text.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number); return { r, g, b, a }; };
  const light = ({ r, g, b }) => { const [R, G, B] = [r, g, b].map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * R + 0.7152 * G + 0.0722 * B; };
  const under = (one) => { for (let at = one; at; at = at.parentElement) { const c = parse(getComputedStyle(at).backgroundColor); if (c.a > 0) return c; } return { r: 255, g: 255, b: 255 }; };
  const low = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (walker.currentNode.textContent.trim() === '' || ['title', 'STYLE'].includes(one.tagName)) continue;
    const style = getComputedStyle(one);
    const [a, b] = [light(parse(one.closest('svg') ? style.fill : style.color)), light(under(one))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.push(one.outerHTML.slice(0, 60) + ' ' + ratio.toFixed(2));
  }
  return low;
})()`;

describe.runIf(program !== undefined).each(['light', 'dark'] as const)('in the %s scheme', (colorScheme) => {
  test.each(['/plain', '/go', '/rehearsal', '/undecided'])(
    '%s has its colours, and every text stands out',
    async (path) => {
      const { page } = await opened(path, { colorScheme });
      const colour = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      expect(colour).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(14, 18, 22)');
      await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })');
      expect(await page.evaluate(contrasts)).toEqual([]);
    },
  );
});
