// Certificate Manager: the certificates of the account, how their names were validated, and who uses them.

import type {
  CertificateDetail,
  CertificateSummary,
  DescribeCertificateRequest,
  DescribeCertificateResponse,
  DomainValidation,
  ListCertificatesRequest,
  ListCertificatesResponse,
} from '@aws-sdk/client-acm';
import { spanMs } from '../account-parts.ts';
import type { AccountState } from '../account.ts';
import { pageOf } from '../pages.ts';
import { arn, held, idOf } from '../place.ts';
import type { Place } from '../place.ts';
import { refuse } from '../refusal.ts';

export const acm = { ListCertificates, DescribeCertificate };

type CertificateState = AccountState['acm']['certificates'][string];

/** Of every certificate here: what one is asked for with unless something else is said. */
const algorithm = 'RSA_2048';
const dayMs = 86_400_000;
/** How long a certificate of Amazon's lasts, and how long one that is not issued yet has been waiting. */
const lastsMs = 395 * dayMs;
const waitsMs = dayMs / 24;

/** Those with RSA keys of up to 2048 bits, unless others are asked for: as in AWS a list is not all there is. */
function ListCertificates(input: ListCertificatesRequest, place: Place): ListCertificatesResponse {
  const { CertificateStatuses: statuses, Includes: includes = {}, MaxItems: size = 100 } = input;
  const { keyTypes, ...others } = includes;
  const unplayed = [
    ...Object.keys(others),
    ...(input.CertificateKeyPairOrigins === undefined ? [] : ['key pair origin']),
  ];
  if (unplayed.length > 0)
    refuse('ValidationException', `The stand-in does not filter certificates by ${unplayed[0]}.`);
  if ((input.SortBy === undefined) !== (input.SortOrder === undefined)) {
    refuse('InvalidArgsException', 'SortBy and SortOrder must be specified together.');
  }
  if (size < 1 || size > 1000) {
    refuse(
      'ValidationException',
      `1 validation error detected: Value '${size}' at 'maxItems' failed to satisfy constraint`,
    );
  }
  const found = Object.entries(place.account.acm.certificates)
    .filter(([, state]) => statuses?.includes(state.status) ?? true)
    .filter(() => keyTypes?.includes(algorithm) ?? true);
  const ordered =
    input.SortOrder === undefined ? found : found.toSorted(([, a], [, b]) => created(place, a) - created(place, b));
  const page = pageOf(input.SortOrder === 'DESCENDING' ? ordered.toReversed() : ordered, {
    token: input.NextToken,
    size,
    question: `certificates ${JSON.stringify([statuses, keyTypes, input.SortOrder])}`,
    code: 'ValidationException',
  });
  return { CertificateSummaryList: page.items.map((each) => summary(place, ...each)), NextToken: page.next };
}

function summary(place: Place, id: string, state: CertificateState): CertificateSummary {
  return {
    ...shared(place, id, state),
    SubjectAlternativeNameSummaries: state.names.slice(0, 100),
    HasAdditionalSubjectAlternativeNames: state.names.length > 100,
    KeyUsages: ['DIGITAL_SIGNATURE', 'KEY_ENCIPHERMENT'],
    ExtendedKeyUsages: ['TLS_WEB_SERVER_AUTHENTICATION', 'TLS_WEB_CLIENT_AUTHENTICATION'],
    ExportOption: 'DISABLED',
    InUse: usersOf(place, id).length > 0,
  };
}

const arnPattern = String.raw`arn:[\w+=/,.@-]+:[\w+=/,.@-]+:[\w+=/,.@-]*:[0-9]+:[\w+=,.@-]+(/[\w+=,.@-]+)*`;

function DescribeCertificate(input: DescribeCertificateRequest, place: Place): DescribeCertificateResponse {
  const { CertificateArn: wanted = '' } = input;
  if (!new RegExp(`^${arnPattern}$`).test(wanted)) {
    const constraint = `Member must satisfy regular expression pattern: ${arnPattern}`;
    const message = `1 validation error detected: Value '${wanted}' at 'certificateArn' failed to satisfy constraint: ${constraint}`;
    refuse('ValidationException', message);
  }
  if (!/^arn:[^:]+:acm:[^:]+:\d{12}:certificate\/[^/]+$/.test(wanted)) {
    refuse('InvalidArnException', `The ARN ${wanted} is not the ARN of a certificate.`);
  }
  const id = wanted.slice(wanted.lastIndexOf('/') + 1);
  const state = wanted === certificateArn(place, id) ? held(place.account.acm.certificates, id) : undefined;
  if (state === undefined) refuse('ResourceNotFoundException', `Could not find certificate ${wanted}.`);
  return { Certificate: detail(place, id, state) };
}

