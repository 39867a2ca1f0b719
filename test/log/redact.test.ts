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
    ['db_pwd', 'hunter2'],
    ['SharedAccessKey', 'hunter2'],
    ['slack_webhook_url', 'https://example.test/hunter2'],
    ['x_xsrf', 'hunter2'],
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
    [
      '[{"name":"API_KEY","value":"hun\\"ter2"},{"name":"A","value":"b"}]',
      '[{"name":"API_KEY","value":"(redacted)"},{"name":"A","value":"b"}]',
    ],
    ['{ "Value": "hunter2", "Key": "db-password" }', '{ "Value": "(redacted)", "Key": "db-password" }'],
    ['"{\\"name\\":\\"TOKEN\\",\\"value\\":\\"hunter2\\"}"', '"{\\"name\\":\\"TOKEN\\",\\"value\\":\\"(redacted)\\"}"'],
    // Addresses in addresses, fragments, HTML.
    [
      '/login?next=https%3A%2F%2Fx.test%2F%3Ftoken%3Dhunter2%26a%3D1',
      '/login?next=https%3A%2F%2Fx.test%2F%3Ftoken%3D(redacted)%26a%3D1',
    ],
    ['https://x.test/cb#access_token=hunter2&state=1', 'https://x.test/cb#access_token=(redacted)&state=1'],
    ['<a href="/x?a=1&amp;session_id=hunter2">', '<a href="/x?a=1&amp;session_id=(redacted)">'],
    [
      'https://b.s3.test/k?X-Amz-Credential=hunter2&X-Amz-Signature=hunter2&X-Amz-Date=1',
      'https://b.s3.test/k?X-Amz-Credential=(redacted)&X-Amz-Signature=(redacted)&X-Amz-Date=1',
    ],
    ['https://b.blob.test/k?sv=1&sig=hunter2%3D', 'https://b.blob.test/k?sv=1&sig=(redacted)'],
    // What programs print.
    ['PASSWORD=hunter2', 'PASSWORD=(redacted)'],
    ['export DB_PASSWORD="hunter2 and more"', 'export DB_PASSWORD=(redacted)'],
    ['a=1\nAWS_SECRET_ACCESS_KEY=hun/ter2+x\nb=2', 'a=1\nAWS_SECRET_ACCESS_KEY=(redacted)\nb=2'],
    ['aws_secret_access_key = hunter2', 'aws_secret_access_key = (redacted)'],
    ['  + token = "hunter1" -> "hunter2"', '  + token = (redacted)'],
    ['AKIAIOSFODNN7EXAMPLE,wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'AKIAIOSFODNN7EXAMPLE,(redacted)'],
    ['< set-cookie: sid=hunter2; Path=/', '< set-cookie: (redacted)'],
    ['> X-Api-Key: hunter2', '> X-Api-Key: (redacted)'],
    ['password: hunter2', 'password: (redacted)'],
    ['as admin, password: hunter2, for all', 'as admin, password: (redacted), for all'],
    [
      '-----BEGIN RSA PRIVATE KEY-----\nMIIhunter2\n-----END RSA PRIVATE KEY-----',
      '-----BEGIN RSA PRIVATE KEY-----(redacted)-----END RSA PRIVATE KEY-----',
    ],
    ['it is eyJhbGciOi.eyJzdWIiOi.SflKxwRJ', 'it is (redacted)'],
    // Addresses that only those know who may use them.
    [
      'https://hooks.slack.test/services/T00000000/B00000000/aBcDeFgHiJkLmNoPqRsTuVwX',
      'https://hooks.slack.test/services/T00000000/B00000000/(redacted)',
    ],
    [
      '"https:\\/\\/hooks.slack.test\\/services\\/T0\\/B0\\/4bcdefghijkl1mnopqrstuvw"',
      '"https:\\/\\/hooks.slack.test\\/services\\/T0\\/B0\\/(redacted)"',
    ],
    [
      'to=https%3A%2F%2Fhooks.slack.test%2Fservices%2FT0%2FB0%2F4bcdefghijkl1mnopqrstuvw',
      'to=https%3A%2F%2Fhooks.slack.test%2Fservices%2FT0%2FB0%2F(redacted)',
    ],
    [
      'https://discord.test/api/webhooks/1234567890/abcDEF123456ghiJKL_mno-PQR',
      'https://discord.test/api/webhooks/1234567890/(redacted)',
    ],
    ['https://x.test/hooks/550e8400-e29b-41d4-a716-446655440000?a=1', 'https://x.test/hooks/(redacted)?a=1'],
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

  it('hides a value whose name stands in a field beside it, and says no more than that', () => {
    const pairs = [
      { name: 'DB_PASSWORD', value: 'hunter2' },
      { Key: 'api-key', Value: 'hunter2' },
      { name: 'LOG_LEVEL', value: 'debug' },
      { name: 'REQUIRE_TOKEN', value: 'true' },
      { name: 'DB_PASSWORD', valueFrom: 'arn:aws:ssm:eu-central-1:111111111111:parameter/db' },
    ];
    expect(redact(pairs)).toEqual([
      { name: 'DB_PASSWORD', value: '(redacted)' },
      { Key: 'api-key', Value: '(redacted)' },
      ...pairs.slice(2),
    ]);
  });

  it.each([
    'arn:aws:secretsmanager:eu-central-1:111111111111:secret:aep/db-AbCdEf',
    'arn:aws:ecs:eu-central-1:111111111111:service/aep/backend',
    'arn:aws:elasticloadbalancing:eu-central-1:111111111111:loadbalancer/app/aep/50dc6c495c0c9188',
    '111111111111.dkr.ecr.eu-central-1.amazonaws.com/services/api@sha256:9f2c4e7a1b309f2c4e7a1b309f2c4e7a1b309f2c4e7a1b309f2c4e7a1b309f2c',
    '111111111111.dkr.ecr.eu-central-1.amazonaws.com/hooks/api:9f2c4e7a1b309f2c4e7a1b30',
    'RequestId: 7a62c49f-347e-4fc4-9331-6e8eEXAMPLE, HostId: x',
    'x-amzn-trace-id: Root=1-67891233-abcdef012345678912345678',
    'etag: "686897696a7c876b7e"',
    'commit f08a0835f3a1b2c4d5e6f708192a3b4c5d6e7f80',
    'https://app.example.com/api/v1/services/frontend-v2-production/health?page=2',
    'https://git.example.com/repos/navra/aep/hooks/12345/deliveries',
    'https://app.example.com/static/4f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c/app.js',
    'PWD=/home/ada OLDPWD=/ HOME=/root',
    'TOKEN_TTL=300 MAX_TOKENS=4096 SECRET_ARN=arn:aws:x PUBLIC_KEY=abc CACHE_KEY=x KEY=value',
    'AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE',
    'REQUIRE_TOKEN=true, password: required, token = (secret app_token)',
    'The security token included in the request is invalid.',
    'The request signature we calculated does not match the signature you provided.',
    'Basic authentication is off',
    'if (token === other) return',
  ])('leaves alone what has to stay readable: %s', (text) => {
    expect(redact({ text })).toEqual({ text });
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
    const more = [
      'token',
      '-eyJ',
      'eyJaaaaaa.',
      '/hooks/',
      '%3Ftoken',
      'token: ',
      '"token ',
      'token = ',
      '\ntoken',
      'token="\\',
      '-----BEGIN PRIVATE KEY-----',
      'token="a" -> ',
      'token=,',
      ';token=',
      '"value":"',
      '"value":"a","name":"',
      '"name":"token","value":"',
      '"name":"',
    ];
    expect(more.map((text) => typeof redact(text.repeat(200_000 / text.length)))).not.toContain('undefined');
  }, 5000);
});
