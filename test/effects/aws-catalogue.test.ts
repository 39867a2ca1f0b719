import { describe, expect, it } from 'vitest';
import { hasEnvironment } from '../../src/effects/aws-read.ts';
import { goesDirect } from '../../src/effects/aws-transport.ts';
import { loadCatalogue } from '../../src/effects/catalogue.ts';
import type { Shape } from '../../src/engine/shape.ts';

function at(shape: Shape | undefined, ...names: readonly string[]): Shape | undefined {
  return names.reduce<Shape | undefined>((found, name) => {
    if (name === '[]') return found?.type === 'list' ? found.of() : undefined;
    return found?.type === 'structure' ? found.members()[name] : undefined;
  }, shape);
}

/** Whether an answer of this shape has an environment in it that is told apart from other secrets. */
function carriesEnvironment(shape: Shape, depth = 0): boolean {
  if (depth > 8) return false;
  if (shape.type === 'list' || shape.type === 'map') return carriesEnvironment(shape.of(), depth + 1);
  if (shape.type !== 'structure') return false;
  return Object.entries(shape.members()).some(
    ([name, each]) =>
      (name === 'environment' &&
        each.type === 'list' &&
        at(each, '[]', 'name') !== undefined &&
        at(each, '[]', 'value') !== undefined) ||
      (name === 'Variables' && each.type === 'map' && each.of().type === 'string') ||
      carriesEnvironment(each, depth + 1),
  );
}

describe('the catalogue', () => {
  it('knows reading operations of loaded services, and refuses those that hand out secrets', async () => {
    const catalogue = await loadCatalogue(['ecs', 'secretsmanager', 's3', 'nothing']);
    expect(catalogue.services).toEqual([
      'ecs',
      'elbv2',
      'route53',
      'secretsmanager',
      'rds',
      'sts',
      'cloudwatch',
      'logs',
      'cloudfront',
      'dynamodb',
      's3',
      'ec2',
      'acm',
      'iam',
      'budgets',
      'elasticache',
      'ecr',
      'wafv2',
      'application-autoscaling',
      'ssm',
      'kms',
      'lambda',
      'sns',
      'eks',
    ]);
    expect(catalogue.operations('ecs')).toContain('DescribeServices');
    expect(catalogue.operations('ecs')).not.toContain('UpdateService');
    expect(catalogue.operations('nothing')).toEqual([]);
    expect(catalogue.refusal('ecs', 'DescribeServices')).toBeUndefined();
    expect(catalogue.refusal('ecs', 'UpdateService')).toContain('not a reading operation');
    expect(catalogue.refusal('secretsmanager', 'GetSecretValue')).toContain('secrets');
    expect(catalogue.refusal('s3', 'GetObject')).toContain('content');
  });

  it('knows every operation whose answer carries environments: only there it matters who may see them', async () => {
    const { services } = await loadCatalogue([]);
    const catalogue = await loadCatalogue(services);
    const carrying = services.flatMap((service) =>
      catalogue.operations(service).flatMap((operation) => {
        const output = catalogue.shapes(service, operation)?.output;
        return output !== undefined && carriesEnvironment(output) ? [`${service}:${operation}`] : [];
      }),
    );
    expect(new Set(carrying)).toEqual(hasEnvironment);
  });

  it('describes inputs and outputs, recursion included, as facts are', async () => {
    const catalogue = await loadCatalogue(['ecs', 'rds']);
    const shapes = catalogue.shapes('ecs', 'DescribeServices');
    expect(shapes?.input).toMatchObject({ type: 'structure', required: ['services'] });
    expect(at(shapes?.output, 'services', '[]', 'runningCount')).toEqual({ type: 'number' });
    expect(at(shapes?.output, 'services', '[]', 'createdAt')).toEqual({ type: 'time' });
    expect(at(shapes?.output, 'services', '[]', 'enableECSManagedTags')).toEqual({ type: 'boolean' });
    expect(at(shapes?.output, 'services', '[]', 'runingCount')).toBeUndefined();
    const environment = at(
      catalogue.shapes('ecs', 'DescribeTaskDefinition')?.output,
      'taskDefinition',
      'containerDefinitions',
      '[]',
      'environment',
    );
    // Kinds take an environment apart and leave the values out; everything else that is sensitive is one text.
    expect(at(environment, '[]', 'name')).toEqual({ type: 'string' });
    expect(catalogue.shapes('ecs', 'DescribeNothing')).toBeUndefined();
  });
});

describe('NO_PROXY', () => {
  it.each([
    ['sts.eu-central-1.amazonaws.com', undefined, '', false],
    ['sts.eu-central-1.amazonaws.com', undefined, '*', true],
    ['sts.eu-central-1.amazonaws.com', undefined, 'example.net, .amazonaws.com', true],
    ['sts.eu-central-1.amazonaws.com', undefined, '*.amazonaws.com', true],
    ['sts.eu-central-1.amazonaws.com', undefined, 'amazonaws.com:8443', false],
    ['sts.eu-central-1.amazonaws.com', 8443, 'amazonaws.com:8443', true],
    ['notamazonaws.com', undefined, 'amazonaws.com', false],
    ['127.0.0.1', 80, '', true],
  ])('%s on port %s with "%s": direct is %s', (host, port, exceptions, direct) => {
    expect(goesDirect(host, port, exceptions)).toBe(direct);
  });
});
