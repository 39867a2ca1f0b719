// A catalogue without any service, for the facts of kinds that have nothing to do with AWS.

import type { Catalogue } from '../../src/engine/shape.ts';

export const catalogue: Catalogue = {
  services: [],
  operations: () => [],
  shapes: () => undefined,
  refusal: () => undefined,
  changes: () => [],
  changeRefusal: () => undefined,
};
