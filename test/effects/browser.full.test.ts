// Real Chromium on real pages of loopback: each vital is seen to pass and to fail, and nothing is reached that may not be.

import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../../src/effects/browser.ts';
import { findChromium } from '../../src/effects/chromium.ts';
import type { WayOptions } from '../../src/effects/http-connect.ts';
import { judge } from '../../src/engine/judge.ts';
import { BlindError } from '../../src/errors.ts';
import { webVitals, type WebVitalsArgs } from '../../src/steps/web-vitals.ts';
import type { Json } from '../../src/engine/json.ts';
import { noDns, noPrograms, noTls, untouched } from '../support/outside.ts';
import { closeServers, listening, newAuthority, type Authority } from './tls-servers.ts';

const env = { PATH: process.env['PATH'], GOLIVE_CHROMIUM: process.env['GOLIVE_CHROMIUM'] };
const chromium = await findChromium(env).catch(() => undefined);
if (chromium === undefined) process.stderr.write('not checked: there is no Chromium here, so no page was visited\n');
function withChromium(title: string, run: () => Promise<void>): void {
  test(title, chromium === undefined ? () => undefined : run);
}

const shiftPx = 200;
const html = (body: string): string => `<!doctype html><title>page</title><style>body{margin:0}</style>${body}`;
const block = (id: string, height: number, text = ''): string =>
  `<div id="${id}" style="height:${height}px">${text}</div>`;
const pages: Readonly<Record<string, string>> = {
  '/calm': html('<h1>Calm</h1><button>Go</button>'),
  // 400 px of text at the top move down by 200 of 940: (600 / 940) of the screen is touched, by 200 / 940 of it.
  '/jumps': html(
    `${block('late', 0)}${block('text', 400, '<h1 style="margin:0">Text</h1>')}<script>
    setTimeout(() => { document.getElementById('late').style.height = '${shiftPx}px' }, 800);
    document.getElementById('text').style.background = '#ccc';</script>`,
  ),
  '/late': html(
    `<p>small</p><div id="big"></div><script>
    setTimeout(() => { document.getElementById('big').innerHTML = '<p style="font-size:90px">The largest by far</p>' }, 1500)</script>`,
  ),
  '/hero': html(
    '<p>small</p><script>const i = new Image(900, 600); i.src = "/slow.svg"; document.body.append(i)</script>',
  ),
  '/slow-click': html(
    `<button onclick="const until = performance.now() + 400; while (performance.now() < until); this.textContent = 'done'">Go</button>`,
  ),
  '/leaves': html(
    `<a href="/calm" onclick="const until = performance.now() + 300; while (performance.now() < until);">Go</a>`,
  ),
  '/heavy': html(`<script>fetch('/endless').then((answer) => answer.arrayBuffer())</script><h1>Heavy</h1>`),
  '/metadata': html('<h1>Page</h1><img src="http://169.254.169.254/latest/meta-data/">'),
};
const asked: string[] = [];
const listener: RequestListener = (request, response) => {
  asked.push(`${request.headers.host} ${request.url}`);
  const path = request.url ?? '';
  response.setHeader('content-type', 'text/html');
  if (path === '/slow.svg') {
    response.setHeader('content-type', 'image/svg+xml');
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="600"><rect width="900" height="600" fill="red"/><circle cx="300" cy="300" r="200"/>';
    // A picture of few bytes counts for nothing.
    return void setTimeout(() => response.end(`${svg}<!--${'x'.repeat(20_000)}--></svg>`), 3000);
  }
  if (path === '/broken') return response.writeHead(503).end(html('<h1>Sorry</h1>'));
  if (path === '/away') return response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
  if (path === '/endless') {
    const more = (): void => {
      while (response.write('x'.repeat(65_536)) && !response.destroyed);
      if (!response.destroyed) response.once('drain', more);
    };
    response.setHeader('content-type', 'application/octet-stream');
    return more();
  }
  if (path === '/hangs') return undefined;
  return response.end(pages[path] ?? '');
};
let origin: string;
let secure: number;
let authority: Authority;

beforeAll(async () => {
  authority = await newAuthority();
  origin = `http://127.0.0.1:${await listening(createServer(listener))}`;
  secure = await listening(createTlsServer(await authority.issue(['app.example.com']), listener));
});

afterAll(closeServers);

async function factsOf(
  args: Omit<WebVitalsArgs, 'url'> & { readonly path?: string; readonly url?: string },
  ways: Partial<WayOptions> = {},
  signal = new AbortController().signal,
) {
  asked.length = 0;
  const { path = '', url = `${origin}${path}`, ...rest } = args;
  const browser = openBrowser({ connectTo: [], env, ...ways });
  const never = (): never => {
    throw new Error('it needs nothing but a browser');
  };
  const world = {
    ...untouched,
    browser,
    http: { send: never },
    dns: noDns,
    tls: noTls,
    programs: noPrograms,
    aws: { read: never },
    clock: { now: never, sleep: never, task: never, rest: never },
  };
  const checked = webVitals.schema.parse({ runs: 1, ...rest, url });
  return (await webVitals.run(checked, world, { signal, fresh: false })).facts;
}

