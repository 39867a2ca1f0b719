// What AWS can be asked and what it answers, from the schemas of the SDK's clients, for lint.

import type { NormalizedSchema } from '@smithy/core/schema';
import type { Catalogue, Shape } from '../engine/shape.ts';
import type { SdkModule } from './aws-services.ts';
import { findService, serviceWords } from './aws-services.ts';

/**
 * Loads the clients of these services (CLI words; unknown ones are left out) and describes them. `services` of the
 * catalogue are all words there are, loaded or not; operations and shapes are there for the loaded ones. Shapes are
 * those of facts, not of the SDK: times and sensitive members are text, bytes are `{bytes: n}`.
 */
export async function loadCatalogue(services: readonly string[]): Promise<Catalogue> {
  const [schema, allowed, written, loaded] = await Promise.all([
    import('./aws-schema.ts'),
    import('./aws-allowed.ts'),
    import('./aws-written.ts'),
    load(services),
  ]);
  const shapeOf = (from: NormalizedSchema, direction: 'input' | 'output'): Shape => {
    const shape = plainShapeOf(from, direction);
    return direction === 'input' && written.isSecretInput(from) ? { ...shape, secret: true } : shape;
  };
  const plainShapeOf = (from: NormalizedSchema, direction: 'input' | 'output'): Shape => {
    // Environments are taken apart by the kinds, which leave out the values.
    if (direction === 'output' && schema.isSensitive(from) && !schema.isEnvironment(from)) return { type: 'string' };
    if (from.isStructSchema() || from.isUnitSchema()) {
      return {
        type: 'structure',
        members: once(() =>
          Object.fromEntries(
            Object.entries(schema.memberSchemas(from)).map(([name, each]) => [name, shapeOf(each, direction)]),
          ),
        ),
        required: schema.requiredMembers(from),
      };
    }
    if (from.isListSchema()) return { type: 'list', of: () => shapeOf(from.getValueSchema(), direction) };
    if (from.isMapSchema()) return { type: 'map', of: () => shapeOf(from.getValueSchema(), direction) };
    return scalarOf(from, direction);
  };
  const described = new Map<string, ReturnType<Catalogue['shapes']>>();
  return {
    services: serviceWords,
    operations: (service) => {
      const sdk = loaded.get(service);
      return sdk === undefined ? [] : schema.operationNames(sdk).filter((name) => allowed.isReading(name));
    },
    shapes: (service, operation) => {
      const name = `${service}:${operation}`;
      if (described.has(name)) return described.get(name);
      const sdk = loaded.get(service);
      const schemas = sdk === undefined ? undefined : schema.schemasOf(sdk, operation);
      const shapes =
        schemas === undefined
          ? undefined
          : { input: shapeOf(schemas.input, 'input'), output: shapeOf(schemas.output, 'output') };
      described.set(name, shapes);
      return shapes;
    },
    refusal: (service, operation) => {
      const sdk = loaded.get(service);
      return sdk === undefined ? undefined : allowed.refusalOf(service, operation, sdk);
    },
    changes: (service) => {
      const sdk = loaded.get(service);
      return sdk === undefined ? [] : schema.operationNames(sdk).filter((name) => !allowed.isReading(name));
    },
    changeRefusal: (service, operation) => {
      const sdk = loaded.get(service);
      return sdk === undefined ? undefined : written.writtenRefusal(service, operation, sdk);
    },
  };
}

/** Many paths lead through the same structure, and the largest have a hundred members. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

async function load(services: readonly string[]): Promise<ReadonlyMap<string, SdkModule>> {
  const known = [...new Set(services)].flatMap((word) => {
    const service = findService(word);
    return service === undefined ? [] : [{ word, service }];
  });
  return new Map(await Promise.all(known.map(async ({ word, service }) => [word, await service.load()] as const)));
}

function scalarOf(from: NormalizedSchema, direction: 'input' | 'output'): Shape {
  if (from.isStringSchema()) return { type: 'string' };
  if (from.isNumericSchema()) return { type: 'number' };
  if (from.isBooleanSchema()) return { type: 'boolean' };
  if (from.isTimestampSchema()) return { type: 'time' };
  if (from.isBlobSchema() && direction === 'output')
    return { type: 'structure', members: () => ({ bytes: { type: 'number' } }) };
  if (from.isBlobSchema() || from.isBigIntegerSchema() || from.isBigDecimalSchema()) return { type: 'string' };
  return { type: 'any' };
}