function detail(place: Place, id: string, state: CertificateState): CertificateDetail {
  const amazon = state.type === 'AMAZON_ISSUED';
  return {
    ...shared(place, id, state),
    SubjectAlternativeNames: state.names,
    Subject: `CN=${state.domain}`,
    Issuer: state.type === 'IMPORTED' ? state.domain : 'Amazon',
    SignatureAlgorithm: 'SHA256WITHRSA',
    InUseBy: [...usersOf(place, id)],
    KeyUsages: [{ Name: 'DIGITAL_SIGNATURE' }, { Name: 'KEY_ENCIPHERMENT' }],
    ExtendedKeyUsages: [
      { Name: 'TLS_WEB_SERVER_AUTHENTICATION', OID: '1.3.6.1.5.5.7.3.1' },
      { Name: 'TLS_WEB_CLIENT_AUTHENTICATION', OID: '1.3.6.1.5.5.7.3.2' },
    ],
    Options: { CertificateTransparencyLoggingPreference: 'ENABLED', Export: 'DISABLED' },
    ...(isIssued(state) ? { Serial: idOf(id, 32).replaceAll(/(..)(?!$)/g, '$1:') } : {}),
    ...(amazon ? { DomainValidationOptions: state.names.map((name) => validation(state, name)) } : {}),
    ...(state.status === 'FAILED' ? { FailureReason: 'OTHER' as const } : {}),
  };
}

/** The dates of its validity are there only once it was issued. */
function shared(place: Place, id: string, state: CertificateState) {
  const since = new Date(created(place, state));
  return {
    CertificateArn: certificateArn(place, id),
    DomainName: state.domain,
    Status: state.status,
    Type: state.type,
    KeyAlgorithm: algorithm,
    RenewalEligibility: state.renewal,
    CreatedAt: since,
    ...(state.type === 'IMPORTED' ? { ImportedAt: since } : {}),
    ...(isIssued(state) ? { NotBefore: since, NotAfter: new Date(endOf(place, state)) } : {}),
    ...(isIssued(state) && state.type === 'AMAZON_ISSUED' ? { IssuedAt: since } : {}),
  } as const;
}

function validation(state: CertificateState, name: string): DomainValidation {
  const { method, status } = held(state.validation, name) ?? { method: 'DNS', status: 'SUCCESS' };
  // A wildcard is validated by the record of the name it stands below.
  const domain = name.replace(/^\*\./, '');
  const told = { DomainName: name, ValidationDomain: domain, ValidationStatus: status, ValidationMethod: method };
  if (method === 'EMAIL') return { ...told, ValidationEmails: [`admin@${domain}`, `hostmaster@${domain}`] };
  const record = {
    Name: `_${idOf(`name ${domain}`, 32)}.${domain}.`,
    Type: 'CNAME' as const,
    Value: `_${idOf(`value ${domain}`, 32)}.${idOf(domain, 10)}.acm-validations.aws.`,
  };
  return { ...told, ResourceRecord: record };
}

function isIssued({ status }: CertificateState): boolean {
  return ['ISSUED', 'INACTIVE', 'EXPIRED'].includes(status);
}

/** In ms. */
function endOf(place: Place, { left, status }: CertificateState): number {
  return place.now + (status === 'EXPIRED' ? -1 : 1) * spanMs(left);
}

/** In ms. */
function created(place: Place, state: CertificateState): number {
  return isIssued(state) ? endOf(place, state) - lastsMs : place.now - waitsMs;
}

function certificateArn(place: Place, id: string): string {
  return arn(place, 'acm', `certificate/${id}`);
}

/** ARNs of the load balancers with a listener that shows it. */
function usersOf(place: Place, id: string): readonly string[] {
  return Object.entries(place.account.elbv2.load_balancers)
    .filter(([, { listeners }]) => Object.values(listeners).some(({ certificate }) => certificate?.endsWith(`/${id}`)))
    .map(([name]) => arn(place, 'elasticloadbalancing', `loadbalancer/app/${name}/${idOf(name, 16)}`));
}
