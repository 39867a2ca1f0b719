// The shape of facts and of AWS inputs and outputs, as far as linting paths needs it. Members are lazy: AWS shapes recurse.

/** `secret`: of an input, what stands there is a secret, which no checklist may write out. */
export type Shape = { readonly secret?: true } & (
  | {
      readonly type: 'structure';
      readonly members: () => Readonly<Record<string, Shape>>;
      readonly required?: readonly string[];
    }
  | { readonly type: 'list'; readonly of: () => Shape }
  | { readonly type: 'map'; readonly of: () => Shape }
  | { readonly type: 'string' | 'number' | 'boolean' | 'time' }
  /** Documents and whatever nobody described: every path is fine. */
  | { readonly type: 'any' }
);

export interface OperationShapes {
  readonly input: Shape;
  readonly output: Shape;
}

/** AWS operations by `service:Operation` (`ecs:DescribeServices`): a value that whoever lints is given. */
export interface Catalogue {
  readonly services: readonly string[];
  /** All reading operations of a service; empty for a service that is not there. */
  operations(service: string): readonly string[];
  shapes(service: string, operation: string): OperationShapes | undefined;
  /** Why a reading operation is not allowed (it returns secrets), or undefined when it is. */
  refusal(service: string, operation: string): string | undefined;
  /** All other operations of a service. */
  changes(service: string): readonly string[];
  /** Why a checklist may not write out a change, or undefined when it may. */
  changeRefusal(service: string, operation: string): string | undefined;
}