function verdict(facts: Record<string, Json>, path: string, lte: number): string {
  return judge([{ path, lte }], facts, 0).verdict;
}

async function refusal(...given: Parameters<typeof factsOf>): Promise<BlindError> {
  const error: unknown = await factsOf(...given).catch((caught: unknown) => caught);
  if (error instanceof BlindError) return error;
  throw new Error(`no BlindError: ${JSON.stringify(error)}`, { cause: error });
}

describe('each vital passes and fails', () => {
  withChromium('on a calm page all pass, and the click that nobody made is absent', async () => {
    const facts = await factsOf({ path: '/calm', runs: 3 });
    expect(facts).toMatchObject({ cls: 0, device: 'desktop', cpu_slowdown: 1, status: 200, url: `${origin}/calm` });
    expect(facts['browser']).toMatch(/^Chromium \d+\./);
    expect(facts['runs']).toHaveLength(3);
    for (const [path, limit] of [
      ['lcp_ms', 1000],
      ['fcp_ms', 1000],
      ['ttfb_ms', 500],
      ['cls', 0.1],
    ] as const)
      expect(verdict(facts, path, limit), path).toBe('pass');
    expect(facts).not.toHaveProperty('inp_ms');
    expect(verdict(facts, 'inp_ms', 200)).not.toBe('pass');
  });

  withChromium('a layout shift of known size', async () => {
    const facts = await factsOf({ path: '/jumps' });
    expect(facts['cls']).toBeCloseTo((600 / 940) * (shiftPx / 1350), 2);
    expect(verdict(facts, 'cls', 0.05)).toBe('fail');
  });

  withChromium('a largest paint that comes late', async () => {
    const facts = await factsOf({ path: '/late' });
    expect(facts['lcp_ms']).toBeGreaterThan(1500);
    expect(verdict(facts, 'lcp_ms', 1500)).toBe('fail');
    expect(verdict(facts, 'fcp_ms', 1000)).toBe('pass');
  });

  withChromium('a picture that a script asks for, and that takes long to come', async () => {
    expect(verdict(await factsOf({ path: '/hero' }), 'lcp_ms', 2900)).toBe('fail');
  });

  withChromium('a click that is answered at once, and one that is not', async () => {
    const quick = await factsOf({ path: '/calm', interact: 'button' });
    expect(verdict(quick, 'inp_ms', 200)).toBe('pass');
    const slow = await factsOf({ path: '/slow-click', interact: 'button' });
    expect(slow['inp_ms']).toBeGreaterThanOrEqual(400);
    expect(verdict(slow, 'inp_ms', 200)).toBe('fail');
  });

  withChromium('a phone is slower, and its facts say so', async () => {
    const facts = await factsOf({ path: '/slow-click', interact: 'button', device: 'mobile' });
    expect(facts).toMatchObject({ device: 'mobile', cpu_slowdown: 4, latency_ms: 562.5, down_kbps: 1474.6 });
    // The network is slowed down behind the first byte, which its timing does not show.
    expect(facts['fcp_ms']).toBeGreaterThan(562);
    expect(facts['inp_ms']).toBeGreaterThanOrEqual(400);
  });
});

describe('what is no page to be measured', () => {
  withChromium('an error page, however quick', async () => {
    expect((await refusal({ path: '/broken' })).message).toContain('503');
  });

  withChromium('nothing to click', async () => {
    expect((await refusal({ path: '/calm', interact: '#gone' })).message).toContain('#gone');
  });

  withChromium('one that never comes, or never ends', async () => {
    expect((await refusal({ path: '/hangs', timeout: '4s' })).code).toBe('timeout');
    expect((await refusal({ path: '/heavy' })).message).toContain('64 MiB');
  });

  withChromium('a link-local address, by itself and behind a redirect; as part of a page it is left out', async () => {
    expect((await refusal({ url: 'http://169.254.169.254/' })).code).toBe('refused');
    expect((await refusal({ path: '/away' })).code).not.toBe('server');
    expect(await factsOf({ path: '/metadata' })).toMatchObject({ status: 200 });
  });

  withChromium('one that is called off', async () => {
    const abort = new AbortController();
    const running = factsOf({ path: '/hangs' }, {}, abort.signal);
    await expect.poll(() => asked.length, { timeout: 20_000 }).toBe(1);
    abort.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
  });
});

describe('over TLS', () => {
  const url = 'https://app.example.com/calm';
  const connectTo = (): WayOptions['connectTo'] => [
    { host: 'app.example.com', port: 443, toAddress: '127.0.0.1', toPort: secure },
  ];

  withChromium('--connect-to and --ca hold', async () => {
    const facts = await factsOf({ url }, { connectTo: connectTo(), ca: authority.cert });
    expect(facts).toMatchObject({ status: 200, url });
    expect(asked).toContain('app.example.com /calm');
  });

  withChromium('without the authority the page does not come', async () => {
    expect((await refusal({ url }, { connectTo: connectTo() })).code).toBe('tls');
    const { cert: ca } = await newAuthority('another');
    expect((await refusal({ url }, { connectTo: connectTo(), ca })).code).toBe('tls');
    expect(asked).toEqual([]);
  });
});
