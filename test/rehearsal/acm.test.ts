import { ACMClient, DescribeCertificateCommand, ListCertificatesCommand } from '@aws-sdk/client-acm';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/engine/json.ts';
import { clientConfig, givenStandIn } from './given.ts';

const own = '0b6f3a52-6a0e-4f0e-9a53-8d3c5b1f7e21';
const arnOf = (id: string, region = 'us-east-1'): string => `arn:aws:acm:${region}:111111111111:certificate/${id}`;
const named = (name: string) => expect.objectContaining({ name }) as unknown;

async function givenAcm(certificates: JsonObject = {}, region?: string): Promise<ACMClient> {
  const { awsUrl } = await givenStandIn({ account: { acm: { certificates } } });
  return new ACMClient(clientConfig(awsUrl, region));
}

async function describeIt(client: ACMClient, id: string) {
  return (await client.send(new DescribeCertificateCommand({ CertificateArn: arnOf(id) }))).Certificate;
}

describe('a certificate', () => {
  test('is issued, validated by DNS, and used by the load balancer that shows it', async () => {
    const certificate = await describeIt(await givenAcm(), own);
    expect(certificate).toMatchObject({
      CertificateArn: arnOf(own),
      DomainName: 'app.navralabs.com',
      SubjectAlternativeNames: ['app.navralabs.com'],
      Status: 'ISSUED',
      Type: 'AMAZON_ISSUED',
      KeyAlgorithm: 'RSA_2048',
      RenewalEligibility: 'ELIGIBLE',
      NotBefore: new Date('2025-08-20T11:00:00Z'),
      NotAfter: new Date('2026-09-19T11:00:00Z'),
      DomainValidationOptions: [
        {
          DomainName: 'app.navralabs.com',
          ValidationMethod: 'DNS',
          ValidationStatus: 'SUCCESS',
          ResourceRecord: {
            Name: expect.stringMatching(/^_[0-9a-f]{32}\.app\.navralabs\.com\.$/) as string,
            Type: 'CNAME',
            Value: expect.stringMatching(/\.acm-validations\.aws\.$/) as string,
          },
        },
      ],
    });
    expect(certificate?.InUseBy).toEqual([
      expect.stringMatching(
        /^arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer\/app\/aep-prod-alb\/\w{16}$/,
      ),
    ]);
  });

  test('that still waits has no dates, says what it waits for, and a wildcard waits for the record of its name', async () => {
    const names = ['shop.example', '*.shop.example', 'old.shop.example'];
    const certificate = await describeIt(
      await givenAcm({
        waiting: {
          domain: 'shop.example',
          names,
          status: 'PENDING_VALIDATION',
          validation: {
            'shop.example': { status: 'PENDING_VALIDATION' },
            'old.shop.example': { method: 'EMAIL', status: 'FAILED' },
          },
        },
      }),
      'waiting',
    );
    expect(certificate).toMatchObject({ Status: 'PENDING_VALIDATION', InUseBy: [] });
    for (const date of ['NotBefore', 'NotAfter', 'IssuedAt']) expect(certificate).not.toHaveProperty(date);
    const [base, wildcard, mailed] = certificate?.DomainValidationOptions ?? [];
    expect([base?.ValidationStatus, wildcard?.ValidationStatus, mailed?.ValidationStatus]).toEqual([
      'PENDING_VALIDATION',
      'SUCCESS',
      'FAILED',
    ]);
    expect(wildcard?.ResourceRecord).toEqual(base?.ResourceRecord);
    expect(mailed).toMatchObject({
      ValidationMethod: 'EMAIL',
      ValidationEmails: expect.arrayContaining(['admin@old.shop.example']) as string[],
    });
    expect(mailed?.ResourceRecord).toBeUndefined();
  });

  test('whose time is over has expired, and an imported one was validated by nobody', async () => {
    const over = { domain: 'a.example', names: ['a.example'], status: 'EXPIRED', left: '60d' };
    const client = await givenAcm({
      over,
      mine: { ...over, type: 'IMPORTED', renewal: 'INELIGIBLE', status: 'ISSUED' },
    });
    expect(await describeIt(client, 'over')).toMatchObject({ Status: 'EXPIRED' });
    const mine = await describeIt(client, 'mine');
    expect(mine).toMatchObject({
      Type: 'IMPORTED',
      Status: 'ISSUED',
      RenewalEligibility: 'INELIGIBLE',
      ImportedAt: mine?.NotBefore,
    });
    expect(mine).not.toHaveProperty('DomainValidationOptions');
    expect(mine).not.toHaveProperty('IssuedAt');
  });

  test('is refused when it is not there, in another region, or asked for by what is no ARN of one', async () => {
    const client = await givenAcm();
    const ask = (arn: string | undefined) => client.send(new DescribeCertificateCommand({ CertificateArn: arn }));
    await expect(ask(arnOf('nope'))).rejects.toEqual(named('ResourceNotFoundException'));
    await expect(ask(arnOf('constructor'))).rejects.toEqual(named('ResourceNotFoundException'));
    await expect(ask(arnOf(own, 'eu-west-1'))).rejects.toEqual(named('ResourceNotFoundException'));
    await expect(ask(own)).rejects.toEqual(named('ValidationException'));
    await expect(ask('arn:aws:acm')).rejects.toThrow(/at 'certificateArn' failed to satisfy constraint: .*arn:/);
    await expect(ask('arn:aws:iam::111111111111:role/x')).rejects.toEqual(named('InvalidArnException'));
    await expect(ask(undefined)).rejects.toEqual(named('ValidationException'));
    await expect(describeIt(await givenAcm({}, 'eu-west-1'), own)).rejects.toEqual(named('ResourceNotFoundException'));
  });
});

