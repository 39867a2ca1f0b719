// Secrets that must not reach a log, and words that only look like secrets.

import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/engine/json.ts';
import { redact } from '../../src/log/redact.ts';

describe('redaction', () => {
  it.each<[string, Json]>([
    ['Password', 'hunter2'],
    ['db_password', 'hunter2'],
    ['SecretString', 'hunter2'],
    ['client-secret', 'hunter2'],
    ['access_token', 'hunter2'],
    ['nextToken', 'hunter2'],
    ['token', 4711],
    ['Authorization', 'hunter2'],
    ['set_cookie', ['a=hunter2', 'b=hunter2']],
    ['x_api_key', 'hunter2'],
    ['x-api-key', 'hunter2'],
    ['apiKey', 'hunter2'],
    ['SecretAccessKey', 'hunter2'],
    ['private_key', 'hunter2'],
  ])('hides what stands under %s', (name, value) => {
    const text = JSON.stringify(redact({ deep: [{ [name]: value }] }));
    expect(text).toContain('(redacted)');
    expect(text).not.toMatch(/hunter2|4711/);
  });

  it.each<[string, string]>([
    ['https://x.test/a?user=1&access_token=hunter2&x=1', 'https://x.test/a?user=1&access_token=(redacted)&x=1'],
    ['postgres://app:hunter2@db.test/aep', 'postgres://app:(redacted)@db.test/aep'],
    ['{"password":"hunter2","a":1}', '{"password":"(redacted)","a":1}'],
    ['{ "access_token" : "hun\\"ter2", "x": "y" }', '{ "access_token" : "(redacted)", "x": "y" }'],
    ['{"otp_token":4711}', '{"otp_token":"(redacted)"}'],
    ['cut off: {"password":"hun', 'cut off: {"password":"(redacted)'],
    ['Authorization was Bearer abcdef0123456789abcdef', 'Authorization was Bearer (redacted)'],
  ])('takes credentials out of %s', (before, after) => {
    expect(redact({ text: before })).toEqual({ text: after });
  });

  it('leaves alone what expectations read', () => {
    const facts = {
      SecretList: [{ Name: 'aep/db', ARN: 'arn:aws:secretsmanager:eu-central-1:1:secret:aep' }],
      secret_arn: 'arn:aws:secretsmanager:eu-central-1:1:secret:aep',
      HttpTokens: 'required',
      RotationEnabled: true,
      password_last_used: '2026-11-20T00:00:00Z',
      token: null,
      status_code: 200,
      url: 'https://x.test/?status_code=200#top',
      text: 'Basic authentication is off',
      body: '{"secret_arn":"arn:aws:secretsmanager:1","HttpTokens":"required","password":"","SecretList":["a"]}',
    };
    expect(redact(facts)).toEqual(facts);
  });

  it('stays quick on text made to slow it down', () => {
    const hostile = {
      a: '?'.repeat(1_000_000),
      b: '://a'.repeat(250_000),
      c: `${'basic '.repeat(150_000)}x`,
      d: '&token'.repeat(150_000),
      e: '"token"'.repeat(100_000),
      f: `"${'a'.repeat(59)}`.repeat(16_000),
      g: '\\"token'.repeat(100_000),
    };
    expect(redact(hostile)).toEqual(hostile);
  }, 5000);
});
