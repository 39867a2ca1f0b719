import { describe, expect, it } from 'vitest';
import { whyArguments, whyVariable } from '../../src/steps/secret-looks.ts';

/** None of these was ever used: they only look like it. */
const secrets: readonly (readonly [string, string])[] = [
  ['API_KEY', 'x'],
  ['OPENAI_API_KEY', 'sk-abcdefghijklmnopqrstuvwx'],
  ['DB_PASSWORD', 'hunter2'],
  ['dbPassword', 'hunter2'],
  ['DATABASE_URL', 'postgres://u:p@h/db'],
  ['X', 'postgres://u:p@h/db'],
  ['REDIS_URL', 'redis://:pw@h:6379/0'],
  ['SENTRY_DSN', 'https://abc@sentry.io/1'],
  ['A', 'AKIAIOSFODNN7EXAMPLE'],
  ['SECRET_KEY_BASE', 'abc'],
  ['PRIVATE_KEY', 'x'],
  ['JWT_SECRET', 'abc'],
  ['B', 'dGhpcyBpcyBhIHNlY3JldCBrZXkgMTIz'],
  ['C', '9f86d081884c7d659a2feaa0c55ad015'],
  ['D', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
  ['CREDENTIALS', 'u:p'],
  ['CONF', '{"password":"hunter2"}'],
  ['ConnectionStrings__Main', 'Server=x;Password=abc;'],
  ['APIKEY', 'zz'],
  ['GITHUB_TOKEN', 'x'],
  ['GITHUB_PAT', 'x'],
  ['AWS_SECRET_ACCESS_KEY', 'x'],
  ['AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE'],
  ['MYSQL_PWD', 'x'],
  ['HOOK', 'https://hooks.slack.com/services/T/B/x'],
  ['U', 'https://x/?token=abc'],
  ['ADMIN_PASS', 'q'],
  ['PRIVATE_TOKEN_VALUE', 'q'],
  ['z', 'k3j5h2g4f6d8s1a9q0w2e4r6'],
  ['SESSION_SECRET', '12345'],
  ['TOKEN', 'file-like'],
  ['SECRETKEY', 'abc'],
  ['CLIENTSECRET', 'abc'],
];

const fine: readonly (readonly [string, string])[] = [
  ['APP_ENV', 'production'],
  ['LOG_LEVEL', 'info'],
  ['CORS_ORIGINS', 'https://app.navralabs.com'],
  ['BUDGET_ENFORCEMENT_MODE', 'strict'],
  ['MAX_TOKENS', '4096'],
  ['TOKEN_TTL', '3600'],
  ['SECRET_ARN', 'arn:aws:secretsmanager:us-east-1:1:secret:x-AbCdEf'],
  ['DB_SECRET', 'arn:aws:secretsmanager:us-east-1:1:secret:x-AbCdEf'],
  ['PUBLIC_KEY', 'abc'],
  ['API_KEY', ''],
  ['API_KEY', '${API_KEY}'],
  ['PASSWORD_FILE', '/run/secrets/db'],
  ['DB_PASSWORD', '/run/secrets/db'],
  ['REQUIRE_TOKEN', 'true'],
  ['GIT_SHA', '9f86d081884c7d659a2feaa0c55ad0159f86d081'],
  ['IMAGE', 'x@sha256:9f86d081884c7d659a2feaa0c55ad0159f86d0819f86d081884c7d659a2feaa0'],
  ['ID', '123e4567-e89b-12d3-a456-426614174000'],
  ['HOST', 'aep-prod-alb-1043217685.us-east-1.elb.amazonaws.com'],
  ['DB', 'postgres://db.internal:5432/app'],
  ['QUEUE', 'https://sqs.us-east-1.amazonaws.com/111111111111/aep-prod-jobs'],
  ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin'],
  ['JAVA', '-XX:MaxRAMPercentage=75.0 -Duser.timezone=UTC'],
  ['CLASS', 'InternalBackendServiceGateway2'],
  ['RULES', 'AWSManagedRulesCommonRuleSet2026'],
  ['REPO', '111111111111.dkr.ecr.us-east-1.amazonaws.com/navralabs/aep-backend:2026.03.0'],
  ['AWS_ACCESS', 'x'],
  ['BUCKET', 'my-company-prod-assets-20260301-backup'],
  ['TABLE_PRIMARY_KEY', 'id'],
  ['NODE_OPTIONS', '--max-old-space-size=4096'],
  ['KEYCLOAK_REALM', 'x'],
  ['MONKEY', 'banana'],
  ['FEATURE_KEYS_ENABLED', 'true'],
  ['BYPASS', 'x'],
  ['COMPASS', 'n'],
  ['DATABASE_URL', 'postgres://db/app'],
  ['CDN', 'http://cdn:8080/img@2x.png'],
  ['START', '2026-03-01T12:00:00Z'],
  ['AUTH_URL', 'https://auth.example.com/oauth2/token'],
  ['SESSION_TIMEOUT', '30'],
];

describe('a plain variable', () => {
  it.each(secrets)('%s=%s looks like a secret, and the reason does not quote it', (name, value) => {
    const why = whyVariable(name, value);
    expect(why).toMatch(/^(?:it|its|a part of it) /);
    if (value.length > 3) expect(why).not.toContain(value);
  });

  it.each(fine)('%s=%s does not', (name, value) => {
    expect(whyVariable(name, value)).toBeUndefined();
  });

  it('is looked at to its end, and quickly', () => {
    const long = 'word '.repeat(12_000);
    expect(whyVariable('TEXT', `${long}AKIAIOSFODNN7EXAMPLE`)).toContain('access key');
    expect(whyVariable('TEXT', 'a'.repeat(60_000))).toBeUndefined();
    expect(whyVariable('TEXT', 'postgres://'.repeat(5_000))).toBeUndefined();
  });
});

describe('arguments', () => {
  it.each([
    [['sh', '-c', 'DB_PASSWORD=hunter2 ./run']],
    [['app', '--password', 'hunter2']],
    [['app', '--api-key=hunter2']],
    [['curl', '-H', 'Authorization: Bearer abcdefgh12345']],
    [['psql', 'postgres://u:hunter2@db/app']],
  ])('%j have a secret among them', (given) => {
    expect(whyArguments(given)).not.toContain('hunter2');
    expect(whyArguments(given)).toBeDefined();
  });

  it.each([
    [['uvicorn', 'app:main', '--host', '0.0.0.0', '--port', '8787']],
    [['sh', '-c', 'exec app --token $TOKEN']],
    [['sh', '-c', 'DB_PASSWORD=$PASSWORD ./run']],
    [['alembic', 'upgrade', 'head']],
  ])('%j have none', (given) => {
    expect(whyArguments(given)).toBeUndefined();
  });
});