describe('the list of certificates', () => {
  const other = { domain: 'b.example', names: ['b.example'], status: 'FAILED' };

  test('goes page by page, and by status', async () => {
    const client = await givenAcm({ other });
    const list = async (input: object) => {
      const page = await client.send(new ListCertificatesCommand(input));
      return { names: page.CertificateSummaryList?.map(({ DomainName }) => DomainName), next: page.NextToken };
    };
    const first = await list({ MaxItems: 1 });
    expect(first.names).toEqual(['app.navralabs.com']);
    expect(await list({ MaxItems: 1, NextToken: first.next })).toEqual({ names: ['b.example'], next: undefined });
    expect((await list({ CertificateStatuses: ['ISSUED'] })).names).toEqual(['app.navralabs.com']);
    expect((await list({ SortBy: 'CREATED_AT', SortOrder: 'DESCENDING' })).names).toEqual([
      'b.example',
      'app.navralabs.com',
    ]);
    await expect(list({ MaxItems: 1, NextToken: 'bogus' })).rejects.toEqual(named('ValidationException'));
    await expect(list({ SortBy: 'CREATED_AT' })).rejects.toEqual(named('InvalidArgsException'));
    await expect(list({ MaxItems: 0 })).rejects.toEqual(named('ValidationException'));
  });

  test('has those with one sort of key only, and says who is used', async () => {
    const client = await givenAcm({ other });
    const list = (Includes: object) => client.send(new ListCertificatesCommand({ Includes }));
    expect((await list({ keyTypes: ['EC_prime256v1'] })).CertificateSummaryList).toEqual([]);
    expect((await list({ keyTypes: ['RSA_2048'] })).CertificateSummaryList).toMatchObject([
      { DomainName: 'app.navralabs.com', InUse: true, SubjectAlternativeNameSummaries: ['app.navralabs.com'] },
      { DomainName: 'b.example', InUse: false, Status: 'FAILED' },
    ]);
    await expect(list({ exportOption: 'ENABLED' })).rejects.toEqual(named('ValidationException'));
  });
});
